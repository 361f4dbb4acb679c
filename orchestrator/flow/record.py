"""How an accepted command becomes events: one function a command, listed in `commands.py`."""

from collections.abc import Callable
from typing import Any

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model import policy
from orchestrator.model.calling import GRAVE, conflicting
from orchestrator.model.codec import decode
from orchestrator.model.commands import Command
from orchestrator.model.events import Payload
from orchestrator.model.major import ACTIONS
from orchestrator.model.two_persons import needed
from orchestrator.model.undoing import undoable

Recorder = Callable[[Incident, Command], None]


def opened(i: Incident, c: Command) -> None:
    i.emit("incident/detected", decode(ev.IncidentDetected, c.args), c.actor)


def repeated(i: Incident, c: Command) -> None:
    i.emit(c.id, decode(ev.AlertRepeated, c.args), c.actor)


def ack(i: Incident, c: Command) -> None:
    if i.state.acknowledged_at:
        i.emit(c.id, ev.Engaged(c.actor.name, "confirmed the acknowledgement"), c.actor)
    else:
        i.emit(c.id, ev.Acknowledged(c.actor.name), c.actor)


def note(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.NoteAdded(str(c.args["text"]).strip()), c.actor)
    engage(i, c, "wrote a note")


def approve(i: Incident, c: Command) -> None:
    key = str(c.args["approval"])
    override = " ".join(str(c.args.get("override", "")).split())
    sha256, approval = str(c.args["sha256"]), i.state.approvals[key]
    who, proof = c.actor.name, c.actor.credential
    if len(approval.endorsed_by) + 1 < needed(approval.card, i.policy):
        i.emit(c.id, ev.ApprovalEndorsed(key, sha256, who, proof, override), c.actor)
    else:
        i.emit(c.id, ev.ApprovalGranted(key, sha256, who, override, proof), c.actor)
    engage(i, c, f"approved {approval.title}")


def deny(i: Incident, c: Command) -> None:
    key, why = str(c.args["approval"]), str(c.args["why"]).strip()
    i.emit(c.id, ev.ApprovalDenied(key, c.actor.name, why), c.actor)
    engage(i, c, f"denied {i.state.approvals[key].title}")


def assess(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.LineReleased(str(c.args["text"]).strip()), c.actor)
    engage(i, c, "assessed the stopped line")


def stop(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.StopRequested(str(c.args["key"])), c.actor)
    engage(i, c, "stopped an agent")


def steer(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.Steered(str(c.args["key"]), str(c.args["text"]).strip()), c.actor)
    engage(i, c, "steered an agent")


def severity(i: Incident, c: Command) -> None:
    word = policy.severity(str(c.args["severity"]))
    why, said = _why(c), " ".join(str(c.args.get("override", "")).split())
    if said:
        why = f"{why}; the commander's word, as {c.actor.name} gives it: {said}"
    i.emit(c.id, ev.SeveritySet(word, c.actor.name, why), c.actor)
    engage(i, c, "set the severity")


def assign(i: Incident, c: Command) -> None:
    role, person = str(c.args["role"]).strip(), str(c.args["person"]).strip()
    before = i.state.roles.get(role, "")
    conflict = i.state.severity in GRAVE and conflicting(i.state, role, person)
    how = "cover" if conflict else c.actor.name
    why = str(c.args.get("why", "")).strip()
    said = ev.RoleAssigned(role, person, how, why, before if before != person else "")
    i.emit(c.id, said, c.actor)
    if str(c.args["role"]) in i.state.questions:
        field, person = str(c.args["role"]), str(c.args["person"])
        i.emit(f"{c.id}/answered", ev.QuestionAnswered(field, person), c.actor)


def escalate(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.EscalationRequested(str(c.args["target"]), _why(c)), c.actor)
    engage(i, c, f"escalated to {c.args['target']}")


def hold(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.DeadlineHeld(str(c.args["deadline"]), _why(c)), c.actor)
    engage(i, c, f"held back {c.args['deadline']}")


