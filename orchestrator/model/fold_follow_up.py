"""How the tracking of preventive actions changes the state."""

from dataclasses import replace

from orchestrator.model import events as ev
from orchestrator.model.action_item import OPEN, ActionItem
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.state import State


def _tracked(state: State, data: ev.PreventiveActionTracked, event: Event) -> None:
    name = _here(state, data.action)
    item = ActionItem(name, data.text, data.horizon, data.owner, data.due, data.evidence)
    state.follow_up.setdefault(name, item)


def _changed(state: State, data: ev.PreventiveActionChanged, event: Event) -> None:
    item = state.follow_up.get(_here(state, data.action))
    if item is None:
        return
    if data.status:
        ended = 0.0 if data.status == OPEN else event.at
        item = replace(item, status=data.status, ended_at=ended, by=data.by, why=data.why)
    moved = item.moved + (data.due not in (0.0, item.due))
    state.follow_up[item.id] = replace(
        item, owner=data.owner or item.owner, due=data.due or item.due, moved=moved
    )


def _ticket(state: State, data: ev.TicketOpened, event: Event) -> None:
    item = state.follow_up.get(_here(state, data.action))
    if item is not None:
        state.follow_up[item.id] = replace(item, ticket=data.url)


def _here(state: State, action: str) -> str:
    """An action's id in this incident: a fork keeps the lines, and has another name."""
    return f"{state.incident}/{action.rpartition('/')[2]}"


FOLLOW_UP: dict[type[Payload], Step] = {
    ev.PreventiveActionTracked: _tracked,
    ev.PreventiveActionChanged: _changed,
    ev.TicketOpened: _ticket,
}
"""The step of each type of event."""
