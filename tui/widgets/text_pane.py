"""A text that grows, painted by the line: it follows, or stays where a person reads.

It has its own scroll position, so that text at any rate costs no layout; the frame clock makes it
show what came. What stands around the text is up to the widget that it is part of.
"""

from collections.abc import Callable, Iterable

from rich.cells import cell_len
from textual import events
from textual.geometry import Region as Area
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from orchestrator.journal.transcript import Line
from tui.failures import Enduring, Mishap, failure_row
from tui.following import Following
from tui.glyphs import CARET
from tui.ink import Ink, Piece, blank_row, cut, ink_of, row, selected, width_of
from tui.pane_rows import PaneRow
from tui.pane_text import PaneText, fold_for
from tui.selected_text import copied

KEPT_STRIPS = 200
"""Painted rows above the first one shown that are kept for scrolling back."""


class TextPane(Enduring, Widget, can_focus=True):
    """Rows of a `PaneText` between `body_from` and `body_from + body_height`."""

    ALLOW_SELECT = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.text = PaneText()
        self.place = Following()
        self._cache: dict[int, Strip] = {}
        self._cache_key: tuple[object, ...] = ()
        self._mishap = Mishap()

    # --- what the widget around it says -----------------------------------------------------------

    @property
    def body_from(self) -> int:
        """The first row of text."""
        return 0

    @property
    def body_height(self) -> int:
        """Rows of text shown."""
        return self.size.height

    @property
    def has_caret(self) -> bool:
        """True while more is expected after the last character."""
        return False

    def line(self, y: int) -> Strip:
        """One row of the widget."""
        return self.text_row(self.ink, y)

    def changed(self) -> None:
        """The position changed: what is said about it may have to."""

    # --- what it is told --------------------------------------------------------------------------

    def take(self, text: PaneText) -> None:
        """Show this text from now on, at its tail."""
        self.text = text
        self.place = Following()
        self._cache.clear()
        self.flush()

    def feed(self, lines: Iterable[Line]) -> None:
        """More text; shown at the next `flush`."""
        self.text.feed(lines)

    def flush(self) -> None:
        """Settle what came and show it; a text that cannot be shown costs this pane alone."""
        try:
            self._flush()
        except Exception as error:
            self._mishap.text_failed(self.app, error, min(1, self.size.height - 1))
            self.refresh()
        else:
            if self._mishap.text_taken():
                self.refresh()

    def _flush(self) -> None:
        self._fit()
        text, top = self.text, self.place.top
        before, version, settled = len(text), text.version, text.settled_rows
        text.settle()
        self.place.grown(text, self.body_height)
        for number in [n for n in self._cache if n >= settled]:
            del self._cache[number]
        if top != self.place.top or version != text.version:
            oldest = self.place.top - KEPT_STRIPS
            self._cache = {n: strip for n, strip in self._cache.items() if n >= oldest}
            self.refresh()
        elif self.size.height == 1:
            self.refresh()
        else:
            first = max(0, min(settled, before) - 1 - top) + self.body_from
            self.refresh(Area(0, first, self.size.width, max(0, self.size.height - first)))

    # --- state ------------------------------------------------------------------------------------

    @property
    def following(self) -> bool:
        return self.place.following

    @property
    def top(self) -> int:
        """Number of the first row of text shown."""
        return self.place.top

    @property
    def unseen(self) -> int:
        """Rows that came since the person scrolled away."""
        return self.place.unseen(self.text)

    @property
    def shown_rows(self) -> list[PaneRow]:
        return [self.text.row(self.top + y) for y in range(self.body_height)]

    # --- painting ---------------------------------------------------------------------------------

    @property
    def ink(self) -> Ink:
        return ink_of(self.app)

    def render_line(self, y: int) -> Strip:
        """One row; one that cannot be painted costs this pane alone, which then says why."""
        try:
            line = self.line(y)
        except Exception as error:
            self._mishap.row_failed(self.app, error, y)
            line = blank_row(self.ink, self.size.width)
        else:
            self._mishap.row_painted(y)
        if y == self._mishap.row:
            return failure_row(self.ink, self.size.width, self._mishap.words)
        return line

    def text_row(self, ink: Ink, y: int) -> Strip:
        """The row of text that stands on row `y` of the widget."""
        width, number = self.size.width, self.top + y - self.body_from
        key = (width, id(ink), id(self.text), self.text.version)
        if key != self._cache_key:
            self._cache.clear()
            self._cache_key = key
        line = self.text.row(number)
        strip = self._cache.get(number)
        if strip is None:
            last = number == len(self.text) - 1 and line.kind in ("say", "note", "fence")
            caret = last and self.following and self.has_caret
            strip = _painted(ink, width, line, caret)
            if number < self.text.settled_rows and not caret:
                self._cache[number] = strip
        selection = self.text_selection
        if selection is not None and (chosen := selection.get_span(number)) is not None:
            start, end = (cell_len(f" {line.plain}"[:chars]) for chars in chosen)
            strip = selected(ink, strip, start, -1 if chosen[1] == -1 else end)
        return strip.apply_offsets(0, number)

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        self.move(self.top + rows)

    def action_page(self, pages: int) -> None:
        self.move(self.top + pages * max(1, self.body_height - 1))

    def action_top(self) -> None:
        self.move(self.text.dropped)

    def action_follow(self) -> None:
        self.place.follow(self.text, self.body_height)
        self.changed()
        self.refresh()

    def move(self, top: int) -> None:
        """Show this row first."""
        self.place.move(self.text, self.body_height, top)
        self.changed()
        self.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(self.top - 3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(self.top + 3)

    # --- layout -----------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self.refit()

    def refit(self) -> None:
        """The room changed. What is read stays in view: the tail, or the same line at the top."""
        if not self._fit():
            self.place.settle(self.text, self.body_height)
        self.refresh()

    def _fit(self) -> bool:
        """Lay the text out for this size; False when it was. A strip, or what is not shown, keeps
        the layout that it had."""
        width, height = self.size
        if height <= 1 or width <= 2:
            return False
        wanted = (max(2, width - 2), fold_for(height))
        if wanted == (self.text.width, self.text.fold):
            return False
        self._relay(lambda: self.text.rewrap(*wanted))
        return True

    def _relay(self, lay: Callable[[], object]) -> None:
        """Rows get other numbers: a place in the text stays, a selection cannot."""
        self.place.hold(self.text)
        lay()
        self.place.settle(self.text, self.body_height)
        if self.is_mounted and self.text_selection is not None:
            self.screen.clear_selection()

    def action_unfold(self) -> None:
        """Show the whole output of the commands in sight, or fold it again."""
        self._turn(self.top, self.top + self.body_height - 1)

    def on_click(self, event: events.Click) -> None:
        number = self.top + event.y - self.body_from
        if event.y >= self.body_from and self.text.row(number).kind == "fold":
            self._turn(number, number)

    def _turn(self, first: int, last: int) -> None:
        self._relay(lambda: self.text.turn_folds(first, last))
        self.changed()
        self.refresh()

    # --- selecting --------------------------------------------------------------------------------

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return copied(self.text, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()


def _painted(ink: Ink, width: int, line: PaneRow, caret: bool) -> Strip:
    right: list[Piece] = []
    if line.eid and line.kind == "call":
        right.append((line.eid, ink("accent")))
        if line.took >= 0:
            right.append((f"  {line.took:.1f}s".rjust(6), ink("muted")))
    left: list[Piece] = [
        (text, ink(token.rstrip("*"), bold=token.endswith("*"))) for text, token in line.runs
    ]
    if right:
        left = cut(left, width - 3 - width_of(right))
    if caret:
        left.append((CARET, ink("accent")))
    return row(ink, width, left, right) if left or right else blank_row(ink, width)
