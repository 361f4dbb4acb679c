"""When to ring and what the terminal's title says, from the incidents that are watched. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message
from textual.screen import Screen

from orchestrator.model.state import State
from tui.inert import fitted, inert_line
from tui.widgets.deadline_strip import standing_now

LONGEST_TITLE = 60


@dataclass
class Watching(Message):
    """A live screen says what it shows, twice a second; a replay never does."""

    screen: Screen[None]
    states: Sequence[State]
    now: float

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Watching) and message.screen is self.screen


class Alarms:
    """What was rung for already, by incident."""

    def __init__(self) -> None:
        self._known: dict[str, set[str]] = {}

    def ring(self, states: Sequence[State], now: float) -> bool:
        """True when something new calls for a person: an approval, or a promise just broken.

        What was there when an incident was first seen is not new.
        """
        new = False
        for state in states:
            present = {f"approval {a.approval}" for a in state.approvals.values() if a.open}
            present |= {f"late {name}" for name in late(state, now)}
            known = self._known.get(state.incident)
            new |= known is not None and bool(present - known)
            self._known[state.incident] = (known or set()) | present
        return new


def late(state: State, now: float) -> list[str]:
    """The promises of an open incident that are broken, each with its revision."""
    if not state.open:
        return []
    deadlines = state.deadlines.values()
    return [f"{d.name} {d.rev}" for d in deadlines if standing_now(d, state, now) == "late"]


def title_of(states: Sequence[State], project: str) -> str:
    """`P0 INC-42 checkout-api · 1 waits`, or `checkout · 3 open · 1 waits` for several."""
    waits = sum(approval.open for state in states for approval in state.approvals.values())
    if len(states) == 1:
        state = states[0]
        words = (state.severity, state.incident, state.service)
        about = " ".join(word for word in words if word) or project
    else:
        about = f"{project} · {sum(state.open for state in states)} open"
    about = fitted(inert_line(about), LONGEST_TITLE)
    return f"{about} · {waits} {'waits' if waits == 1 else 'wait'}" if waits else about
