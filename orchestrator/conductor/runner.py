"""The runner process: one per project, held by a lock, alive as long as its heartbeat says so.

Closing a console stops no clock. SIGTERM and SIGHUP end it cleanly; after a kill the next one goes
on from the journals.
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from orchestrator.agents.backends import backend, named, reader
from orchestrator.agents.claude.sdk import warm
from orchestrator.client import HEARTBEAT_SECONDS, heartbeat
from orchestrator.clock import Clock
from orchestrator.conductor.alert_text import marked
from orchestrator.conductor.by_hand import ByHand
from orchestrator.conductor.conductor import Conductor
from orchestrator.conductor.desk import Answer, Asked, Desk, accepted, refused
from orchestrator.conductor.opening import (
    SYMPTOMS,
    Reported,
    detected,
    mint,
    repeated,
    repeats,
    why_not,
)
from orchestrator.conductor.presence import Presence
from orchestrator.conductor.room import DiskFull
from orchestrator.conductor.sending import kept
from orchestrator.conductor.shifts import Shifts
from orchestrator.evidence.bisect.scratch import sweep
from orchestrator.evidence.safe import safe
from orchestrator.evidence.sources.ring import Scraper
from orchestrator.intake.words import understood
from orchestrator.journal.fork import CannotFork, fork
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.two_persons import progress
from orchestrator.project import IncidentFolder, Project, write_private
from orchestrator.settings import Settings, load_or_empty, policy

log = logging.getLogger(__name__)


_ENVELOPE = {
    *("id", "cmd", "incident", "at", "as_", "token", "report", "console", "seq", "guidance")
}
"""Fields of a command that are not its arguments."""


class AlreadyRunning(Exception):
    """Another runner holds this project's lock."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the project's lock; it falls by itself when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(f"another runner holds {path}") from error
        yield
    finally:
        os.close(descriptor)


