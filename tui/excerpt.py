"""As much of an item of evidence as a screen shows: all of it, or head and tail and what is cited.

Lines keep the numbers they have in the file, so a citation points at the same line everywhere.
"""

from itertools import islice
from pathlib import Path

SHOWN = 256 * 1024
"""Bytes shown of one item: half of them from its head, half from its tail."""

AROUND = 200
"""Lines shown before and after a cited line of the middle."""

Numbered = tuple[int, str]
"""A line and its number; 0 is no line of the file but a word about it."""


def excerpt(path: Path, cited: int = 0) -> list[Numbered]:
    """The lines of a file to show. OSError when it cannot be read."""
    if path.stat().st_size <= SHOWN:
        text = path.read_text(encoding="utf-8", errors="replace")
        return list(enumerate(text.splitlines(), start=1))
    with path.open("rb") as file:
        head = file.read(SHOWN // 2).splitlines(keepends=True)
        first = head[:-1] if len(head) > 1 else head
        file.seek(-(SHOWN // 2), 2)
        start = file.tell()
        tail = file.read().splitlines(keepends=True)[1:]
        file.seek(0)
        total = sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))
        total += bool(tail) and not tail[-1].endswith(b"\n")
        file.seek(0)
        low = max(len(first), cited - AROUND - 1)
        high = min(total - len(tail), cited + AROUND)
        near = list(islice(file, low, high)) if cited and start else []
    shown = _numbered(first, 1)
    shown += _gap(len(first) + 1, low if near else total - len(tail))
    if near:
        shown += [*_numbered(near, low + 1), *_gap(high + 1, total - len(tail))]
    return [*shown, *_numbered(tail, total - len(tail) + 1)]


def _numbered(lines: list[bytes], first: int) -> list[Numbered]:
    texts = (line.decode("utf-8", "replace").rstrip("\n") for line in lines)
    return list(enumerate(texts, start=first))


def _gap(first: int, last: int) -> list[Numbered]:
    if last < first:
        return []
    return [(0, f"… lines {first:,} to {last:,} are kept, not shown: cite one to see it …")]
