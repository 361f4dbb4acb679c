"""One document to read: rows that scroll, painted by the line."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.strip import Strip

from tui.ink import Piece, band, row
from tui.keys import REGION, bindings
from tui.pane_text import PaneRow
from tui.widgets.region import Region

READABLE = 96
"""Cells of the longest row: longer lines are hard to read."""


class Page(Region, can_focus=True):
    """A rendered document; its band names it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.name_shown = "no document"
        self.text = ""
        self.facts = ""
        self.top = 0
        self._lines: list[PaneRow] = []
        self._laid_out: tuple[str, int] = ("", 0)

    def open(self, title: str, facts: str, text: str) -> None:
        """Show this document from its beginning; the same one, written anew, stays where it is."""
        if title != self.name_shown:
            self.top = 0
        self.name_shown, self.text, self.facts = title, text, facts
        self.changed()

    def rows(self, width: int, height: int) -> list[Strip]:
        title = band(self.ink, width, self.name_shown, self.fact(), focused=self.has_focus)
        return [title, *self.body(width, height - 1)]

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(self.facts, self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink, cells = self.ink, min(width - 4, READABLE)
        if (self.text, cells) != self._laid_out:
            from tui.markdown_rows import rows_of_document  # its parser is needed only to read

            self._lines = rows_of_document(self.text, cells)
            self._laid_out = (self.text, cells)
        self.top = max(0, min(self.top, len(self._lines) - height + 1))
        rows = [row(ink, width, [])]
        for line in self._lines[self.top : self.top + height - 1]:
            pieces: list[Piece] = [(" ", ink("text"))]
            for text, token in line.runs:
                pieces.append((text, ink(token.rstrip("*"), bold=token.endswith("*"))))
            rows.append(row(ink, width, pieces))
        return rows

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        self._move(self.top + rows)

    def action_page(self, pages: int) -> None:
        self._move(self.top + pages * max(1, self.size.height - 3))

    def action_top(self) -> None:
        self._move(0)

    def action_follow(self) -> None:
        self._move(len(self._lines))

    def _move(self, top: int) -> None:
        self.top = max(0, top)
        self.changed()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move(self.top - 3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move(self.top + 3)
