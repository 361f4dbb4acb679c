"""What is copied of a selection in a pane: the logical text, not the rows it was broken into."""

from textual.selection import Selection

from tui.pane_rows import NEW_LINE
from tui.pane_text import PaneText

EDGE = 1
"""Cells of a painted row before its text."""


def copied(text: PaneText, selection: Selection) -> str:
    """The selected text. Offsets count characters of painted rows, and rows by their numbers.

    Rows of one logical line are joined as they were parted; indents and bars that were painted
    before them, and the pad behind, are no text. A command is whole although its row is cut.
    """
    first = text.dropped if selection.start is None else max(text.dropped, selection.start.y)
    last = len(text) - 1 if selection.end is None else min(len(text) - 1, selection.end.y)
    parts: list[str] = []
    for number in range(first, last + 1):
        span = selection.get_span(number)
        if span is None:
            continue
        line = text.row(number)
        start = max(line.lead, span[0] - EDGE)
        end = len(line.plain) if span[1] == -1 else max(start, span[1] - EDGE)
        if parts:
            parts.append(line.glue)
        parts.append(line.plain[start:end])
    joined = "".join(parts)
    return NEW_LINE.join(piece.rstrip() for piece in joined.split(NEW_LINE))
