"""Texts on their way: one task for each channel, and what came of it. Nothing waits for another.

A text counts as sent when every channel it was sent to has it. Where one failed, it is due again;
where nobody knows, a person is asked, and both answers have a command.
"""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.delivery import Delivery
from orchestrator.model.messages import sending_name, stem_of
from orchestrator.model.records import Task
from orchestrator.model.sending import by_itself, channels_for, latest, sendings
from orchestrator.model.wording import document_name

ROLE = "communications-lead"
POLICY = "the policy"
"""Who sent what went out by itself."""


def deliveries(i: Incident) -> None:
    _go_out_by_themselves(i)
    for one in list(i.state.deliveries.values()):
        if one.state == "asked":
            _follow(i, one)
    for path, text in list(i.state.messages.items()):
        if text.state == "sending":
            _settle(i, path)


def question_of(one: Delivery) -> str:
    """The field under which a person is asked whether a text arrived."""
    return f"delivery {stem_of(one.path)} {one.number} {one.channel}"


def _go_out_by_themselves(i: Incident) -> None:
    for name, text in by_itself(i.state).items():
        clock = i.state.deadlines.get(name)
        if clock is None or clock.outcome not in ("fired", "missed") or clock.start < text.at:
            continue
        auto = tuple(one.name for one in channels_for(i.state, text.path) if one.auto)
        number = sendings(i.state, text.path) + 1
        why = f"{sending_name(text.path)}: nobody held it back"
        asked = ev.SendRequested(text.path, number, "", auto, POLICY, why)
        i.emit(f"message/{text.path}/send/{number}", asked)


def _follow(i: Incident, one: Delivery) -> None:
    inputs = {"path": one.path, "channel": one.channel, "sha256": one.sha256}
    title = f"{document_name(one.path)} to {one.channel}"
    task = i.ask(one.key, ROLE, title, kind="deliver", tries=1, inputs=inputs)
    if task.running:
        return
    if task.outcome == "done" and task.report.get("delivered"):
        detail = str(task.report.get("detail", ""))
        data = ev.MessageDelivered(one.path, one.channel, one.key, detail)
        i.emit(f"{one.key}/delivered", data)
    elif task.outcome == "unknown":
        i.emit(f"{one.key}/unknown", ev.MessageUnknown(one.path, one.channel, one.key, _why(task)))
        i.question(
            question_of(one),
            f"Did the {document_name(one.path)} arrive by {one.channel}? It was handed over, and "
            "no answer was kept. Say that it arrived, or send it again.",
        )
    else:
        i.emit(f"{one.key}/failed", ev.MessageFailed(one.path, one.channel, one.key, _why(task)))


def _why(task: Task) -> str:
    return task.why or str(task.report.get("detail", "")) or task.outcome


def _settle(i: Incident, path: str) -> None:
    """Sent once every channel has it; due again once all have ended and one has not."""
    last = latest(i.state, path)
    states = {one.state for one in last.values()}
    if "asked" in states or "unknown" in states:
        return
    number, by = sendings(i.state, path), i.state.messages[path].by
    failed = [one for one in last.values() if one.state == "failed"]
    if not failed:
        sent = ev.MessageSent(path, ", ".join(last), by)
        i.emit(f"message/{path}/sent/{number}", sent)
        return
    why = "; ".join(f"{one.channel} did not take it: {one.detail}" for one in failed)
    i.emit(f"message/{path}/due/again/{number}", ev.MessageDue(path, why))
