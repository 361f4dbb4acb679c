"""Runs every open incident of one project: inputs in, events out, effects started after the fsync.

One loop, one direction. Nothing here decides anything about an incident: that is the flow's.
"""

import asyncio
import contextvars
import logging
import os
from collections.abc import Coroutine
from typing import Any

from orchestrator.agents.contract import Backend
from orchestrator.clock import Clock
from orchestrator.comms.carriers import known
from orchestrator.conductor.engine import Engine
from orchestrator.conductor.kin import Launchers
from orchestrator.conductor.major import Together
from orchestrator.conductor.perform import Performer
from orchestrator.conductor.room import DiskFull, Room
from orchestrator.conductor.scribe import Scribe
from orchestrator.journal.read import JournalBroken
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import (
    RUNNER,
    ChannelsKnown,
    Event,
    IncidentDetected,
    RunnerStarted,
)
from orchestrator.model.records import Task
from orchestrator.project import Project
from orchestrator.settings import Settings

log = logging.getLogger(__name__)

TICK = 0.05
"""Seconds between two looks at the deadlines."""

SPACE = 32 * 1024
"""Bytes: with less than this free, the disk counts as full."""

RECONCILE = 10.0
"""Seconds between two looks for work that is asked for and that nobody does."""

OWN_AT_ONCE = 2
"""Inputs of the runner itself that are applied side by side: a person's command goes past those
that wait, so twenty incidents at work do not make a key slow."""

DISK_RETRY = 1.0
"""Seconds between two tries to write when the disk is full."""


