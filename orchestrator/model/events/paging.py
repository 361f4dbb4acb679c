"""Whose turn it is, who could not be reached, and who is asked instead."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class OnCallResolved(Payload):
    """Another shift began: who is on call for a role now, the first to be called first."""

    type: ClassVar[str] = "oncall.resolved"
    role: str
    people: tuple[str, ...]
    until: float
    """when that changes again; 0 where nobody knows"""


@journalled
@dataclass(frozen=True, slots=True)
class PageFailed(Payload):
    """A page did not go out: somebody has to call this number."""

    type: ClassVar[str] = "page.failed"
    key: str
    role: str
    person: str
    contact: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class PersonAway(Payload):
    """Somebody cannot be had in this incident; nobody waits for them."""

    type: ClassVar[str] = "person.away"
    person: str
    why: str
    by: str


@journalled
@dataclass(frozen=True, slots=True)
class CommanderSought(Payload):
    """Nobody commands a grave incident: this person is asked to, or to name somebody."""

    type: ClassVar[str] = "commander.sought"
    person: str
    role: str
    """as what they are asked: deputy | engineering-manager | ..."""
    why: str
