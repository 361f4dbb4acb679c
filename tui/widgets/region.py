"""A region of the screen: one title band over rows, painted by the line and only where it changed.

A region never asks for layout. Its rows are computed when what it shows changed; of those, only
the rows that came out different are painted again.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.geometry import Region as Area
from textual.strip import Strip
from textual.widget import Widget

from tui.failures import Enduring, failure_row, file_failure, said
from tui.ink import Ink, Piece, band, blank_row, ink_of


class Region(Enduring, Widget):
    """Base of everything on the war room that is not an agent pane."""

    DEFAULT_CSS = """
    Region { width: 1fr; height: 1fr; background: $wr-surface; }
    """
    TITLE: ClassVar[str] = ""
    GROUND: ClassVar[str] = "surface"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._rows: list[Strip] = []
        self._painted_for: tuple[int, int, int] = (0, 0, 0)
        self.failed = ""
        """why its rows could not be computed; empty while all is well"""

    @property
    def ink(self) -> Ink:
        return ink_of(self.app)

    def fact(self) -> Sequence[Piece]:
        """What stands at the right end of the title band."""
        return ()

    def body(self, width: int, height: int) -> list[Strip]:
        """The rows under the band; more than `height` of them are cut."""
        raise NotImplementedError

    def rows(self, width: int, height: int) -> list[Strip]:
        """All rows; a region without a title has only its body."""
        if not self.TITLE:
            return self.body(width, height)
        title = band(self.ink, width, self.TITLE, self.fact(), focused=self.has_focus)
        return [title, *self.body(width, height - 1)]

    def changed(self) -> None:
        """Something shown here changed: compute the rows and paint those that differ."""
        if not self.is_mounted or not self.size:
            return
        width, height = self.size
        ink = self.ink
        fresh = self._rows_or_why_not(ink, width, height)[:height]
        fresh += [blank_row(ink, width, self.GROUND)] * (height - len(fresh))
        painted_for = (width, height, id(ink))
        stale, self._rows = self._rows, fresh
        if painted_for != self._painted_for or len(stale) != len(fresh):
            self._painted_for = painted_for
            self.refresh()
            return
        areas = [Area(0, y, width, 1) for y in range(height) if stale[y] != fresh[y]]
        if areas:
            self.refresh(*areas)

    def plain_rows(self) -> list[str]:
        """The body as it is painted, as text."""
        rows = self._rows[1:] if self.TITLE else self._rows
        return [strip.text.rstrip() for strip in rows]

    def _rows_or_why_not(self, ink: Ink, width: int, height: int) -> list[Strip]:
        """One region that fails says so; the others go on, and so does it when it can again."""
        try:
            fresh, failed = self.rows(width, height), ""
        except Exception as error:
            failed = said(error)
            fresh = [failure_row(ink, width, failed)]
            if failed != self.failed:
                file_failure(self.app, error)
        self.failed = failed
        return fresh

    def render_line(self, y: int) -> Strip:
        if self._painted_for[:2] != tuple(self.size) or self._painted_for[2] != id(self.ink):
            self.changed()
        if y < len(self._rows):
            return self._rows[y]
        return blank_row(self.ink, self.size.width, self.GROUND)

    def on_resize(self, event: events.Resize) -> None:
        self.changed()

    def watch_has_focus(self, value: bool) -> None:
        """The focus came or went: at the event itself it is not known yet."""
        super().watch_has_focus(value)
        self.changed()
