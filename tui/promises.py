"""Every promise of every incident, late ones first: what is due, when, who owes it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.clock import span
from orchestrator.model.state import Deadline, State
from orchestrator.model.wording import bare_name
from tui.widgets.deadline_strip import NAMES, settled_at, standing_now

BY_FLOW = ("tier2", "tier3", "validate")
"""Moments at which the flow itself acts: nobody owes them."""

OWED_BY = {
    "acknowledge": ("on-call", "commander"),
    "engage": ("on-call", "commander"),
    "update": ("communications-lead", "commander"),
    "management": ("communications-lead", "commander"),
    "executive": ("communications-lead", "commander"),
    "status-page": ("communications-lead", "commander"),
    "resolve": ("commander", "on-call"),
    "review": ("commander", "on-call"),
}
"""Role that keeps a promise, and who keeps it while that role is empty."""

MESSAGES = {
    "management": "communications/management-notification.md",
    "executive": "communications/executive-notification.md",
    "status-page": "communications/status-page-update.md",
}
"""The text whose sending keeps the promise."""


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


def owner(state: State, name: str) -> str:
    """The person a promise is expected from, or UNKNOWN."""
    for role in OWED_BY.get(bare_name(name), ("commander", "on-call")):
        if role in state.roles:
            return state.roles[role]
    return "UNKNOWN"


def _promise(state: State, deadline: Deadline, now: float) -> Promise | None:
    bare = bare_name(deadline.name)
    if bare in BY_FLOW or deadline.name in state.held or settled_at(state, deadline):
        return None
    message = state.messages.get(MESSAGES.get(bare, ""))
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
