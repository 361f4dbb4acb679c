"""One open incident in the runner: its state in memory, its journal on disk, and one lock.

`apply` is the only place in the whole project where a journal grows.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.flow.handle import handle
from orchestrator.journal.append import JournalWriter
from orchestrator.journal.read import JournalBroken
from orchestrator.journal.snapshot import EVERY, write_snapshot
from orchestrator.model.commands import Command
from orchestrator.model.deadlines import next_due
from orchestrator.model.events import CommandRefused, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project, write_private


class DiskFull(Exception):
    """The journal could not be written; nothing changed, and it may be tried again."""


@dataclass(slots=True)
class Room:
    """An incident the runner looks after."""

    project: Project
    folder: IncidentFolder
    clock: Clock
    state: State
    writer: JournalWriter
    events: list[Event]
    next_due: float | None = None
    refusals: dict[str, str] = field(default_factory=dict)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def open(cls, project: Project, incident: str, clock: Clock) -> "Room":
        """Fold what the journal says (nothing, for a new incident) and go on behind it.

        JournalBroken names the line from which it cannot be trusted.
        """
        folder = project.incident(incident)
        folder.create()
        writer, events = JournalWriter.open(folder.journal)
        state = fold_all(State(), events)
        room = cls(project, folder, clock, state, writer, events, next_due(state))
        room._check_head()
        for event in events:
            room._remember(event)
        return room

    @property
    def incident(self) -> str:
        return self.folder.incident

    async def apply(self, command: Command | None) -> list[Event]:
        """One input: handle, append with one fsync, and only then let it be true.

        DiskFull leaves state and journal as they were.
        """
        async with self._lock:
            handled = handle(self.state, command, self.clock.now())
            if not handled.events:
                self.next_due = handled.next_due
                return []
            before = self.writer.seq
            try:
                sealed = await asyncio.to_thread(self.writer.append, handled.events)
            except OSError as error:
                raise DiskFull(f"{self.folder.journal}: {error.strerror}") from error
            self.state, self.next_due = handled.state, handled.next_due
            self.events += sealed
            await asyncio.to_thread(self._keep_head)
            for event in sealed:
                self._remember(event)
            if self.state.seq // EVERY > before // EVERY:
                await asyncio.to_thread(self._snapshot)
            self._moved.set()
            self._moved = asyncio.Event()
            return sealed

    async def until(self, true: Callable[[State], bool]) -> None:
        """Return once that is true of the state; it is asked again after each input."""
        while not true(self.state):
            await self._moved.wait()

    async def finish(self) -> None:
        """Wait for the input that is being applied, and apply no other."""
        await self._lock.acquire()

    def close(self) -> None:
        self.writer.close()

    def _check_head(self) -> None:
        """A journal that ends before the runner's own record of its end was cut."""
        try:
            head = json.loads(self._head_file.read_text())
            seq, digest = int(head["seq"]), str(head["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        there = self.events[seq - 1].hash if 0 < seq <= len(self.events) else ""
        if there != digest:
            where = f"{self.folder.journal}: ends at event {self.writer.seq}"
            raise JournalBroken(
                f"{where}, the runner had written {seq} (or others); see `warroom verify`, and"
                f" remove {self._head_file} to go on from what is there"
            )

    def _remember(self, event: Event) -> None:
        if isinstance(event.data, CommandRefused):
            self.refusals[event.id] = event.data.why

    def _keep_head(self) -> None:
        """The runner's own note of where the journal ends, so that a cut tail is noticed."""
        head = {"seq": self.writer.seq, "hash": self.writer.head}
        # the journal has the events already; a second record of its end can wait for the next
        with contextlib.suppress(OSError):
            write_private(self._head_file, json.dumps(head))

    @property
    def _head_file(self) -> Path:
        return self.project.heads / f"{self.incident}.json"

    def _snapshot(self) -> None:
        """A short cut for readers; without the space for it the journal still says everything."""
        with contextlib.suppress(OSError):
            offset = self.folder.journal.stat().st_size
            write_snapshot(self.folder, self.state, self.writer.head, offset)
