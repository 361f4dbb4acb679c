"""Why a command cannot be done now, in one line for the person who gave it; empty when it can."""

from orchestrator.model.commands import Command
from orchestrator.model.policy import severity
from orchestrator.model.state import State


def refused_because(state: State, command: Command) -> str:
    """Pure: the same state and command always give the same answer."""
    check = _CHECKS.get(command.name)
    if check is None:
        return f"unknown command {command.name!r}"
    if state.status == "CLOSED" and command.name != "note":
        return f"{state.incident} is closed"
    return check(state, command)


def _ack(state: State, command: Command) -> str:
    if state.acknowledged_at:
        return f"already acknowledged by {state.acknowledged_by}"
    return ""


def _text(state: State, command: Command) -> str:
    return "" if str(command.args.get("text", "")).strip() else "there is no text"


def _decision(state: State, command: Command) -> str:
    key = str(command.args.get("approval", ""))
    approval = state.approvals.get(key)
    if approval is None:
        waiting = ", ".join(a.approval for a in state.approvals.values() if a.open)
        return f"no approval {key!r}; waiting: {waiting or 'none'}"
    if not approval.open:
        by = f" by {approval.by}" if approval.by else ""
        return f"{approval.title} is not open: {approval.decision}{by}"
    if command.at >= approval.expires:
        return f"{approval.title} has expired"
    if command.name == "deny":
        return "" if str(command.args.get("why", "")).strip() else "say why it is denied"
    if state.stopped:
        return f"the line is stopped ({state.stopped}); record an assessment first"
    if command.args.get("sha256") != approval.sha256:
        return f"{approval.title} is not the change you saw: look at its card again"
    confirm = str(approval.card.get("confirm", ""))
    if confirm and str(command.args.get("text", "")).strip() != confirm:
        return f"{approval.title} is destructive: confirm it by typing {confirm!r}"
    return ""


def _assess(state: State, command: Command) -> str:
    return _text(state, command) if state.stopped else "the line is not stopped"


def _running(state: State, command: Command) -> str:
    key = str(command.args.get("key", ""))
    task = state.tasks.get(key)
    if task is None:
        return f"there is no agent {key!r}"
    if not task.running:
        return f"{task.title} has already ended ({task.outcome})"
    if task.kind == "action":
        return (
            f"{task.title} is a change in production, not an agent: it cannot be {command.name}ed"
        )
    return _text(state, command) if command.name == "steer" else ""


def _severity(state: State, command: Command) -> str:
    try:
        word = severity(str(command.args.get("severity", "")))
    except ValueError as error:
        return str(error)
    if not word:
        return "say which severity: P0, P1, P2 or P3"
    return "" if str(command.args.get("why", "")).strip() else "say why the severity changes"


_CHECKS = {
    "ack": _ack,
    "note": _text,
    "approve": _decision,
    "deny": _decision,
    "assess": _assess,
    "stop": _running,
    "steer": _running,
    "severity": _severity,
}
