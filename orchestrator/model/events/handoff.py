"""A role changes hands: offered with a packet, and taken over only by whoever accepts it."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class HandoffOffered(Payload):
    """A role is offered; until it is accepted nothing changes."""

    type: ClassVar[str] = "handoff.offered"
    number: int
    role: str
    giver: str
    person: str
    by: str
    expires: float
    why: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class HandoffAccepted(Payload):
    """The receiver has the packet and takes the role from here on."""

    type: ClassVar[str] = "handoff.accepted"
    number: int
    role: str
    person: str


@journalled
@dataclass(frozen=True, slots=True)
class HandoffDeclined(Payload):
    """The receiver does not take it; the giver keeps it."""

    type: ClassVar[str] = "handoff.declined"
    number: int
    role: str
    person: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class HandoffExpired(Payload):
    """Nobody answered the offer in time, or it no longer makes sense; the giver keeps the role."""

    type: ClassVar[str] = "handoff.expired"
    number: int
    role: str
    person: str
    why: str