class Conductor:
    """The rooms of a project, and what follows from their events."""

    def __init__(
        self, project: Project, settings: Settings, backend: Backend, clock: Clock, pid: int
    ) -> None:
        self.project = project
        self.rooms: dict[str, Room] = {}
        self.broken: dict[str, str] = {}
        self._refused_by_disk = ""
        self._clock = clock
        self._pid = pid
        self._performer = Performer(settings, backend, clock)
        self._channels = known(settings)
        self._scribe = Scribe(self.apply_patiently, clock)
        self._engine = Engine(project.engine, self._perform, self._report)
        self._own = asyncio.Semaphore(OWN_AT_ONCE)
        self._together = Together(self.rooms, self.apply_patiently, clock)
        self._seen: dict[str, float] = {}
        self._tries: dict[str, int] = {}
        self._working: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def launch(self, version: str, last_beat: float | None) -> None:
        """Fold every journal, recover the engine's work, and say how long nobody looked."""
        for folder in self.project.all_incidents():
            try:
                if folder.journal.stat().st_size:
                    room = Room.open(self.project, folder.incident, self._clock)
                    self.rooms[folder.incident] = room
            except (JournalBroken, OSError) as error:
                self.broken[folder.incident] = str(error)
                log.error("%s is left alone: %s", folder.incident, error)
        await self._engine.launch()
        now = self._clock.now()
        for room in list(self.rooms.values()):
            if room.state.status == "CLOSED":
                self._follow(room)
                continue
            down = max(0.0, now - max(last_beat or 0.0, room.state.last_at))
            said = RunnerStarted(self._pid, round(down, 3), version)
            command_id = f"runner/started/{int(now * 1000)}"
            await self.apply_patiently(
                room.incident, Command(command_id, "runner", now, RUNNER, encode(said))
            )
            await self._tell_channels(room)
        await self._together.catch_up()

    async def _tell_channels(self, room: Room) -> None:
        """Which channels there are; the flow takes it down where that is news."""
        if room.state.channels == self._channels or not room.state.incident:
            return
        said = ChannelsKnown(tuple(encode(one) for one in self._channels))
        now = self._clock.now()
        command_id = f"channels/{room.state.seq + 1}"
        command = Command(command_id, "channels", now, RUNNER, encode(said))
        await self.apply_patiently(room.incident, command)

    async def finish(self) -> dict[str, str]:
        """Let what is being written be written, write nothing more, and say where each ends."""
        for room in self.rooms.values():
            await room.finish()
        return {name: room.writer.head for name, room in self.rooms.items()}

    def settled(self, incident: str) -> bool:
        """True when nothing of this incident is still being written or worked on."""
        room = self.rooms[incident]
        return self._scribe.settled(incident) and not room.state.outstanding()

    @property
    def disk_full(self) -> str:
        """Why nothing can be recorded now; empty while there is room."""
        disk = os.statvfs(self.project.home)
        if disk.f_bavail * disk.f_frsize < SPACE:
            return self._refused_by_disk or f"{self.project.home}: no space left"
        return self._refused_by_disk

    def launchers(self) -> Launchers:
        """The processes that carry out changes, or carried them out."""
        tasks = [task for room in self.rooms.values() for task in room.state.tasks.values()]
        return {task.pid: (task.ticks, task.title) for task in tasks if task.pid}

    def room(self, incident: str) -> Room:
        """The room of an incident, opened for a new one."""
        if incident not in self.rooms:
            self.rooms[incident] = Room.open(self.project, incident, self._clock)
        return self.rooms[incident]

    async def apply(self, incident: str, command: Command | None) -> list[Event]:
        """One input into one incident. DiskFull when the journal could not take it."""
        room = self.room(incident)
        try:
            events = await room.apply(command)
        except DiskFull as error:
            self._refused_by_disk = str(error)
            if not room.events:  # an incident that was never recorded is none
                del self.rooms[incident]
                room.close()
            raise
        self._refused_by_disk = ""
        if events and isinstance(events[0].data, IncidentDetected):
            await self._tell_channels(room)
        if events:
            self._follow(room)
            if self._together.concerned(events):
                self._spawn(self._together.follow(room, events))
        return events

    async def apply_patiently(self, incident: str, command: Command) -> list[Event]:
        """The runner's own inputs wait for the disk; nothing an effect found is lost."""
        while True:
            try:
                async with self._own:
                    return await self.apply(incident, command)
            except DiskFull:
                await self._clock.sleep(DISK_RETRY)

    async def tick(self) -> None:
        """Wake the incidents whose time has come; run until cancelled."""
        reconciled = self._clock.now()
        while True:
            await self._clock.sleep(TICK)
            now = self._clock.now()
            if now - reconciled >= RECONCILE:
                reconciled = now
                self._reconcile(now)
            for room in list(self.rooms.values()):
                if room.next_due is not None and room.next_due <= now:
                    try:
                        await self.apply(room.incident, None)
                    except DiskFull:
                        await self._clock.sleep(DISK_RETRY)

    def _follow(self, room: Room) -> None:
        """What comes after the fsync: effects that are asked for, and documents that changed."""
        for task in room.state.outstanding():
            if self._identity(room, task.id) not in self._seen:
                self._begin(room, task)
        self._scribe.look(room, self._spawn)

    def _reconcile(self, now: float) -> None:
        """Work nobody here is doing any more (the engine gave it up) is begun again.

        Every effect looks before it acts, so beginning it twice does it once.
        """
        for room in self.rooms.values():
            for task in room.state.outstanding():
                identity = self._identity(room, task.id)
                idle = now - self._seen.get(identity, 0.0) >= RECONCILE
                if idle and identity not in self._working:
                    self._begin(room, task)

    def _begin(self, room: Room, task: Task) -> None:
        identity = self._identity(room, task.id)
        self._seen[identity] = self._clock.now()
        self._tries[identity] = self._tries.get(identity, 0) + 1
        self._spawn(self._start(room, task.key, task.attempt, self._tries[identity]))

    def _identity(self, room: Room, task: str) -> str:
        """Names one effect of one incident for good: an id used again is another incident."""
        return f"{room.incident}~{room.events[0].hash[:12]}/{task}"

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        # an empty context: what follows from an effect's report is no part of that effect
        task: asyncio.Task[None] = asyncio.create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("background work failed", exc_info=task.exception())

    async def _start(self, room: Room, key: str, attempt: int, number: int) -> None:
        """Start the effect; take its recorded end when the engine knows one that we do not."""
        identity = self._identity(room, f"{key}#{attempt}")
        workflow = identity if number == 1 else f"{identity}~{number}"
        recorded = await self._engine.start(workflow, room.incident, key, attempt)
        if recorded is not None:
            await self._report(room.incident, recorded)

    async def _perform(self, incident: str, key: str, attempt: int) -> dict[str, Any]:
        room = self.room(incident)
        task = room.state.tasks.get(key)
        if task is None or task.attempt != attempt:
            return {
                "key": key,
                "attempt": attempt,
                "outcome": "failed",
                "report": {},
                "why": "the journal does not ask for it",
            }

        async def apply(command: Command) -> list[Event]:
            return await self.apply_patiently(incident, command)

        identity = self._identity(room, task.id)
        self._working.add(identity)
        try:
            return await self._performer.perform(room, task, apply)
        finally:
            self._working.discard(identity)
            self._seen[identity] = self._clock.now()

    async def _report(self, incident: str, report: dict[str, Any]) -> None:
        key, attempt = report["key"], report["attempt"]
        command = Command(f"{key}#{attempt}/finished", "report", self._clock.now(), RUNNER, report)
        await self.apply_patiently(incident, command)