def step(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.StepOverridden(str(c.args["step"]), str(c.args["what"]), _why(c)), c.actor)
    engage(i, c, f"{c.args['what']} {c.args['step']}")


def halt(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.LineStopped(_why(c)), c.actor)
    i.emit(f"{c.id}/status", ev.StatusChanged("STOPPED", _why(c)), c.actor)
    engage(i, c, "stopped the line")


def undo(i: Incident, c: Command) -> None:
    last = undoable(i.state)[-1].key
    i.emit(c.id, ev.UndoRequested(str(c.args.get("action") or last)), c.actor)
    engage(i, c, "asked to take a change back")


def resolve(i: Incident, c: Command) -> None:
    engage(i, c, "resolved it by hand")
    i.emit(c.id, ev.ResolutionDecided("RESOLVED", f"by hand: {_why(c)}", ()), c.actor)
    i.void("resolved by hand")
    i.emit(f"{c.id}/status", ev.StatusChanged("RESOLVED", _why(c)), c.actor)


def reopen(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.StatusChanged("REOPENED", _why(c)), c.actor)


def close(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.StatusChanged("CLOSED", _why(c)), c.actor)


def answer(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.QuestionAnswered(str(c.args["field"]), str(c.args["text"]).strip()), c.actor)
    engage(i, c, f"answered: {c.args['field']}")


def star(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.EventStarred(str(c.args["event"])), c.actor)


def sent(i: Incident, c: Command) -> None:
    said = ev.MessageSent(str(c.args["path"]), str(c.args["channel"]).strip(), c.actor.name)
    i.emit(c.id, said, c.actor)
    engage(i, c, "sent a message")


def freeze(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.FreezeDeclared(_why(c), c.actor.name), c.actor)


def lift(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.FreezeLifted(_why(c), c.actor.name), c.actor)


def admit(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.PersonAdmitted(str(c.args["person"]).strip(), c.actor.name), c.actor)


def coordinate(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.CoordinatorNamed(str(c.args["person"]).strip(), c.actor.name), c.actor)


def declare(i: Incident, c: Command) -> None:
    """By hand, before the second incident is there: somebody knows that it is coming."""
    fact = ev.ExceptionDeclared("major-incident", _why(c), ACTIONS)
    i.emit(c.id, fact, c.actor)


def major(i: Incident, c: Command) -> None:
    if "major-incident" not in i.state.exceptions:
        i.emit(c.id, decode(ev.ExceptionDeclared, c.args), c.actor)


def _why(c: Command) -> str:
    return str(c.args["why"]).strip()


def engage(i: Incident, c: Command, how: str) -> None:
    """The first thing a person does beyond acknowledging is the engagement, and implies both."""
    if not i.state.acknowledged_at:
        i.emit(f"{c.id}/acknowledged", ev.Acknowledged(c.actor.name), c.actor)
    if not i.state.engaged_at:
        i.emit(f"{c.id}/engaged", ev.Engaged(c.actor.name, how), c.actor)


def report(i: Incident, c: Command) -> None:
    """Only the attempt in force may end a task."""
    data = decode(ev.TaskFinished, c.args)
    task = i.state.tasks.get(data.key)
    if task is None or task.attempt != data.attempt or not task.running:
        why = (
            "no such task"
            if task is None
            else f"attempt {task.attempt} is {task.outcome or 'in force'}"
        )
        i.emit(f"{c.id}/refused", ev.ReportRefused(data.key, data.attempt, why), c.actor)
        return
    i.emit(c.id, data, c.actor)


def evidence(i: Incident, c: Command) -> None:
    number = f"E{len(i.state.evidence) + 1}"
    i.emit(c.id, decode(ev.EvidenceAdded, {**c.args, "eid": number}), c.actor)


def plain(payload: type[Payload]) -> Recorder:
    def record(i: Incident, c: Command) -> None:
        made: Any = decode(payload, c.args)
        i.emit(c.id, made, c.actor)

    return record
