"""Every promise of every incident, late ones first: what is due, when, who owes it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.clock import span
from orchestrator.model.messages import TEXT_OF
from orchestrator.model.owed import BY_FLOW, owner
from orchestrator.model.records import Deadline
from orchestrator.model.state import State
from orchestrator.model.wording import bare_name
from tui.widgets.deadline_strip import NAMES, settled_at, standing_now


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the deadline board."""

    incident: str
    name: str
    label: str
    short: str
    standing: str
    """calm | half | near | due | late"""
    left: float
    """seconds; below zero it is late"""
    used: float
    """share of its time, 0..1"""
    owner: str

    @property
    def time(self) -> str:
        return span(self.left) if self.left > 0 else f"+{span(self.left)}"


def promises(states: Iterable[State], now: float) -> list[Promise]:
    """All that still count, the one that hurts most first."""
    found = [
        promise
        for state in states
        if state.status != "CLOSED"
        for deadline in state.deadlines.values()
        if (promise := _promise(state, deadline, now)) is not None
    ]
    return sorted(found, key=lambda one: (one.left, one.incident, one.name))


def upcoming(found: Iterable[Promise]) -> Promise | None:
    """The next one to be broken; what is broken already is not next."""
    return next((promise for promise in found if promise.left > 0), None)


def _promise(state: State, deadline: Deadline, now: float) -> Promise | None:
    bare = bare_name(deadline.name)
    if bare in BY_FLOW or deadline.name in state.held or settled_at(state, deadline):
        return None
    message = state.messages.get(TEXT_OF.get(bare, ""))
    if message is not None and message.state in ("sent", "not_required"):
        return None
    standing = standing_now(deadline, state, now)
    if standing in ("met", "dropped"):
        return None
    length = max(deadline.due - deadline.start, 0.001)
    names = NAMES.get(bare, (deadline.name.upper(),) * 3)
    return Promise(
        incident=state.incident,
        name=deadline.name,
        label=names[0],
        short=names[1],
        standing=standing,
        left=deadline.due - now,
        used=min(1.0, max(0.0, (now - deadline.start) / length)),
        owner=owner(state, deadline.name),
    )
