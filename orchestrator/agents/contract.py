"""The contract between a task and whoever does it.

A backend gets the task, a copy of the state and a `Bench`: the only things it may touch. All that
it shows or finds goes through the bench, so that it streams into the pane, lands in the transcript
and gets its number in the ledger. It returns an answer; the caller validates its report and drops
what does not hold. Backends never write files and never change anything outside.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from orchestrator.clock import Clock
from orchestrator.model.events import MethodsDiffered, TurnSpent
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.settings import Settings


class Stopped(Exception):
    """A human asked this agent to stop."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Something read from outside, on its way into the ledger."""

    kind: str
    """log | metric | change | deploy | code | health | human | analysis"""
    source: str
    command: str
    summary: str
    content: str
    taint: str = "outside"
    truncated: bool = False
    from_at: float = 0.0
    to_at: float = 0.0
    computed_from: tuple[str, ...] = ()
    """of an analysis: the numbers of the items it was computed from"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a backend hands in for a task."""

    report: Mapping[str, Any]
    """the JSON of the task's schema"""
    dropped: tuple[str, ...] = ()
    """statements the backend itself found not to hold, each with why"""


class Bench(Protocol):
    """Where an agent works: read-only sources, its pane, the ledger, the clock."""

    clock: Clock
    settings: Settings
    root: Path
    """the project's folder"""
    state: State
    """the incident as it was when the task began; `fresh()` gives it as it is now"""

    def fresh(self) -> State: ...

    def say(self, text: str) -> None:
        """Running text for the pane; may end mid-sentence. Raises Stopped when a human said so."""

    def note(self, text: str) -> None:
        """Running text of a model: its notes, shown as unchecked. Raises Stopped like `say`."""

    def call(self, command: str) -> None:
        """Say what is about to be run, exactly."""

    def out(self, text: str) -> None:
        """Output worth seeing, already short."""

    def warn(self, text: str) -> None: ...

    async def observe(self, observation: Observation) -> str:
        """Store it (redacted, hashed) and journal it; its number, such as `E7`.

        The same content from the same command keeps the number it has.
        """

    def read(self, eid: str) -> str:
        """The content of an evidence item. KeyError when there is no such item."""

    def known(self) -> Set[str]:
        """The E-numbers whose content is there as it was journalled: what a claim may cite."""

    async def engage(self, backend: str, model: str = "", why: str = "") -> None:
        """Journal who answers from here on; `why` where they take it over."""

    async def spend(self, spent: TurnSpent) -> None:
        """Journal what an answered turn of a model used."""

    async def differ(self, differed: MethodsDiffered) -> None:
        """Journal that the model and the ranking name different causes."""

    async def ask(self, field: str, question: str) -> None:
        """Open a question for the people of the incident, unless it is open or answered already;
        nobody waits for its answer here."""

    async def stopped(self) -> None:
        """Return when a human said stop; wait for that until cancelled."""


class Backend(Protocol):
    """Who answers: the deterministic responder, a model, a recording."""

    name: str

    async def perform(self, task: Task, bench: Bench) -> Answer:
        """The answer to `task.key`. Raises Stopped."""
