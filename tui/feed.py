"""How a screen learns what happened: batches of events and agent text, live or from a replay.

A screen knows no difference between the two: it applies batches. Nothing here knows Textual.
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from orchestrator.clock import Clock
from orchestrator.journal.read import JournalBroken, Tail, read_before
from orchestrator.journal.snapshot import latest
from orchestrator.journal.transcript import Line, TranscriptTail
from orchestrator.model.events import Event
from orchestrator.model.fold import advance
from orchestrator.model.state import State
from orchestrator.model.timeline import Row
from orchestrator.model.timeline import row as row_of
from orchestrator.project import IncidentFolder, Project

AT_ONCE = 1_000
"""Events whose lines are made ready in one go: more than any screen shows, less than is felt."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline, and the id of the event it speaks of."""

    line: Row
    event: str


def entries_of(events: Iterable[Event]) -> list[Entry]:
    """The timeline's lines of these events."""
    return [Entry(line, event.id) for event in events if (line := row_of(event)) is not None]


@dataclass(slots=True)
class Batch:
    """What is new since the last poll."""

    events: list[Event] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """the timeline's lines of `events`"""
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

    def earlier(self) -> Iterator[list[Entry]]:
        """Lines of what was before the first poll's events, the newest part first; for a thread."""


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

    The first poll begins at the newest snapshot and says only the newest lines, so that a long
    incident is there at once; all lines before those come through `earlier`. The state it offers is
    replaced, never changed in place, so a long read may happen in a thread while the screen shows
    the state before.
    """

    live = True

    def __init__(self, project: Project, incident: str, clock: Clock) -> None:
        self.incident = incident
        self.state = State()
        self.folder = project.incident(incident)
        self._clock = clock
        self._journal: Tail | None = None
        self._journal_grown = _Grown(self.folder.journal)
        self._before: tuple[int, int] = (0, 0)
        """byte and line at which the first poll began"""
        self._unsaid: list[Event] = []
        """of the first poll's events, those whose lines it did not give"""
        self._broken_before = ""
        self._transcripts: dict[str, tuple[_Grown, TranscriptTail]] = {}
        self._trouble = ""

    def now(self) -> float:
        return self._clock.now()

    def poll(self) -> Batch:
        batch = Batch()
        first = self._journal is None
        journal = self._journal = self._journal or self._begin()
        if not self._trouble and self._journal_grown.check():
            try:
                batch.events = journal.read()
            except (JournalBroken, OSError) as error:
                self._trouble = batch.trouble = str(error)
        if batch.events:
            self._fold(batch)
            if first:
                self._unsaid = batch.events[:-AT_ONCE]
            batch.entries = entries_of(batch.events[-AT_ONCE:] if first else batch.events)
        if self._broken_before:
            batch.trouble, self._broken_before = self._broken_before, ""
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
                where = f"{self.folder.journal}: line {event.seq}"
                why = f"{where} cannot be folded ({type(error).__name__})"
                self._trouble = batch.trouble = why
                del batch.events[index:]
                break
        self.state = state

    def _begin(self) -> Tail:
        """The journal from its newest snapshot on, or from its first line."""
        snapshot = latest(self.folder)
        if snapshot is not None:
            self.state = snapshot.state
            self._before = (snapshot.offset, snapshot.state.seq)
        return Tail(self.folder.journal, *self._before)

    def earlier(self) -> Iterator[list[Entry]]:
        try:
            while self._unsaid:
                newest, self._unsaid = self._unsaid[-AT_ONCE:], self._unsaid[:-AT_ONCE]
                yield entries_of(newest)
            for events in read_before(self.folder.journal, *self._before):
                yield entries_of(events)
        except (JournalBroken, OSError) as error:
            self._broken_before = str(error)
