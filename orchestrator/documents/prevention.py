"""Preventive actions with what code adds to them: due dates, status, and the ticket to create."""

from dataclasses import dataclass

from orchestrator.model.events import Json
from orchestrator.model.policy import DAY
from orchestrator.model.state import State

SPANS = (
    ("immediate", "Immediate (1 week)", 7 * DAY),
    ("short_term", "Short-term (1 month)", 30 * DAY),
    ("long_term", "Long-term (3 months)", 90 * DAY),
)
"""Field of the report, heading, seconds after the resolution."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action, ready to be tracked."""

    number: int
    claim: Json
    owner: str
    due: float
    """0 while the incident is not resolved"""
    status: str = "Open"


@dataclass(frozen=True, slots=True)
class Span:
    """The actions that share a due date."""

    heading: str
    due: float
    actions: tuple[Action, ...]


def prevention(state: State) -> tuple[Span, ...]:
    """All actions of the incident; empty while none were proposed."""
    report = state.report("review/actions")
    if report is None:
        return ()
    spans: list[Span] = []
    number = 0
    for field, heading, after in SPANS:
        due = state.resolved_at + after if state.resolved_at else 0.0
        actions: list[Action] = []
        for proposed in report.get(field, ()):
            number += 1
            actions.append(Action(number, proposed["action"], str(proposed["owner"]), due))
        spans.append(Span(heading, due, tuple(actions)))
    return tuple(spans)
