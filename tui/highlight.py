"""Lines of evidence as coloured runs, and their breaking into rows. Pure; colour never adds words.

Only what hurts is coloured: levels and exceptions. Times recede; added and removed lines of a diff
are told apart. Everything else is text.
"""

import re

from tui.inert import fitted, inert_line
from tui.wrapping import Run

_MARKS = re.compile(
    r"(?P<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\b\d\d:\d\d:\d\d(?:[.,]\d+)?Z?\b)"
    r"|(?P<bad>\b(?:ERROR|FATAL|CRITICAL|PANIC|error|fatal|critical|panic)\b)"
    r"|(?P<warn>\b(?:WARN|WARNING|warn|warning)\b)"
    r"|(?P<name>\b[A-Z]\w*(?:Error|Exception|Timeout|Failure)\b|\bTraceback\b)"
)
_TOKENS = {"time": "muted", "bad": "breach", "warn": "warn", "name": "bright*"}
_DIFFS = ("code", "change")


def runs_of_line(line: str, kind: str) -> list[Run]:
    """One line of an item of this kind, harmless and coloured."""
    text = inert_line(line.expandtabs(4))
    if kind in _DIFFS:
        return [(text, _diff_token(text))]
    runs: list[Run] = []
    end = 0
    for found in _MARKS.finditer(text):
        if found.start() > end:
            runs.append((text[end : found.start()], "text"))
        runs.append((found[0], _TOKENS[found.lastgroup or "time"]))
        end = found.end()
    if end < len(text) or not runs:
        runs.append((text[end:], "text"))
    return runs


def _diff_token(text: str) -> str:
    if text.startswith(("+++", "---", "diff ", "index ", "commit ")):
        return "muted"
    return {"+": "ok", "-": "breach", "@": "muted"}.get(text[:1], "text")


def breaks(text: str, width: int) -> list[tuple[int, int]]:
    """Where a line is broken: `(start, end)` of each row, at most `width` cells wide."""
    if len(text) <= width and text.isascii():
        return [(0, len(text))]
    parts: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        taken = len(fitted(text[start:] + "  ", width + 1)) - 1
        end = min(len(text), start + max(1, taken))
        parts.append((start, end))
        start = end
    return parts or [(0, 0)]


def sliced(runs: list[Run], start: int, end: int) -> list[Run]:
    """The characters from `start` to `end` of the runs, with their colours."""
    kept: list[Run] = []
    at = 0
    for text, token in runs:
        piece = text[max(0, start - at) : max(0, end - at)]
        if piece:
            kept.append((piece, token))
        at += len(text)
    return kept


def marked(runs: list[Run], wanted: str) -> list[Run]:
    """The runs with every occurrence of `wanted` (in any case) as a hit of its own."""
    if not wanted:
        return runs
    text = "".join(piece for piece, _ in runs)
    found, end, low = [], 0, text.lower()
    if len(low) != len(text):
        return runs
    for at in _places(low, wanted.lower()):
        found += sliced(runs, end, at)
        end = at + len(wanted)
        found.append((text[at:end], "hit*"))
    return [*found, *sliced(runs, end, len(text))]


def _places(text: str, wanted: str) -> list[int]:
    places, at = [], text.find(wanted)
    while at >= 0:
        places.append(at)
        at = text.find(wanted, at + len(wanted))
    return places
