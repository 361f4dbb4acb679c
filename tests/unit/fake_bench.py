"""A bench for one agent at work, without a runner: real ledger and sources, own numbers."""

import asyncio
from pathlib import Path

from orchestrator.agents.contract import Observation, Stopped
from orchestrator.clock import Clock
from orchestrator.evidence.ledger import Ledger
from orchestrator.model.events import MethodsDiffered, TurnSpent
from orchestrator.model.records import Evidence, Task
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import Settings


class FakeBench:
    """Keeps what was said and called, and files observations into `state`."""

    def __init__(self, root: Path, settings: Settings, state: State, clock: Clock) -> None:
        self.clock = clock
        self.settings = settings
        self.root = root
        self.state = state
        self.shown: list[tuple[str, str]] = []
        self.engaged: list[tuple[str, str, str]] = []
        self.spent: list[TurnSpent] = []
        self.differed: list[MethodsDiffered] = []
        self.asked: dict[str, str] = {}
        self.stop = asyncio.Event()
        folder = Project(root).incident(state.incident)
        folder.create()
        self.ledger = Ledger(folder)
        self._numbers: dict[tuple[str, str], str] = {}

    def fresh(self) -> State:
        return self.state.copy()

    def say(self, text: str) -> None:
        if self.stop.is_set():
            raise Stopped
        self.shown.append(("say", text))

    def note(self, text: str) -> None:
        if self.stop.is_set():
            raise Stopped
        self.shown.append(("note", text))

    def call(self, command: str) -> None:
        self.shown.append(("call", command))

    def out(self, text: str) -> None:
        self.shown.append(("out", text))

    def warn(self, text: str) -> None:
        self.shown.append(("warn", text))

    async def observe(self, observation: Observation) -> str:
        stored = self.ledger.store(observation.content)
        key = (observation.command, stored.sha256)
        if key in self._numbers:
            return self._numbers[key]
        eid = self._numbers[key] = f"E{len(self._numbers) + 1}"
        self.state.evidence[eid] = Evidence(
            eid=eid,
            kind=observation.kind,
            source=observation.source,
            command=observation.command,
            summary=observation.summary,
            path=stored.path,
            sha256=stored.sha256,
            size=stored.size,
            lines=stored.lines,
            taint=observation.taint,
            computed_from=observation.computed_from,
            at=self.clock.now(),
            by="",
            truncated=stored.truncated or observation.truncated,
            redactions=stored.redactions,
            from_at=observation.from_at,
            to_at=observation.to_at,
            left_out=stored.left_out,
            instructions=stored.instructions,
        )
        return eid

    def read(self, eid: str) -> str:
        return self.ledger.read(self.state.evidence[eid].path)

    def known(self) -> set[str]:
        return set(self.state.evidence)

    async def engage(self, backend: str, model: str = "", why: str = "") -> None:
        self.engaged.append((backend, model, why))

    async def spend(self, spent: TurnSpent) -> None:
        self.spent.append(spent)

    async def differ(self, differed: MethodsDiffered) -> None:
        self.differed.append(differed)

    async def ask(self, field: str, question: str) -> None:
        self.asked[field] = question

    async def stopped(self) -> None:
        await self.stop.wait()

    def noted(self) -> str:
        return "".join(text for kind, text in self.shown if kind == "note")

    def said(self) -> str:
        return "".join(text for kind, text in self.shown if kind == "say")


def task(key: str, attempt: int = 1, **given: object) -> Task:
    """A task as the flow would ask for it."""
    return Task(
        key=key,
        attempt=attempt,
        kind="agent",
        role="",
        title="",
        step="",
        inputs={},
        requested_at=0.0,
        **given,  # type: ignore[arg-type]
    )
