"""Why a command cannot be done now, in one line for the person who gave it; empty when it can.

One check a command, listed in `commands.py`. Pure: the same state and command always give the same
answer.
"""

from orchestrator.flow.exceptions import SIGN_OFF
from orchestrator.model import policy
from orchestrator.model.commands import OVERRIDES, STEPS, TARGETS, Command
from orchestrator.model.fields import FIELDS
from orchestrator.model.state import State
from orchestrator.model.wording import decided


def ack(state: State, command: Command) -> str:
    if state.acknowledged_at:
        return f"already acknowledged by {state.acknowledged_by}"
    return ""


def text(state: State, command: Command) -> str:
    return "" if str(command.args.get("text", "")).strip() else "there is no text"


def decision(state: State, command: Command) -> str:
    key = str(command.args.get("approval", ""))
    approval = state.approvals.get(key)
    if approval is None:
        waiting = ", ".join(a.approval for a in state.approvals.values() if a.open)
        return f"no approval {key!r}; waiting: {waiting or 'none'}"
    if not approval.open:
        return f"{approval.title}: already {decided(approval)}"
    if command.at >= approval.expires:
        return f"{approval.title} has expired"
    if command.name == "deny":
        return "" if str(command.args.get("why", "")).strip() else "say why it is denied"
    if state.stopped:
        return f"the line is stopped ({state.stopped}); record an assessment first"
    if "security" in state.exceptions and SIGN_OFF not in state.answers:
        return f"a possible breach: answer the question {SIGN_OFF!r} before anything is changed"
    if command.args.get("sha256") != approval.sha256:
        return f"{approval.title} is not the change you saw: look at its card again"
    confirm = str(approval.card.get("confirm", ""))
    if confirm and str(command.args.get("text", "")).strip() != confirm:
        return f"{approval.title} is destructive: confirm it by typing {confirm!r}"
    return ""


def assess(state: State, command: Command) -> str:
    return text(state, command) if state.stopped else "the line is not stopped"


def running(state: State, command: Command) -> str:
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
    return text(state, command) if command.name == "steer" else ""


def severity(state: State, command: Command) -> str:
    try:
        word = policy.severity(str(command.args.get("severity", "")))
    except ValueError as error:
        return str(error)
    if not word:
        return "say which severity: P0, P1, P2 or P3"
    return "" if str(command.args.get("why", "")).strip() else "say why the severity changes"


def why(state: State, command: Command) -> str:
    return "" if str(command.args.get("why", "")).strip() else "say why"


def assign(state: State, command: Command) -> str:
    if not str(command.args.get("role", "")).strip():
        return "say which role"
    return "" if str(command.args.get("person", "")).strip() else "say who"


def escalate(state: State, command: Command) -> str:
    target = str(command.args.get("target", ""))
    if target not in TARGETS:
        return f"cannot escalate to {target!r}; use {', '.join(TARGETS[:-1])} or {TARGETS[-1]}"
    if target in state.escalations or (target == f"tier{state.tier}"):
        return f"already escalated to {target}"
    if target == "tier3" and state.tier < 2:
        return "tier 2 comes before tier 3"
    return why(state, command)


def hold(state: State, command: Command) -> str:
    name = str(command.args.get("deadline", ""))
    clock = state.deadlines.get(name)
    if clock is None or not clock.counting:
        counting = ", ".join(d.name for d in state.deadlines.values() if d.counting)
        return f"{name!r} is not counting; counting: {counting or 'none'}"
    if clock.kind != "trigger":
        return f"{name} is a promise: it can be kept or broken, not held back"
    return why(state, command)


def step(state: State, command: Command) -> str:
    step, what = str(command.args.get("step", "")), str(command.args.get("what", ""))
    if step not in STEPS.values():
        return f"there is no step {step!r}; steps: {', '.join(STEPS.values())}"
    if what not in OVERRIDES:
        return "say start, skip or repeat"
    if what == "repeat" and step == "mitigation":
        return "a change is offered anew by itself; deny or undo instead of repeating it"
    if what == "start" and step not in state.skipped:
        return f"{step} was not skipped"
    return why(state, command)


def halt(state: State, command: Command) -> str:
    return f"the line is stopped already: {state.stopped}" if state.stopped else why(state, command)


def undo(state: State, command: Command) -> str:
    done = _executed(state)
    action = str(command.args.get("action", "")) or (done[-1] if done else "")
    if action not in done:
        return f"nothing to take back; carried out: {', '.join(done) or 'nothing'}"
    if action in state.undos:
        return f"taking back {state.tasks[action].title} is on its way"
    if not state.tasks[action].inputs["card"].get("undo"):
        return f"{state.tasks[action].title} has no undo in the catalogue"
    return ""


def _executed(state: State) -> list[str]:
    return [
        task.key
        for task in state.tasks.values()
        if task.kind == "action" and task.outcome == "done" and task.report.get("exit") == 0
    ]


def resolve(state: State, command: Command) -> str:
    return why(state, command) if state.open else f"{state.incident} is {state.status} already"


def reopen(state: State, command: Command) -> str:
    return f"{state.incident} is still open" if state.open else why(state, command)


def close(state: State, command: Command) -> str:
    if state.status not in ("RESOLVED", "REVIEWED"):
        return f"{state.incident} is {state.status}: resolve it first"
    return why(state, command)


def answer(state: State, command: Command) -> str:
    field = str(command.args.get("field", ""))
    if field not in state.questions and field not in FIELDS:
        return f"there is no open question {field!r}; open: {', '.join(state.questions) or 'none'}"
    return text(state, command)


def star(state: State, command: Command) -> str:
    event = str(command.args.get("event", ""))
    return "" if event in state.ids else f"there is no event {event!r}"


def sent(state: State, command: Command) -> str:
    path = str(command.args.get("path", ""))
    text = state.messages.get(path)
    if text is None or text.state == "not_required":
        return f"there is no draft {path!r}"
    if text.state == "sent":
        return f"{path} was sent by {text.by}"
    return "" if str(command.args.get("channel", "")).strip() else "say where it was sent"
