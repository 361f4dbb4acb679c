"""A table as rows: columns as wide as they need, no rules, no boxes."""

import re
from collections.abc import Sequence

from rich.cells import cell_len

from tui.wrapping import Run, wrap

LONGEST_WORD = 24
"""Cells up to which a word keeps a table's column from being pressed further."""

GUTTER = 2

Line = Sequence[Sequence[Run]]
"""The cells of one line of a table, each as runs."""

_RULE = re.compile(r"[\s|:-]+")
_BAR = re.compile(r"(?<!\\)\|")


def is_table_line(text: str) -> bool:
    """True for a line that begins as those of Markdown tables do."""
    return text.lstrip().startswith("|") and text.count("|") > 1


def cells_of(text: str) -> list[str] | None:
    """The cells of a line of a Markdown table; None for the rule under its header."""
    if _RULE.fullmatch(text):
        return None
    inner = text.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner)]


def table(lines: Sequence[Line], width: int) -> list[tuple[Run, ...]]:
    """The rows of a table whose first line is its header; the widest columns give way first."""
    count = max((len(line) for line in lines), default=0)
    if not count:
        return []
    widths = _widths(lines, count, width - GUTTER * (count - 1))
    rows: list[tuple[Run, ...]] = []
    for number, line in enumerate(lines):
        cells = [
            wrap([(text, "muted") for text, _ in runs] if number == 0 else runs, widths[n])
            for n, runs in enumerate(line)
        ]
        for depth in range(max((len(cell) for cell in cells), default=1)):
            runs: list[Run] = []
            for n, cell in enumerate(cells):
                piece = cell[depth] if depth < len(cell) else ()
                runs += piece
                taken = sum(cell_len(text) for text, _ in piece)
                if n < count - 1:
                    runs.append((" " * (widths[n] - taken + GUTTER), "text"))
            rows.append(tuple(runs))
    return rows


def _widths(lines: Sequence[Line], count: int, room: int) -> list[int]:
    """Cells of each column: as many as it needs; where room lacks, the widest give way first."""
    texts = [
        ["".join(text for text, _ in line[n]) for line in lines if n < len(line)]
        for n in range(count)
    ]
    widths = [max(1, *(cell_len(text) for text in column), 1) for column in texts]
    words = [max(1, *(_longest_word(text) for text in column), 1) for column in texts]
    for floors in (words, [1] * count):
        while sum(widths) > room:
            loose = [n for n in range(count) if widths[n] > floors[n]]
            if not loose:
                break
            widths[max(loose, key=widths.__getitem__)] -= 1
    return widths


def _longest_word(text: str) -> int:
    return max((min(cell_len(word), LONGEST_WORD) for word in text.split()), default=1)
