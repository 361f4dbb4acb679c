"""A list to choose from: one line is chosen, and the window follows it. Base of every list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from tui.glyphs import CARET
from tui.inert import inert_line
from tui.ink import Piece, row
from tui.keys import LIST, REGION, bindings
from tui.widgets.region import Region

Runs = tuple[tuple[str, str], ...]
"""Text and the token it is painted in."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its rows, each with a left and a right side, as runs of text and token."""

    id: str
    rows: tuple[tuple[Runs, Runs], ...]


class Chooser(Region, can_focus=True):
    """Entries of one or more rows. Tokens with `*` are bold, with `#` filled chips."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION, LIST)
    EMPTY: ClassVar[str] = "nothing yet"
    STAYS: ClassVar[bool] = True
    """the chosen entry is shown without the focus too: what stands beside it depends on it"""

    @dataclass
    class Moved(Message):
        """Another entry is chosen."""

        chooser: "Chooser"
        chosen: str

        @property
        def control(self) -> "Chooser":
            return self.chooser

    @dataclass
    class Opened(Message):
        """The chosen entry is to be opened."""

        chooser: "Chooser"
        chosen: str

        @property
        def control(self) -> "Chooser":
            return self.chooser

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.lines: Sequence[Line] = ()
        self.chosen = ""
        self.gap = 0
        self.first = 0
        self._places: list[str] = []
        self._above = 0
        """rows of the body that stand over the first entry"""

    def show(self, lines: Sequence[Line]) -> None:
        """These entries; what was chosen stays chosen wherever it stands now."""
        self.lines = lines
        ids = [line.id for line in lines]
        if self.chosen not in ids:
            self._choose(ids[0] if ids else "")
        self.changed()

    @property
    def index(self) -> int:
        return next((n for n, line in enumerate(self.lines) if line.id == self.chosen), 0)

    def _choose(self, chosen: str) -> None:
        if chosen != self.chosen:
            self.chosen = chosen
            self.post_message(self.Moved(self, chosen))
            self.changed()

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        return [(str(len(self.lines)), self.ink("muted", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        self._places = []
        if not self.lines:
            return [row(ink, width, [(self.EMPTY, ink("muted"))])]
        self.first = self._first(height)
        rows: list[Strip] = []
        for line in self.lines[self.first :]:
            if len(rows) >= height:
                break
            chosen = line.id == self.chosen and (self.STAYS or self.has_focus)
            on = "wash" if chosen else "surface"
            edge = CARET if chosen and self.has_focus else ""
            for left, right in line.rows:
                rows.append(
                    row(ink, width, self._paint(left, on), self._paint(right, on), on=on, edge=edge)
                )
                self._places.append(line.id)
            for _ in range(self.gap):
                rows.append(row(ink, width, []))
                self._places.append("")
        return rows

    def plain_rows(self) -> list[str]:
        """All entries, those out of sight too."""
        texts = (
            ["".join(text for text, _ in runs).strip() for runs in sides]
            for line in self.lines
            for sides in line.rows
        )
        return [inert_line("   ".join(side for side in sides if side)) for sides in texts]

    def _paint(self, runs: Sequence[tuple[str, str]], on: str) -> list[Piece]:
        ink, painted = self.ink, list[Piece]()
        for text, token in runs:
            bare = token.strip("*#")
            if token.startswith("#"):
                over = "on-accent" if bare == "accent" else "on-sev"
                painted.append((text, ink(over, bare, bold=True)))
            else:
                painted.append((text, ink(bare, on, bold=token.endswith("*"))))
        return painted

    def _first(self, height: int) -> int:
        """The first entry shown, so that the chosen one is whole."""
        at = self.index
        first = min(self.first, at)
        while first < at and self._tall(first, at) > height:
            first += 1
        while first and self._tall(first - 1, len(self.lines) - 1) <= height:
            first -= 1
        return first

    def _tall(self, first: int, last: int) -> int:
        rows = sum(len(line.rows) + self.gap for line in self.lines[first : last + 1])
        return rows - self.gap

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        if self.lines:
            at = max(0, min(self.index + rows, len(self.lines) - 1))
            self._choose(self.lines[at].id)

    def action_page(self, pages: int) -> None:
        tall = len(self.lines[0].rows) + self.gap if self.lines else 1
        self.action_scroll(pages * max(1, (self.size.height - 2) // tall))

    def action_top(self) -> None:
        self.action_scroll(-len(self.lines))

    def action_follow(self) -> None:
        self.action_scroll(len(self.lines))

    def action_open(self) -> None:
        if self.chosen:
            self.post_message(self.Opened(self, self.chosen))

    def on_click(self, event: events.Click) -> None:
        """A click chooses; a click on what is chosen opens it."""
        at = event.y - (1 if self.TITLE else 0) - self._above
        clicked = self._places[at] if 0 <= at < len(self._places) else ""
        if clicked and clicked == self.chosen:
            self.action_open()
        elif clicked:
            self._choose(clicked)
