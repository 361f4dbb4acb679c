"""What one incident contributes to the figures over all of them, from its state alone.

Lengths are those of `durations.py`, in seconds; None where one of their ends is not known.
"""

from dataclasses import dataclass

from orchestrator.model.action_item import ActionItem
from orchestrator.model.attempt import RELAPSED
from orchestrator.model.deadlines import promises
from orchestrator.model.durations import Durations, durations
from orchestrator.model.follow_up import items
from orchestrator.model.looks import lasted
from orchestrator.model.policy import Policy, Promises
from orchestrator.model.records import Task
from orchestrator.model.state import State

KNOWN = ("CONFIRMED", "LIKELY")
"""Verdicts, of a root cause and of a regression, that count as knowing it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One incident, as the report counts it."""

    incident: str
    service: str
    severity: str
    """as it was last set; empty where nobody set one"""
    tier: int
    """the highest that was engaged; 0 where none was"""
    detected_at: float
    resolved_at: float
    closed: bool
    drill: bool
    fork: bool
    took: Durations
    policy: Policy
    promised: Promises
    rollbacks: tuple[bool, ...]
    """of each rollback that ran and was looked at: whether the service was well again by it"""
    from_change: bool
    """its root cause, as concluded, is a change"""
    called_regression: bool
    """the regression triage said CONFIRMED or LIKELY"""
    fault: tuple[str, str] | None
    """service and cause, by which it is recognised when it comes again; None: cause not known"""
    reopened: int
    reviewed: bool
    actions: tuple[ActionItem, ...]


def measure(state: State) -> Measured:
    """The incident in the report's terms."""
    return Measured(
        incident=state.incident,
        service=state.service,
        severity=state.severity,
        tier=max(state.tiers, default=0),
        detected_at=state.detected_at,
        resolved_at=state.resolved_at,
        closed=state.status == "CLOSED",
        drill=state.drill,
        fork=bool(state.forked_from),
        took=durations(state),
        policy=state.policy,
        promised=promises(state.policy, state),
        rollbacks=_rollbacks(state),
        from_change=_known(state) and bool(state.cause.get("culprit")),
        called_regression=str(state.regression.get("verdict", "")) in KNOWN,
        fault=_fault(state),
        reopened=state.reopened,
        reviewed=bool(state.reviewed_at),
        actions=items(state),
    )


def _known(state: State) -> bool:
    return state.cause.get("verdict") in KNOWN


def _fault(state: State) -> tuple[str, str] | None:
    """The change that is to blame, else the cause in its own words."""
    if not _known(state):
        return None
    cause = str(state.cause.get("culprit") or state.cause.get("statement") or "")
    return state.service, " ".join(cause.split()).casefold()


def _rollbacks(state: State) -> tuple[bool, ...]:
    found: list[bool] = []
    for task in state.tasks.values():
        if task.key.startswith("mitigation/execute@") and _is_rollback(task) and not task.running:
            outcome = _helped(state, task)
            if outcome is not None:
                found.append(outcome)
    return tuple(found)


def _is_rollback(task: Task) -> bool:
    card = task.inputs.get("card") or {}
    return str(card.get("kind") or card.get("action")) == "rollback"


def _helped(state: State, task: Task) -> bool | None:
    """Whether a rollback that ended brought the service back; None where it did not run at all
    (the target had changed), or is still looked at."""
    if task.report.get("drifted"):
        return None
    attempt = state.attempts.get(str(task.inputs.get("approval", "")))
    if attempt is not None and attempt.effect == RELAPSED:
        return False
    if task.outcome != "done" or task.report.get("exit") != 0:
        return False
    looks = state.tasks.get(task.key.replace("/execute@", "/validate@"))
    if looks is None or looks.running:
        return None
    return looks.outcome == "done" and lasted(looks.report)
