"""What the board consists of beside its deadlines: header, lists of incidents, newest events."""

from collections.abc import Sequence
from typing import ClassVar

from textual.strip import Strip

from orchestrator.clock import hhmmss
from tui.glyphs import TONES, mark
from tui.ink import Piece, row
from tui.notices import Health
from tui.promises import Promise
from tui.widgets.chooser import Chooser, Line
from tui.widgets.region import Region

NARROW = 100
"""Cells below which the board has tabs, and its header the next promise."""


class BoardHeader(Region):
    """Which project, how many are open, and whether the runner lives."""

    GROUND = "background"
    DEFAULT_CSS = "BoardHeader { height: 1; background: $wr-background; }"

    def __init__(self, name: str) -> None:
        super().__init__(id="header")
        self._name = name
        self._open = 0
        self._health = Health()
        self._major = False
        self._promise: Promise | None = None

    def apply(self, count: int, health: Health, major: bool, promise: Promise | None) -> None:
        self._open, self._health, self._major = count, health, major
        self._promise = promise
        self.changed()

    def body(self, width: int, height: int) -> list[Strip]:
        ink, ground = self.ink, "background"
        left: list[Piece] = [
            ("warroom", ink("accent", ground, bold=True)),
            (f"   {self._name}", ink("bright", ground, bold=True)),
            (f"   {self._open} open", ink("text", ground)),
        ]
        if self._major:
            left.append(("   ▲ MAJOR", ink("breach", ground, bold=True)))
        if self._health.alive:
            right: list[Piece] = [("runner ", ink("muted", ground)), ("●", ink("ok", ground))]
        else:
            right = [(" RUNNER DOWN ", ink("on-sev", "breach", bold=True))]
        if width < NARROW and self._promise is not None:
            name = f"{self._promise.short} {self._promise.incident} "
            time: Piece = (f"{self._promise.time}  ", ink("bright", ground, bold=True))
            right = [(name, ink("muted", ground)), time, *right[-1:]]
        return [row(ink, width, left, right, on=ground)]


class IncidentList(Chooser):
    """Incidents of one kind; where a filter holds some back, the band says how many are shown."""

    FACT: ClassVar[str] = ""
    STAYS = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._words = ""
        self._total = 0

    def show_filtered(self, lines: Sequence[Line], words: str, total: int) -> None:
        """What the words leave of `total` entries."""
        self._words, self._total = words, total
        self.show(lines)

    def fact(self) -> Sequence[Piece]:
        on = "focus-band" if self.has_focus else "panel"
        if not self._words:
            return [(self.FACT, self.ink("muted", on))]
        shown = f"{len(self.lines)} of {self._total} with "
        return [(shown, self.ink("muted", on)), (f'"{self._words}"', self.ink("bright", on))]

    def body(self, width: int, height: int) -> list[Strip]:
        if self.lines or not (self._words and self._total):
            return super().body(width, height)
        return [row(self.ink, width, [("no match; esc shows all", self.ink("muted"))])]


class OpenList(IncidentList):
    """What is not closed, the worst first."""

    TITLE = "Open"
    EMPTY = "nothing is open"
    FACT = "by severity"


class Earlier(IncidentList):
    """What is closed, the last first."""

    TITLE = "Earlier"
    EMPTY = "no incident is closed yet"
    FACT = "time to resolve, SLA"


class LastEvents(Region):
    """The newest rows of the incident that is chosen."""

    TITLE = "Last events"

    def __init__(self) -> None:
        super().__init__(id="events")
        self._incident = ""
        self._lines: Sequence[tuple[float, str, str, str]] = ()

    def apply(self, incident: str, lines: Sequence[tuple[float, str, str, str]]) -> None:
        self._incident, self._lines = incident, lines
        self.changed()

    def fact(self) -> Sequence[Piece]:
        return [(self._incident, self.ink("muted", "panel"))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        if not self._lines:
            return [row(ink, width, [("nothing is chosen", ink("muted"))])]
        rows = []
        for at, word, text, who in self._lines[-height:]:
            loud = word in ("wait", "late")
            left = [
                (f"{hhmmss(at)} ", ink("muted")),
                (f"{mark(word)} ", ink(TONES.get(word, "muted"), bold=loud)),
                (text, ink("bright" if loud else "text", bold=loud)),
            ]
            cited = who[:1] == "E" and who[1:2].isdigit()
            right = [(who, ink("accent" if cited else "muted"))] if who else ()
            rows.append(row(ink, width, left, right))
        return rows
