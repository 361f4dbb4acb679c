"""What a commit's textual diff takes away and adds, whatever language it is in and however cut.

Bundles carry excerpts, seldom whole unified diffs: hunk headers may hold a path, a function, a
remark or nothing. Only lines that begin with `+` or `-` are changes; the rest is never evidence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LINES = 4000
"""Lines of a diff that are looked at, at most."""

_PATH = re.compile(r"[\w@.+-]+(?:/[\w@.+-]+)*\.\w+|[\w@.+-]+(?:/[\w@.+-]+)+")
_COMMENT = re.compile(r"^\s*(?://|/\*|\*/|\*\s|#(?!\[|include|define|if|end)|--\s|<!--)")
_TAIL = re.compile(r"\s(?://|#)\s.*$")
_SAYS = re.compile(r"\w")
_OPEN, _CLOSE = "([", ")]"


@dataclass(frozen=True, slots=True)
class Statement:
    """One changed statement: its lines joined, without comments; `line` is where it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Hunk:
    """What a diff does to one file. `moved`: lines that went from here only to come elsewhere."""

    path: str
    removed: tuple[Statement, ...]
    added: tuple[Statement, ...]
    moved: int = 0

    @property
    def text(self) -> str:
        return "\n".join(one.text for one in (*self.removed, *self.added))


def hunks(diff: str, files: Sequence[str]) -> list[Hunk]:
    """The changed statements of each file, in the order of the diff."""
    gone: dict[str, list[tuple[str, int]]] = {}
    come: dict[str, list[tuple[str, int]]] = {}
    path = files[0] if files else ""
    for number, line in enumerate(diff.split("\n")[:LINES], start=1):
        if line.startswith(("diff --git", "+++ ", "--- ", "@@")):
            path = _path(line, files) or path
        elif line[:1] in ("+", "-"):
            side = come if line[0] == "+" else gone
            side.setdefault(path, []).append((line[1:], number))
    found = []
    for name in dict.fromkeys([*gone, *come]):
        removed, added, moved = _apart(gone.get(name, []), come.get(name, []))
        found.append(Hunk(name, tuple(removed), tuple(added), moved))
    return found


def _path(header: str, files: Sequence[str]) -> str:
    """The file that a header speaks of; nothing for a remark or a bare function."""
    if header.startswith("diff --git"):
        return header.rpartition(" b/")[2]
    for word in _PATH.findall(header.removeprefix("+++ b/").removeprefix("--- a/")):
        for name in files:
            if name == word or name.endswith(f"/{word}"):
                return name
    return ""


def _apart(
    gone: list[tuple[str, int]], come: list[tuple[str, int]]
) -> tuple[list[Statement], list[Statement], int]:
    """Statements that stand on one side only: equal ones cancel out, wherever they stand."""
    removed, added = list(_statements(gone)), list(_statements(come))
    old, new = (Counter(_plain(one.text) for one in side) for side in (removed, added))
    both = old & new
    return _without(removed, both), _without(added, both), both.total()


def _without(side: Iterable[Statement], both: Counter[str]) -> list[Statement]:
    left, kept = both.copy(), []
    for one in side:
        if left[_plain(one.text)] > 0:
            left[_plain(one.text)] -= 1
        else:
            kept.append(one)
    return kept


def _plain(text: str) -> str:
    return "".join(text.split()).rstrip(",;")


def _statements(lines: Iterable[tuple[str, int]]) -> Iterator[Statement]:
    """Lines joined until their brackets close, so that a call is seen whole."""
    text, start, depth, before = "", 0, 0, 0
    for line, number in lines:
        bare = "" if _COMMENT.match(line) else _TAIL.sub("", line).strip()
        if text and (depth <= 0 or number != before + 1):
            yield Statement(text, start)
            text, depth = "", 0
        before = number
        if not _SAYS.search(bare):
            continue
        text, start = (f"{text} {bare}", start) if text else (bare, number)
        depth += sum(bare.count(sign) for sign in _OPEN) - sum(bare.count(s) for s in _CLOSE)
    if text:
        yield Statement(text, start)