class Runner:
    """One project's runner, from its lock to its last heartbeat."""

    def __init__(self, project: Project, settings: Settings, clock: Clock) -> None:
        self._project = project
        self._settings = settings
        self._clock = clock
        self._policy = policy(settings, project.root)
        self._backend = named(settings)
        answering = backend(settings, project.root)
        self._reader = reader(answering, settings, clock)
        self._conductor = Conductor(project, settings, answering, clock, os.getpid())
        self._desk = Desk(project, settings, self.serve, self._conductor.launchers)
        self._by_hand = ByHand(self._conductor.apply, clock)
        self._shifts = Shifts(project, settings, self._conductor, clock)
        self._presence = Presence(clock.now())
        self._opening = asyncio.Lock()
        self._stop = asyncio.Event()

    async def run(self) -> dict[str, str]:
        """Until told to end; the head hash of each incident's journal.

        Effects that run are left as they are: the engine takes them up again at the next start,
        exactly as after a kill. There is one way to stop, and it is the one that is proven.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        last = heartbeat(self._project.runner)
        await asyncio.to_thread(sweep)  # what a killed runner's bisect left behind
        await self._conductor.launch(version("warroom"), last.at if last else None)
        await self._desk.open()
        background = [
            asyncio.create_task(self._beat()),
            asyncio.create_task(self._conductor.tick()),
            asyncio.create_task(self._shifts.run()),
            asyncio.create_task(Scraper(self._project, self._settings, self._clock).run()),
        ]
        if self._backend != "rules":
            background.append(asyncio.create_task(warm()))
        await _until(asyncio.create_task(self._stop.wait()), background)
        await self._desk.close()
        self._project.runner.unlink(missing_ok=True)
        for task in background:
            if task.done() and not task.cancelled() and task.exception() is not None:
                log.error("the runner ends because of this", exc_info=task.exception())
        return await self._conductor.finish()

    async def serve(self, asked: Asked, actor: Actor) -> Answer:
        """One command of a person's, answered once it is on the disk."""
        if asked.cmd == "status":
            return accepted(pid=os.getpid(), incidents=self._overview())
        if asked.cmd == "here":
            now = self._clock.now()
            where = (asked.console, asked.person, asked.incident, asked.at, now)
            return accepted(**self._presence.heard(actor, *where))
        if asked.cmd == "understand":
            return await self._understand(asked, actor)
        try:
            if asked.cmd == "open":
                return await self._open(asked, actor)
            return await self._command(asked, actor)
        except DiskFull as error:
            return refused(f"the disk is full, nothing can be recorded ({error}); free some space")

    async def _command(self, asked: Asked, actor: Actor) -> Answer:
        incident = asked.incident
        if incident in self._conductor.broken:
            return refused(self._conductor.broken[incident])
        if incident not in self._conductor.rooms:
            known = ", ".join(self._conductor.rooms) or "none"
            return refused(f"there is no incident {incident!r} here; known: {known}")
        if asked.cmd == "approve" and self._conductor.disk_full:
            return refused("the disk is full: no change is approved while nothing can be recorded")
        room = self._conductor.room(incident)
        if asked.cmd == "fork":
            return await self._fork(asked, actor)
        if asked.cmd in ("evidence", "edit"):
            return await self._by_hand.take(room, asked, actor)
        if asked.cmd == "send" and (other := await kept(room, asked)):
            return refused(other)
        now = self._clock.now()
        at = min(asked.at or now, now)  # nobody has pressed a key in the future
        command = Command(asked.id, asked.cmd, at, actor, safe(asked.model_dump(exclude=_ENVELOPE)))
        await self._conductor.apply(incident, command)
        why = room.refusals.get(asked.id)
        if why:
            return refused(why)
        approval = room.state.approvals.get(asked.approval)
        if asked.cmd == "approve" and approval is not None and approval.open:
            waits = f"{progress(approval, room.state.policy)}, waits for another person"
            return accepted(incident=incident, waits=waits)
        return accepted(incident=incident)

    async def _open(self, asked: Asked, actor: Actor) -> Answer:
        try:
            reported = Reported.model_validate(asked.report)
        except ValidationError as error:
            return refused(f"the report does not fit: {why_not(error)}")
        async with self._opening:
            for room in self._conductor.rooms.values():
                if repeats(room.state, reported) and not (asked.incident and reported.firing):
                    source, now = Actor("alert", reported.reporter), self._clock.now()
                    command = Command(asked.id, "alert", now, source, repeated(reported))
                    await self._conductor.apply(room.incident, command)
                    await self._mark(room.incident, reported, source)
                    return accepted(incident=room.incident, repeated=True)
            if not reported.firing:
                return accepted(incident="", repeated=False)
            now = self._clock.now()
            incident = asked.incident or mint(self._project, now)
            if _begun(self._project.incident(incident)):
                return refused(f"{incident} exists already: `warroom open {incident}` shows it")
            try:
                duty = await self._shifts.duty(now)
                rules = (self._settings, self._policy, self._project)
                args = detected(reported, incident, *rules, duty)
            except ValueError as error:
                return refused(str(error))
            source = Actor("alert", reported.reporter) if reported.alert else actor
            await self._conductor.apply(incident, Command(asked.id, "open", now, source, args))
            await self._mark(incident, reported, source)
            return accepted(incident=incident, repeated=False)

    async def _mark(self, incident: str, reported: Reported, source: Actor) -> None:
        """An alert that speaks to agents becomes evidence, which says so wherever it is shown."""
        try:
            facts = await asyncio.to_thread(marked, self._project.incident(incident), reported)
            if facts is not None:
                fact_id, now = f"evidence/alert/{facts.sha256[:24]}", self._clock.now()
                command = Command(fact_id, "evidence", now, source, encode(facts))
                await self._conductor.apply(incident, command)
        except (OSError, DiskFull) as error:  # the incident is opened all the same
            log.warning("what %s was opened with could not be filed: %s", incident, error)

    async def _understand(self, asked: Asked, actor: Actor) -> Answer:
        """What a person's words say; nothing is kept of it, and nothing follows from it here."""
        if actor.kind != "human":
            return refused("only the words of a person are read")
        if len(asked.text) > SYMPTOMS:
            return refused(f"too long to be read: {SYMPTOMS} characters at most")
        names = [service.name for service in self._settings.services]
        words = (asked.text, names, self._clock.now(), asked.guidance)
        said = understood(*words) if self._reader is None else await self._reader.read(*words)
        return accepted(**encode(said))

    async def _fork(self, asked: Asked, actor: Actor) -> Answer:
        """A new incident, a drill, from one as it stood at an event."""
        async with self._opening:
            now = self._clock.now()
            target = self._project.incident(mint(self._project, now))
            source = self._project.incident(asked.incident)
            try:
                await asyncio.to_thread(fork, source, asked.seq, target, actor, now)
            except CannotFork as error:
                return refused(str(error))
            except OSError as error:
                return refused(f"{target.path}: {error.strerror}")
            await self._conductor.apply(target.incident, None)
            return accepted(incident=target.incident)

    def _overview(self) -> list[dict[str, object]]:
        return [
            {
                "incident": room.incident,
                "status": room.state.status,
                "severity": room.state.severity,
                "settled": self._conductor.settled(room.incident),
                "head": room.writer.head,
            }
            for room in self._conductor.rooms.values()
        ]

    async def _beat(self) -> None:
        """Say that we are alive, and what is wrong; a full disk is said in the file that exists."""
        while True:
            body = {"pid": os.getpid(), "at": self._clock.now(), "why": self._conductor.disk_full}
            body["disk_full"] = bool(self._conductor.disk_full)
            body["backend"] = self._backend
            self._say(json.dumps(body))
            await self._clock.sleep(HEARTBEAT_SECONDS)

    def _say(self, body: str) -> None:
        path = self._project.runner
        try:
            write_private(path, body)
        except OSError:
            with contextlib.suppress(OSError), path.open("r+") as file:
                file.write(body.ljust(512))


def _begun(folder: IncidentFolder) -> bool:
    """An empty journal is what a full disk leaves of an incident that was never opened."""
    try:
        return folder.journal.stat().st_size > 0
    except FileNotFoundError:
        return False


async def _until(ending: "asyncio.Task[Any]", background: "list[asyncio.Task[None]]") -> None:
    """Wait for the end, or for background work that raised; work that is simply done is fine."""
    waiting: set[asyncio.Task[Any]] = {ending, *background}
    while not ending.done():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if any(task.exception() for task in done):
            return


def run(project: Project, clock: Clock, end: Callable[[dict[str, str]], NoReturn]) -> None:
    """Be the project's runner until told to end, then `end` the process with each journal's head.

    AlreadyRunning, SettingsError, and OSError where the project cannot be written.
    """
    settings = load_or_empty(project)
    project.create()
    with locked(project.lock):
        asyncio.run(_run(project, settings, clock, end))


async def _run(
    project: Project, settings: Settings, clock: Clock, end: Callable[[dict[str, str]], NoReturn]
) -> None:
    # ending inside the loop keeps its teardown from failing the effects that are still at work
    end(await Runner(project, settings, clock).run())
