"""What a periodic update tells beside the conditions: what was done since, and what is needed."""

from collections.abc import Sequence

from orchestrator.documents.history import Told, history
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.messages import update_number
from orchestrator.model.state import State

DELIVERY = "delivery "
"""Whether an earlier text arrived is asked here, not told outside."""

MOST = 8
"""Lines of what was done: an update is read in half a minute."""

_TOLD = (
    ev.StatusChanged,
    ev.SeveritySet,
    ev.TierEscalated,
    ev.CauseConcluded,
    ev.RegressionJudged,
    ev.ApprovalGranted,
    ev.ApprovalDenied,
    ev.ResolutionDecided,
    ev.LineStopped,
    ev.LineReleased,
    ev.EscalationRequested,
)
"""What a reader outside counts as something done."""


def actions_since(path: str, state: State, events: Sequence[Event]) -> list[Told]:
    """What was done since the update before this one, the latest last."""
    since = 0
    for number, event in enumerate(events, start=1):
        if isinstance(event.data, ev.MessageSent) and update_number(event.data.path):
            if event.data.path == path:
                break
            since = number
    told = history([event for event in events[since:] if isinstance(event.data, _TOLD)])
    return told[-MOST:]


def needs(state: State) -> list[str]:
    """What waits for a person, in words for somebody who could help."""
    found = [
        f"a decision: {approval.title}" for approval in state.approvals.values() if approval.open
    ]
    if state.stopped:
        found.append("an assessment of the stopped line")
    if state.frozen:
        found.append(f"the end of the change freeze: {state.frozen}")
    found += [
        f"an answer: {question}"
        for field, question in state.questions.items()
        if not field.startswith(DELIVERY)
    ]
    return found[:MOST]
