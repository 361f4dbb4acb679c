"""When to ring: a new approval, or a promise that has just been broken. Pure, and never twice."""

from orchestrator.model.state import State
from tui.widgets.deadline_strip import standing_now


class Alarms:
    """What was rung for already."""

    def __init__(self) -> None:
        self._known: set[str] | None = None

    def ring(self, state: State, now: float) -> bool:
        """True when something new calls for a person. What was there at the opening is not new."""
        present = {f"approval {a.approval}" for a in state.approvals.values() if a.open}
        present |= {
            f"late {deadline.name} {deadline.rev}"
            for deadline in state.deadlines.values()
            if state.open and standing_now(deadline, state, now) == "late"
        }
        first, new = self._known is None, present - (self._known or set())
        self._known = (self._known or set()) | present
        return bool(new) and not first
