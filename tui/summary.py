"""The incident in a few lines of plain text, for a chat: what is known, and what is due. Pure."""

from orchestrator.clock import hhmmss, iso, span
from orchestrator.model.state import State
from tui.promises import promises

DUE = 3
"""Promises named: the next ones."""

_MOMENTS = (
    ("impact since", "impact_started_at"),
    ("detected", "detected_at"),
    ("acknowledged", "acknowledged_at"),
    ("engaged", "engaged_at"),
    ("mitigated", "mitigated_at"),
    ("resolved", "resolved_at"),
    ("closed", "closed_at"),
)


def summary(state: State, now: float) -> str:
    """What is not known says UNKNOWN; nothing here is anybody's guess."""
    severity = state.severity or "severity UNKNOWN"
    lines = [
        f"{state.incident} {severity} {state.status}: {state.title}",
        f"service: {state.service or 'UNKNOWN'}   commander: {state.person('commander')}",
        f"as of {iso(now)}, {span(_ended(state, now) - state.detected_at)} since detection",
        "",
        f"times (UTC): {', '.join(_times(state)) or 'UNKNOWN'}",
        f"cause: {_cause(state)}",
        f"mitigation: {_mitigation(state)}",
    ]
    if state.stopped:
        lines.append(f"STOP: {state.stopped}")
    due = [
        f"{one.label} {one.time} {'late' if one.left <= 0 else 'left'} ({one.owner})"
        for one in promises([state], now)[:DUE]
    ]
    lines.append(f"next: {'; '.join(due) or 'nothing is due'}")
    return "\n".join(lines) + "\n"


def _ended(state: State, now: float) -> float:
    return state.resolved_at or now


def _times(state: State) -> list[str]:
    moments = ((name, getattr(state, field)) for name, field in _MOMENTS)
    return [f"{name} {hhmmss(at)}" for name, at in moments if at]


def _cause(state: State) -> str:
    if not state.cause:
        return "UNKNOWN"
    statement = str(state.cause.get("statement", "")).rstrip(".") or "UNKNOWN"
    evidence = " ".join(str(eid) for eid in state.cause.get("evidence", ()))
    return f"{state.cause['verdict']}: {statement}" + (f" [{evidence}]" if evidence else "")


def _mitigation(state: State) -> str:
    """The change that waits, runs or was made last."""
    if not state.approvals:
        return "none proposed yet"
    last = max(state.approvals.values(), key=lambda one: one.requested_at)
    if last.open:
        return f"{last.title}, waits for a decision"
    ran = next(
        (
            task
            for task in state.tasks.values()
            if task.kind == "action" and task.inputs.get("approval") == last.approval
        ),
        None,
    )
    if ran is None:
        return f"{last.title}, {last.decision}" + (f" by {last.by}" if last.by else "")
    how = "runs now" if ran.running else f"{ran.outcome} {hhmmss(ran.finished_at)}"
    return f"{last.title}, approved by {last.by}, {how}"
