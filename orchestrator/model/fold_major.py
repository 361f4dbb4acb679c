"""How a major incident changes the state of each incident in it."""

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.state import State


def _frozen(state: State, data: ev.FreezeDeclared, event: Event) -> None:
    state.frozen, state.frozen_by = data.why, data.by


def _lifted(state: State, data: ev.FreezeLifted, event: Event) -> None:
    state.frozen = state.frozen_by = ""


def _coordinator(state: State, data: ev.CoordinatorNamed, event: Event) -> None:
    state.coordinator = data.person


def _ordered(state: State, data: ev.IncidentsOrdered, event: Event) -> None:
    state.order = data.order


MAJOR: dict[type[Payload], Step] = {
    ev.FreezeDeclared: _frozen,
    ev.FreezeLifted: _lifted,
    ev.CoordinatorNamed: _coordinator,
    ev.IncidentsOrdered: _ordered,
}
