"""Promises and triggers: planned, met, fired, missed, dropped."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class DeadlinePlanned(Payload):
    """A promise with its time; planned again under the next `rev` whenever that time moves."""

    type: ClassVar[str] = "deadline.planned"
    name: str
    kind: str
    """promise: being late is a breach | trigger: something is done when it comes"""
    start: float
    due: float
    rev: int
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineMet(Payload):
    """The promise was kept."""

    type: ClassVar[str] = "deadline.met"
    name: str
    took: float


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineFired(Payload):
    """Its time came: a breach of a promise, or the moment a trigger acts."""

    type: ClassVar[str] = "deadline.fired"
    name: str
    due: float


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineMissed(Payload):
    """Its time came while no runner was looking; said so, not silently fired."""

    type: ClassVar[str] = "deadline.missed"
    name: str
    due: float
    late: float


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineDropped(Payload):
    """It no longer applies (nothing left to escalate, nothing to promise)."""

    type: ClassVar[str] = "deadline.dropped"
    name: str
    why: str
