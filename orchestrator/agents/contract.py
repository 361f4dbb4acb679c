"""The contract between a task and whoever does it.

A backend gets the task, a copy of the state and a `Bench`: the only things it may touch. All that
it shows or finds goes through the bench, so that it streams into the pane, lands in the transcript
and gets its number in the ledger. It returns a report; the caller validates it and drops what does
not hold. Backends never write files and never change anything outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from orchestrator.clock import Clock
from orchestrator.model.state import State, Task
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


class Backend(Protocol):
    """Who answers: the deterministic responder, a model, a recording."""

    name: str

    async def perform(self, task: Task, bench: Bench) -> Mapping[str, Any]:
        """The report for `task.key`, as the JSON of its schema. Raises Stopped."""
