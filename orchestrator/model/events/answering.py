"""Who answers a task, what that costs, and where two methods do not agree."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class TaskEngaged(Payload):
    """Somebody began to answer an attempt. With `why`, they took it over from whoever did before:
    the incident never waits for a model."""

    type: ClassVar[str] = "task.engaged"
    key: str
    attempt: int
    backend: str
    """rules | claude | recorded"""
    model: str = ""
    why: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class TurnSpent(Payload):
    """What one answered turn of a model used. Counts are tokens; a turn that had to be tried again
    counts once, when it was answered."""

    type: ClassVar[str] = "task.spent"
    key: str
    attempt: int
    turn: int
    model: str
    fresh: int
    """input that lay in no cache"""
    cached: int
    """input read from the cache"""
    written: int
    """input written to the cache"""
    output: int
    """thinking included"""
    usd: float
    seconds: float
    priced: bool = True
    """false where no price of the model is known: `usd` is then 0"""


@journalled
@dataclass(frozen=True, slots=True)
class MethodsDiffered(Payload):
    """The deterministic ranking and the model name different causes: a warning with both reasons,
    never a veto."""

    type: ClassVar[str] = "methods.differed"
    key: str
    attempt: int
    rules: str
    rules_evidence: tuple[str, ...]
    model: str
    model_evidence: tuple[str, ...]
    stands: str
    """whose cause the report carries: rules | model"""
