"""The bench an agent works at: its pane, the ledger, and nothing that could change the world."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Set
from pathlib import Path

from orchestrator.agents.contract import Observation, Stopped
from orchestrator.clock import Clock
from orchestrator.conductor.numbered import numbered
from orchestrator.conductor.room import Room
from orchestrator.evidence.ledger import Ledger, Stored
from orchestrator.evidence.safe import safe_reason, safe_text
from orchestrator.journal.transcript import TranscriptWriter
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import (
    RUNNER,
    Actor,
    MethodsDiffered,
    Payload,
    QuestionOpened,
    TaskEngaged,
    TurnSpent,
)
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.project import sha256_file
from orchestrator.settings import Settings

Apply = Callable[[Command], Awaitable[object]]


class WorkBench:
    """The `Bench` of one attempt of one task."""

    def __init__(
        self, room: Room, task: Task, settings: Settings, clock: Clock, apply: Apply
    ) -> None:
        self.clock = clock
        self.settings = settings
        self.root: Path = room.project.root
        self.state = room.state
        self._room = room
        self._task = task
        self._apply = apply
        self._ledger = Ledger(room.folder)
        self._path = room.folder.transcript(task.key)
        self._transcript = TranscriptWriter(self._path, task.attempt, clock)

    def fresh(self) -> State:
        return self._room.state

    def say(self, text: str) -> None:
        self._go_on()
        self._transcript.say(safe_text(text))

    def note(self, text: str) -> None:
        self._go_on()
        self._transcript.note(safe_text(text))

    def call(self, command: str) -> None:
        self._go_on()
        self._transcript.line("call", safe_text(command))

    def out(self, text: str) -> None:
        self._transcript.line("out", safe_text(text))

    def warn(self, text: str) -> None:
        self._transcript.line("warn", safe_text(text))

    def read(self, eid: str) -> str:
        return self._ledger.read(self._room.state.evidence[eid.split(":")[0]].path)

    def known(self) -> Set[str]:
        return resolvable(self._room, self._room.state)

    async def engage(self, backend: str, model: str = "", why: str = "") -> None:
        why = safe_reason(why)  # a model invents names, and an error repeats them
        task = self._room.state.tasks[self._task.key]
        if (task.backend, task.model, task.taken_over) != (backend, model, why):
            fact = TaskEngaged(self._task.key, self._task.attempt, backend, model, why)
            # an attempt that is begun again may be answered by the same one as before
            command_id = f"{self._task.id}/engaged/{self._room.state.seq + 1}"
            await self._tell(command_id, "engaged", fact)

    async def spend(self, spent: TurnSpent) -> None:
        at = int(self.clock.now() * 1000)
        await self._tell(f"{self._task.id}/spent/{spent.turn}/{at}", "spent", spent)

    async def differ(self, differed: MethodsDiffered) -> None:
        await self._tell(f"{self._task.id}/differed", "differed", differed)

    async def ask(self, field: str, question: str) -> None:
        asked = QuestionOpened(safe_text(field), safe_text(question))
        if asked.field not in self._room.state.answers:
            await self._tell(f"question/{asked.field}", "question", asked)

    async def stopped(self) -> None:
        await self._room.until(self._is_stopped)

    async def observe(self, observation: Observation) -> str:
        """Into the ledger first, then into the journal: a number always has its content."""
        self._go_on()
        stored = await self._store(observation.content)
        facts = numbered(observation, stored, self._task.key)
        meaning = hashlib.sha256(f"{stored.sha256} {facts.command}".encode()).hexdigest()[:24]
        event_id = f"evidence/{meaning}"
        actor = Actor("agent", self._task.role)
        await self._apply(Command(event_id, "evidence", self.clock.now(), actor, encode(facts)))
        eid = self._number(stored.sha256, facts.command)
        self._transcript.line("evidence", f"{eid} {facts.summary}")
        if facts.instructions:
            said = "; ".join(facts.instructions[:3])
            self.warn(f"{eid} holds text meant for agents, not followed: {said}")
        return eid

    async def _store(self, content: str) -> Stored:
        """Wait for the disk rather than lose what was seen."""
        while True:
            try:
                return await asyncio.to_thread(self._ledger.store, content)
            except OSError as error:
                self.warn(f"evidence cannot be stored ({error.strerror}); waiting for space")
                await self.clock.sleep(1.0)
                self._go_on()

    def close(self) -> tuple[str, str]:
        """The transcript's path within the incident, and the SHA-256 of what it holds now."""
        self._transcript.close()
        relative = self._path.relative_to(self._room.folder.path).as_posix()
        return relative, hashlib.sha256(self._path.read_bytes()).hexdigest()

    def _number(self, sha256: str, command: str) -> str:
        for item in self._room.state.evidence.values():
            if item.sha256 == sha256 and item.command == command:
                return item.eid
        raise LookupError("the evidence was stored but is not in the journal")

    async def _tell(self, command_id: str, name: str, fact: Payload) -> None:
        now = self.clock.now()
        await self._apply(Command(command_id, name, now, RUNNER, encode(fact)))

    def _go_on(self) -> None:
        if self._is_stopped(self._room.state):
            raise Stopped

    def _is_stopped(self, state: State) -> bool:
        task = state.tasks.get(self._task.key)
        return task is not None and task.stop_requested


def resolvable(room: Room, state: State) -> set[str]:
    """The evidence whose content is really there, as it was when it was journalled."""
    found: set[str] = set()
    for item in state.evidence.values():
        path = room.folder.path / item.path
        if path.exists() and sha256_file(path) == item.sha256:
            found.add(item.eid)
    return found
