"""Why a command cannot be done now, in one line for the person who gave it; empty when it can.

One check a command, listed in `commands.py`. Pure: the same state and command always give the same
answer.
"""

from orchestrator.flow.hotfix import ungated
from orchestrator.flow.refuse_people import debate, second
from orchestrator.flow.security import SIGN_OFF
from orchestrator.model import policy
from orchestrator.model.change_kinds import ISOLATING
from orchestrator.model.commands import OVERRIDES, STEPS, TARGETS, Command
from orchestrator.model.fields import FIELDS
from orchestrator.model.may_approve import barred
from orchestrator.model.need_to_know import circle
from orchestrator.model.records import Approval
from orchestrator.model.resting import ground, is_reason, needs_override
from orchestrator.model.state import State
from orchestrator.model.undoing import taking, undoable
from orchestrator.model.wording import decided, under_way


def ack(state: State, command: Command) -> str:
    if not state.acknowledged_at:
        return ""
    own = command.actor.name == state.acknowledged_by
    if own and not state.engaged_at and "confirm" in state.deadlines:
        return ""  # it confirms the first one
    return f"already acknowledged by {state.acknowledged_by}"


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
    if state.frozen:
        return f"changes are frozen by {state.frozen_by} ({state.frozen}); lift the freeze first"
    isolating = approval.card.get("kind") in ISOLATING  # a breach waits for no other change
    unsigned = "security" in state.exceptions and SIGN_OFF not in state.answers
    if unsigned and not isolating:
        return f"a possible breach: answer the question {SIGN_OFF!r} before anything is changed"
    if wait := ("" if isolating else under_way(state)) or ungated(state, approval.card):
        return wait
    if command.args.get("sha256") != approval.sha256:
        return f"{approval.title} is not the change you saw: look at its card again"
    confirm = str(approval.card.get("confirm", ""))
    if confirm and str(command.args.get("text", "")).strip() != confirm:
        return f"{approval.title} is destructive: confirm it by typing {confirm!r}"
    return (
        barred(state, approval, command)
        or _override(approval, command)
        or second(state, approval, command)
    )


def _override(approval: Approval, command: Command) -> str:
    """One untrusted source is overridden by a person, in words; nothing else is.

    An override where none is needed is refused: one given with every approval would say nothing.
    """
    said = str(command.args.get("override", "")).strip()
    if not needs_override(approval.card):
        return f"{approval.title} needs no override: approve it without one" if said else ""
    why = f"{approval.title} rests on {ground(approval.card)}"
    if command.actor.kind != "human":
        return f"{why}; only a person can override that"
    if not is_reason(said):
        return f"{why}; to approve it all the same, override it and say why, in a few words"
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
    if task.kind == "deliver":
        return f"{task.title} is a message on its way, not an agent: it cannot be {command.name}ed"
    if task.kind == "action":
        what = "stopped: cancel it, with a reason" if command.name == "stop" else "steered"
        return f"{task.title} is a change in production, not an agent: it cannot be {what}"
    return text(state, command) if command.name == "steer" else ""


def severity(state: State, command: Command) -> str:
    try:
        word = policy.severity(str(command.args.get("severity", "")))
    except ValueError as error:
        return str(error)
    if not word:
        return "say which severity: P0, P1, P2 or P3"
    if not str(command.args.get("why", "")).strip():
        return "say why the severity changes"
    return debate(state, command)


def why(state: State, command: Command) -> str:
    return "" if str(command.args.get("why", "")).strip() else "say why"


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
    if what == "skip" and step == "mitigation" and (wait := under_way(state)):
        return wait
    if what == "start" and step not in state.skipped:
        return f"{step} was not skipped"
    return why(state, command)


def halt(state: State, command: Command) -> str:
    return f"the line is stopped already: {state.stopped}" if state.stopped else why(state, command)


def undo(state: State, command: Command) -> str:
    possible = [task.key for task in undoable(state)]
    action = str(command.args.get("action", "")) or (possible[-1] if possible else "")
    if action in possible:
        return ""
    known = state.tasks.get(action)
    if known is not None and (what := taking(state, action)):
        return f"taking back {known.title} {what}"
    if known is not None and known.kind == "action" and not known.inputs["card"].get("undo"):
        return f"{known.title} has no undo in the catalogue"
    return f"nothing to take back; carried out: {', '.join(possible) or 'nothing'}"


def resolve(state: State, command: Command) -> str:
    if not state.open:
        return f"{state.incident} is {state.status} already"
    return under_way(state) or why(state, command)


def reopen(state: State, command: Command) -> str:
    return f"{state.incident} is still open" if state.open else why(state, command)


def close(state: State, command: Command) -> str:
    if state.status not in ("RESOLVED", "REVIEWED"):
        return f"{state.incident} is {state.status}: resolve it first"
    if wait := under_way(state):
        return wait
    return why(state, command)


def freeze(state: State, command: Command) -> str:
    if state.frozen:
        return f"changes are frozen already, by {state.frozen_by}: {state.frozen}"
    return why(state, command)


def lift(state: State, command: Command) -> str:
    """Whoever froze lifts, or who leads: a freeze is no use when anybody in a hurry ends it."""
    if not state.frozen:
        return "changes are not frozen"
    leads = [state.frozen_by, state.coordinator, state.roles.get("commander", "")]
    if command.actor.kind == "human" and command.actor.name not in leads:
        named = ", ".join(dict.fromkeys(name for name in leads if name))
        return f"a freeze is lifted by who declared it, the coordinator or the commander: {named}"
    return why(state, command)


def admit(state: State, command: Command) -> str:
    person = str(command.args.get("person", "")).strip()
    if "security" not in state.exceptions:
        return "nobody is kept out of this incident"
    if person in circle(state):
        return f"{person} is inside already"
    return "" if person else "say who"


def coordinate(state: State, command: Command) -> str:
    if "major-incident" not in state.exceptions:
        return "there is no major incident to coordinate; declare it first"
    return "" if str(command.args.get("person", "")).strip() else "say who"


def declare(state: State, command: Command) -> str:
    if "major-incident" in state.exceptions:
        return "it is a major incident already"
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
