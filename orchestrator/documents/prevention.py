"""Preventive actions with what code adds to them: numbers, due dates, status and their tickets."""

from dataclasses import dataclass

from orchestrator.model.action_item import HORIZONS, ActionItem
from orchestrator.model.events import Json
from orchestrator.model.follow_up import items
from orchestrator.model.state import State

HEADINGS = {
    "immediate": "Immediate (1 week)",
    "short_term": "Short-term (1 month)",
    "long_term": "Long-term (3 months)",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One action as a document shows it."""

    number: int
    claim: Json
    owner: str
    due: float
    """0 while the incident is not resolved"""
    status: str = "Open"
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The actions that share a horizon."""

    heading: str
    actions: tuple[Action, ...]


def prevention(state: State) -> tuple[Span, ...]:
    """All actions of the incident; empty while none were proposed."""
    found = items(state)
    if not found and state.report("review/actions") is None:
        return ()
    return tuple(
        Span(HEADINGS[horizon], tuple(_action(one) for one in found if one.horizon == horizon))
        for horizon in HORIZONS
    )


def _action(item: ActionItem) -> Action:
    claim = {"text": item.text, "evidence": list(item.evidence)}
    status = item.status.capitalize()
    return Action(item.number, claim, item.owner, item.due, status, item.ticket)
