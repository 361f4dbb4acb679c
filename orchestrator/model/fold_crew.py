"""How calls, offers and shifts change what is known of an incident's people."""

from dataclasses import replace
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.crew import Called, Duty, Handoff
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.state import State


def began(state: State, data: ev.IncidentDetected, event: Event) -> None:
    """Who was on call at detection."""
    duty = {
        str(one["role"]): Duty(
            str(one["role"]),
            tuple(str(name) for name in one["people"]),
            float(one.get("until", 0.0)),
            event.at,
        )
        for one in data.duty
    }
    state.crew = replace(state.crew, duty=duty)


def held(state: State, data: ev.RoleAssigned, event: Event) -> None:
    """Somebody holds a role from now on."""
    vacated = {role: who for role, who in state.crew.vacated.items() if role != data.role}
    crew = replace(state.crew, vacated=vacated)
    covers = {role: why for role, why in crew.covers.items() if role != data.role}
    if data.how == "cover":
        covers[data.role] = data.why or "temporary cover"
    if data.role == "on-call":
        crew = replace(crew, called=(*crew.called, Called(data.person, event.at)))
    if data.role == "commander":
        crew = replace(crew, commander_at=event.at)
    state.crew = replace(crew, covers=covers)


def asked(state: State, data: ev.QuestionOpened, event: Event) -> None:
    """A grave incident without a commander has a clock of its own."""
    if data.field == "commander":
        state.crew = replace(state.crew, commander_asked_at=event.at)


def ranked(state: State, data: ev.SeveritySet, event: Event) -> None:
    """When a person last set the severity."""
    if event.actor.is_person:
        state.crew = replace(state.crew, severity_at=event.at)


def _resolved(state: State, data: ev.OnCallResolved, event: Event) -> None:
    duty = Duty(data.role, data.people, data.until, event.at)
    state.crew = replace(state.crew, duty={**state.crew.duty, data.role: duty})


def _unpaged(state: State, data: ev.PageFailed, event: Event) -> None:
    state.crew = replace(state.crew, unpaged={**state.crew.unpaged, data.person: data.why})


def _away(state: State, data: ev.PersonAway, event: Event) -> None:
    vacated = {role: who for role, who in state.roles.items() if who == data.person}
    state.crew = replace(
        state.crew,
        away={**state.crew.away, data.person: data.why},
        vacated={**state.crew.vacated, **vacated},
    )
    if state.roles.get("commander") == data.person:
        state.crew = replace(state.crew, commander_asked_at=event.at)


def _sought(state: State, data: ev.CommanderSought, event: Event) -> None:
    state.crew = replace(state.crew, sought=(*state.crew.sought, data.person))


def _offered(state: State, data: ev.HandoffOffered, event: Event) -> None:
    one = Handoff(
        data.number, data.role, data.giver, data.person, data.by, event.at, data.expires,
        why=data.why,
    )  # fmt: skip
    state.crew = replace(state.crew, handoffs=(*state.crew.handoffs, one))


def _ended(outcome: str) -> Step:
    def step(state: State, data: Any, event: Event) -> None:
        handoffs = tuple(
            replace(one, outcome=outcome, ended_at=event.at, why=getattr(data, "why", ""))
            if one.number == data.number and one.open
            else one
            for one in state.crew.handoffs
        )
        state.crew = replace(state.crew, handoffs=handoffs)

    return step


CREW: dict[type[Payload], Step] = {
    ev.OnCallResolved: _resolved,
    ev.PageFailed: _unpaged,
    ev.PersonAway: _away,
    ev.CommanderSought: _sought,
    ev.HandoffOffered: _offered,
    ev.HandoffAccepted: _ended("accepted"),
    ev.HandoffDeclined: _ended("declined"),
    ev.HandoffExpired: _ended("expired"),
}
"""The step of each type of event."""
