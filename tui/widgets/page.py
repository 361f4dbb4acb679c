"""One document to read: rows that scroll, painted by the line."""

from collections.abc import Sequence
from textwrap import wrap
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.strip import Strip

from tui.citations import CitationChosen, cited_in
from tui.highlight import breaks, runs_of_line, sliced
from tui.inert import inert_line
from tui.ink import Piece, band, row
from tui.keys import LIST, REGION, bindings
from tui.pane_rows import PaneRow
from tui.widgets.region import Region

READABLE = 96
"""Cells of the longest row: longer lines are hard to read."""


class Page(Region, can_focus=True):
    """A rendered document; its band names it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION, LIST)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.name_shown = "no document"
        self.text = ""
        self.facts = ""
        self.top = 0
        self._lines: list[PaneRow] = []
        self._laid_out: tuple[str, str, int] = ("", "", 0)
        self._kind = "markdown"

    def open(self, title: str, facts: str, text: str, kind: str = "markdown") -> None:
        """Show this document from its beginning; the same one, written anew, stays where it is.

        `kind`: markdown, diff, text, or words, which are wrapped between words.
        """
        if title != self.name_shown:
            self.top = 0
        self.name_shown, self.text, self.facts = title, text, facts
        self._kind = kind
        self.changed()

    def rows(self, width: int, height: int) -> list[Strip]:
        title = band(self.ink, width, self.name_shown, self.fact(), focused=self.has_focus)
        return [title, *self.body(width, height - 1)]

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(self.facts, self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink, cells = self.ink, min(width - 4, READABLE)
        if (self.text, self._kind, cells) != self._laid_out:
            self._lines = self._lay(cells)
            self._laid_out = (self.text, self._kind, cells)
        self.top = max(0, min(self.top, len(self._lines) - height + 1))
        rows = [row(ink, width, [])]
        for line in self._lines[self.top : self.top + height - 1]:
            pieces: list[Piece] = [(" ", ink("text"))]
            for text, token in line.runs:
                pieces.append((text, ink(token.rstrip("*"), bold=token.endswith("*"))))
            rows.append(row(ink, width, pieces))
        return rows

    def _lay(self, cells: int) -> list[PaneRow]:
        if self._kind == "markdown":
            from tui.markdown_rows import rows_of_document  # its parser is needed only to read

            return rows_of_document(self.text, cells)
        if self._kind == "words":
            return [PaneRow("out", ((line, "text"),)) for line in _wrapped(self.text, cells)]
        kind = "code" if self._kind == "diff" else ""
        rows = []
        for line in self.text.splitlines():
            runs = runs_of_line(line, kind)
            whole = "".join(text for text, _ in runs)
            rows += [PaneRow("out", tuple(sliced(runs, *part))) for part in breaks(whole, cells)]
        return rows

    def action_open(self) -> None:
        """Go to the evidence cited in what is shown."""
        shown = self._lines[self.top : self.top + max(1, self.size.height - 2)]
        if cited := cited_in("\n".join(line.plain for line in shown)):
            self.post_message(CitationChosen(tuple(cited)))

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


def _wrapped(text: str, cells: int) -> list[str]:
    """Lines no longer than that, broken between words; only blanks at a break are left out."""
    rows: list[str] = []
    for line in text.splitlines():
        rows += wrap(inert_line(line), max(8, cells), drop_whitespace=True) or [""]
    return rows
