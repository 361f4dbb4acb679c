"""Texts to people outside the incident: what is a draft, what was sent, and their facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.model.deadlines import update_interval
from orchestrator.model.durations import durations, words
from orchestrator.model.events import Event, MessageSent, SendRequested
from orchestrator.model.records import Message
from orchestrator.model.state import State

RARELY = 3600.0
"""The longest interval of updates that the public is promised."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a text stands, in words a reader understands."""

    state: str
    """drafted | due | sending | sent | not_required"""
    banner: str
    at: float
    """when it was sent; else when it fell due or was drafted; 0 when the journal does not say"""
    why: str


def standing(state: State, path: str) -> Standing:
    """Draft until somebody says that it was sent."""
    message = state.messages.get(path) or Message(path, "drafted", 0.0)
    banner = {
        "drafted": "Draft: not sent",
        "due": "Draft: not sent, due now",
        "sending": "On its way",
        "sent": "Sent",
        "not_required": "Not required, never sent",
    }[message.state]
    return Standing(message.state, banner, message.at, message.why)


def as_sent(path: str, state: State, events: Sequence[Event]) -> Sequence[Event] | None:
    """The events a sent text tells; None while it is a draft.

    Where the war room itself delivered it, those until it was sent off: what happened while it was
    on its way is not in it.
    """
    message = state.messages.get(path)
    if message is None or message.state not in ("sending", "sent"):
        return None
    last = asked = 0
    for number, event in enumerate(events, start=1):
        if isinstance(event.data, SendRequested) and event.data.path == path:
            last = asked = number
        elif isinstance(event.data, MessageSent) and event.data.path == path:
            by_hand = event.actor.is_person
            last, asked = number, number if by_hand else asked or number
    return (*events[:asked], *events[last - 1 : last]) if last > asked else events[:asked]


def duration(state: State, path: str) -> str:
    """How long it lasted, or had lasted when the text was drafted, fell due or was sent."""
    took = durations(state).resolution
    if took is not None and not state.open:
        return words(took)
    now = standing(state, path)
    if not now.at:
        return "ongoing"
    when = {"due": "fell due", "sent": "was sent"}.get(now.state, "was drafted")
    lasted = words(max(0.0, round(now.at - state.detected_at, 3)))
    return f"ongoing, {lasted} when this {when}"


def business_status(state: State) -> str:
    """The status as leaders read it: a resolution in words once there is one."""
    if state.resolution and not state.open:
        return state.resolution.replace("_", " ")
    return state.status


def public_status(state: State) -> str:
    """The word of a status page."""
    if state.resolution == "RESOLVED" and not state.open:
        return "Resolved"
    if state.mitigated_at and state.status == "MITIGATING":
        return "Monitoring"
    known = state.cause.get("verdict") in ("CONFIRMED", "LIKELY") or state.approvals
    return "Identified" if known else "Investigating"


def every(state: State) -> str:
    """How often the public is told, in words."""
    often = update_interval(state.policy, state.severity, state.themes) or RARELY
    return words(min(often, RARELY))


def hypothesis(state: State) -> str:
    """Whether a cause is confirmed, likely, or not known yet."""
    verdict = str(state.cause.get("verdict", ""))
    return {"CONFIRMED": "confirmed", "LIKELY": "likely, not confirmed"}.get(verdict, "hypothesis")
