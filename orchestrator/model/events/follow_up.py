"""What is to be done so that it stays away: each action, how it moved on, and its ticket."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class PreventiveActionTracked(Payload):
    """A proposed action is now a promise with an owner and a date."""

    type: ClassVar[str] = "action_item.tracked"
    action: str
    """`INC-42/A1`"""
    text: str
    horizon: str
    """immediate | short_term | long_term"""
    owner: str
    due: float
    evidence: tuple[str, ...] = ()


@journalled
@dataclass(frozen=True, slots=True)
class PreventiveActionChanged(Payload):
    """A person says what became of an action; what is empty stays as it was."""

    type: ClassVar[str] = "action_item.changed"
    action: str
    by: str
    status: str = ""
    """OPEN | DONE | DROPPED"""
    owner: str = ""
    due: float = 0.0
    why: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class TicketOpened(Payload):
    """An issue elsewhere stands for an action; opened or found by a person's command."""

    type: ClassVar[str] = "ticket.opened"
    action: str
    url: str
    by: str
