"""Before there is an incident: what the lab is doing, and the service's signals, live.

As soon as an incident's journal appears the war room takes its place by itself.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip

from orchestrator.clock import Clock, hhmmss
from orchestrator.project import Project
from tui.failures import Enduring
from tui.ink import Piece, row
from tui.keys import CONSOLE
from tui.widgets.footer import KeyFooter
from tui.widgets.region import Region
from tui.widgets.signals import Signals

LOOKS_A_SECOND = 5


class LabLog:
    """The lines of a drill's lab as they are written; empty for a project that is no drill."""

    def __init__(self, project: Project) -> None:
        self.name = ""
        self.lines: list[tuple[float, str]] = []
        self._path: Path | None = None
        self._offset = 0
        self._mark = project.drill_mark

    def read(self) -> bool:
        """Take in new lines; True when there are any."""
        if self._path is None and not self._find():
            return False
        assert self._path is not None
        try:
            if os.stat(self._path).st_size == self._offset:
                return False
            with self._path.open("rb") as file:
                file.seek(self._offset)
                fresh = file.read()
        except OSError:
            return False
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            try:
                body = json.loads(line)
                self.lines.append((float(body["t"]), str(body["text"])))
            except (ValueError, KeyError, TypeError):
                continue
        return bool(whole)

    def _find(self) -> bool:
        try:
            body = json.loads(self._mark.read_text())
            self._path = Path(body["home"]) / "lab.ndjson"
            self.name = str(body.get("drill", "drill"))
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return True


class Lab(Region):
    """What the lab is doing, newest last."""

    TITLE = "Lab"

    def __init__(self, log: LabLog) -> None:
        super().__init__(id="lab")
        self.lab = log

    def fact(self) -> Sequence[Piece]:
        return [(self.lab.name or "no drill", self.ink("muted", "panel"))]

    def body(self, width: int, height: int) -> list[Strip]:
        ink = self.ink
        if not self.lab.lines:
            words = "waiting for the lab" if self.lab.name else "no incident yet: watching"
            return [row(ink, width, [(words, ink("muted"))])]
        shown = self.lab.lines[-max(1, height) :]
        last = len(shown) - 1
        return [
            row(
                ink,
                width,
                [
                    (f"{hhmmss(at)}  ", ink("muted")),
                    (text, ink("bright" if index == last else "text", bold=index == last)),
                ],
            )
            for index, (at, text) in enumerate(shown)
        ]


class StandbyHeader(Region):
    """Which project is watched, and that nothing is wrong yet."""

    GROUND = "background"

    def __init__(self, project: Project, log: LabLog) -> None:
        super().__init__(id="header")
        self._project = project
        self._log = log

    def body(self, width: int, height: int) -> list[Strip]:
        ink, ground = self.ink, "background"
        left = [
            ("warroom", ink("bright", ground, bold=True)),
            (f"   {self._project.root.name}", ink("text", ground)),
        ]
        words = f"drill {self._log.name}" if self._log.name else "no incident"
        return [row(ink, width, left, [(words, ink("muted", ground))], on=ground)]


class Standby(Enduring, Screen[None], inherit_bindings=False):
    """A project without an open incident."""

    CSS_PATH = "standby.tcss"
    AUTO_FOCUS = ""
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE,)

    @dataclass
    class IncidentOpened(Message):
        """A journal has appeared."""

        incident: str

    def __init__(self, project: Project, clock: Clock, known: Sequence[str] = ()) -> None:
        super().__init__()
        self._project = project
        self._clock = clock
        self._known = frozenset(known)
        self._log = LabLog(project)
        self._announced = False

    def compose(self) -> ComposeResult:
        yield StandbyHeader(self._project, self._log)
        yield Lab(self._log)
        yield Signals(id="signals")
        yield KeyFooter(self.CONTEXTS, id="footer")

    def on_mount(self) -> None:
        self._looks = self.set_interval(1 / LOOKS_A_SECOND, self.look, name="standby")
        self.look()

    def on_screen_suspend(self) -> None:
        """Nobody sees it: under a war room it costs nothing."""
        self._looks.pause()

    def on_screen_resume(self) -> None:
        self._looks.resume()
        self.look()

    def _drilled_first(self, ring: Path) -> tuple[bool, str]:
        """A drill scrapes what stands around its service as well; that one is looked at."""
        return (ring.stem != self._log.name, ring.stem)

    def look(self) -> None:
        """New lines, new samples, and perhaps an incident."""
        now = self._clock.now()
        if self._log.read():
            self.query_one(Lab).changed()
            self.query_one(StandbyHeader).changed()
        rings = sorted(self._project.metrics.glob("*.ndjson"), key=self._drilled_first)
        signals = self.query_one(Signals)
        if rings:
            signals.watch_ring(rings[0])
        signals.tick(now)
        self.query_one(KeyFooter).tick(now)
        fresh = [f for f in self._project.all_incidents() if f.incident not in self._known]
        if fresh and not self._announced:
            self._announced = True
            self.post_message(self.IncidentOpened(fresh[-1].incident))
