"""How an accepted command becomes events: one small function a command."""

from collections.abc import Callable
from typing import Any

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.codec import decode
from orchestrator.model.commands import Command
from orchestrator.model.events import Payload
from orchestrator.model.policy import severity

Recorder = Callable[[Incident, Command], None]


def _opened(i: Incident, c: Command) -> None:
    i.emit("incident/detected", decode(ev.IncidentDetected, c.args), c.actor)


def _repeated(i: Incident, c: Command) -> None:
    i.emit(c.id, decode(ev.AlertRepeated, c.args), c.actor)


def _ack(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.Acknowledged(c.actor.name), c.actor)


def _note(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.NoteAdded(str(c.args["text"]).strip()), c.actor)
    _engage(i, c, "wrote a note")


def _approve(i: Incident, c: Command) -> None:
    key = str(c.args["approval"])
    i.emit(c.id, ev.ApprovalGranted(key, str(c.args["sha256"]), c.actor.name), c.actor)
    _engage(i, c, f"approved {i.state.approvals[key].title}")


def _deny(i: Incident, c: Command) -> None:
    key, why = str(c.args["approval"]), str(c.args["why"]).strip()
    i.emit(c.id, ev.ApprovalDenied(key, c.actor.name, why), c.actor)
    _engage(i, c, f"denied {i.state.approvals[key].title}")


def _assess(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.LineReleased(str(c.args["text"]).strip()), c.actor)
    _engage(i, c, "assessed the stopped line")


def _stop(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.StopRequested(str(c.args["key"])), c.actor)
    _engage(i, c, "stopped an agent")


def _steer(i: Incident, c: Command) -> None:
    i.emit(c.id, ev.Steered(str(c.args["key"]), str(c.args["text"]).strip()), c.actor)
    _engage(i, c, "steered an agent")


def _severity(i: Incident, c: Command) -> None:
    word = severity(str(c.args["severity"]))
    i.emit(c.id, ev.SeveritySet(word, c.actor.name, str(c.args["why"]).strip()), c.actor)
    _engage(i, c, "set the severity")


def _engage(i: Incident, c: Command, how: str) -> None:
    """The first thing a person does beyond acknowledging is the engagement, and implies both."""
    if not i.state.acknowledged_at:
        i.emit(f"{c.id}/acknowledged", ev.Acknowledged(c.actor.name), c.actor)
    if not i.state.engaged_at:
        i.emit(f"{c.id}/engaged", ev.Engaged(c.actor.name, how), c.actor)


def _report(i: Incident, c: Command) -> None:
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


def _evidence(i: Incident, c: Command) -> None:
    number = f"E{len(i.state.evidence) + 1}"
    i.emit(c.id, decode(ev.EvidenceAdded, {**c.args, "eid": number}), c.actor)


def _plain(payload: type[Payload]) -> Recorder:
    def record(i: Incident, c: Command) -> None:
        made: Any = decode(payload, c.args)
        i.emit(c.id, made, c.actor)

    return record


RECORDERS: dict[str, Recorder] = {
    "open": _opened,
    "alert": _repeated,
    "ack": _ack,
    "note": _note,
    "approve": _approve,
    "deny": _deny,
    "assess": _assess,
    "stop": _stop,
    "steer": _steer,
    "severity": _severity,
    "report": _report,
    "evidence": _evidence,
    "action-started": _plain(ev.ActionStarted),
    "document": _plain(ev.DocumentWritten),
    "document-failed": _plain(ev.DocumentFailed),
    "runner": _plain(ev.RunnerStarted),
}
