"""How a screen learns what happened: batches of events and agent text, live or from a replay.

A screen knows no difference between the two: it applies batches. Nothing here knows Textual.
"""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from orchestrator.clock import Clock
from orchestrator.journal.read import JournalBroken, Tail
from orchestrator.journal.transcript import Line, TranscriptTail
from orchestrator.model.events import Event
from orchestrator.model.fold import advance
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project


@dataclass(slots=True)
class Batch:
    """What is new since the last poll."""

    events: list[Event] = field(default_factory=list)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    """agent text by task key"""
    reset: bool = False
    """everything shown before is void; `events` and `lines` then hold all there is up to now"""
    trouble: str = ""
    """one line saying why nothing more can be read; empty while all is well"""

    @property
    def empty(self) -> bool:
        return not (self.events or self.lines or self.reset or self.trouble)


class Feed(Protocol):
    """The one way into a screen."""

    incident: str
    state: State
    live: bool
    """False in a replay: nothing shown can be acted on"""
    folder: IncidentFolder

    def now(self) -> float:
        """The time of what is shown: the clock's, or the playhead's."""

    def poll(self) -> Batch:
        """What is new. Cheap when nothing is."""


class _Grown:
    """Whether a file got longer since the last look, without opening it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = -1

    def check(self) -> bool:
        try:
            size = os.stat(self.path).st_size
        except OSError:
            return False
        grown = size != self._size
        self._size = size
        return grown


class LiveFeed:
    """Tails the journal of a running incident and the transcripts of its agents.

    The state it offers is replaced, never changed in place, so a first long read may happen in a
    thread while the screen shows the one before.
    """

    live = True

    def __init__(self, project: Project, incident: str, clock: Clock) -> None:
        self.incident = incident
        self.state = State()
        self.folder = project.incident(incident)
        self._clock = clock
        self._journal = Tail(self.folder.journal)
        self._journal_grown = _Grown(self.folder.journal)
        self._transcripts: dict[str, tuple[_Grown, TranscriptTail]] = {}
        self._trouble = ""

    def now(self) -> float:
        return self._clock.now()

    def poll(self) -> Batch:
        batch = Batch()
        if not self._trouble and self._journal_grown.check():
            try:
                batch.events = self._journal.read()
            except (JournalBroken, OSError) as error:
                self._trouble = batch.trouble = str(error)
        if batch.events:
            self._fold(batch)
        for key in self.state.tasks:
            if key not in self._transcripts:
                path = self.folder.transcript(key)
                self._transcripts[key] = (_Grown(path), TranscriptTail(path))
            grown, tail = self._transcripts[key]
            with contextlib.suppress(OSError):  # an agent's text that cannot be read costs itself
                if grown.check() and (lines := tail.read()):
                    batch.lines[key] = lines
        return batch

    def _fold(self, batch: Batch) -> None:
        """The state after the new events, up to the first that cannot be folded."""
        state = self.state.copy()
        for index, event in enumerate(batch.events):
            try:
                advance(state, event)
            except Exception as error:  # a well-formed line may still say what cannot be true
                where = f"{self._journal.path}: line {event.seq}"
                why = f"{where} cannot be folded ({type(error).__name__})"
                self._trouble = batch.trouble = why
                del batch.events[index:]
                break
        self.state = state
