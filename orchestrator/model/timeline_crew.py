"""Lines of the timeline about who is called, who cannot be had, and roles that change hands."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.timeline_row import Row, line, spoken, with_reason
from orchestrator.model.wording import time_of_day


def role_assigned(data: ev.RoleAssigned, event: Event) -> Row:
    """A change of who holds a role is never a quiet line."""
    name = spoken(data.role)
    if data.before and data.before != data.person:
        text = with_reason(f"{name} changed, was {data.before}", data.why)
        return line("warn", text, data.person, kind="people")
    if data.how == "cover":
        text = with_reason(f"{name} as temporary cover", data.why)
        return line("warn", text, data.person, kind="people")
    return line("info", with_reason(f"{name} assigned", data.why), data.person, kind="people")


def _shift(data: ev.OnCallResolved, event: Event) -> Row:
    return line("info", f"{spoken(data.role)} shift began", data.people[0], kind="people")


def _unpaged(data: ev.PageFailed, event: Event) -> Row:
    text = f"page not delivered, call {data.contact}: {data.why}"
    return line("late", text, data.person, kind="people")


def _away(data: ev.PersonAway, event: Event) -> Row:
    return line(
        "warn", with_reason(f"{data.person} is unavailable", data.why), data.by, (), "people"
    )


def _sought(data: ev.CommanderSought, event: Event) -> Row:
    text = f"{data.why}: the {spoken(data.role)} is asked to name one"
    return line("late", text, data.person, kind="people")


def _offered(data: ev.HandoffOffered, event: Event) -> Row:
    until = time_of_day(data.expires)
    text = with_reason(f"{spoken(data.role)} offered to {data.person} until {until}", data.why)
    return line("wait", text, data.by, kind="people")


def _accepted(data: ev.HandoffAccepted, event: Event) -> Row:
    return line("done", f"{spoken(data.role)} handoff accepted", data.person, kind="people")


def _declined(data: ev.HandoffDeclined, event: Event) -> Row:
    text = with_reason(f"{spoken(data.role)} handoff declined", data.why)
    return line("warn", text, data.person, kind="people")


def _expired(data: ev.HandoffExpired, event: Event) -> Row:
    text = with_reason(f"{spoken(data.role)} handoff is void", data.why)
    return line("warn", text, data.person, kind="people")


def _endorsed(data: ev.ApprovalEndorsed, event: Event) -> Row:
    return line("wait", "approved by one, waits for another person", data.by, kind="approval")


CREW: dict[type[Payload], Callable[[Any, Event], Row | None]] = {
    ev.RoleAssigned: role_assigned,
    ev.OnCallResolved: _shift,
    ev.PageFailed: _unpaged,
    ev.PersonAway: _away,
    ev.CommanderSought: _sought,
    ev.HandoffOffered: _offered,
    ev.HandoffAccepted: _accepted,
    ev.HandoffDeclined: _declined,
    ev.HandoffExpired: _expired,
    ev.ApprovalEndorsed: _endorsed,
}
"""How a fact of each type becomes a line."""
