"""Lines of the timeline about what people did, were told, asked and decided."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.timeline_row import Row, line, spoken, with_reason
from orchestrator.model.wording import EXCEPTIONS, deadline_words, document_name, work


def _acknowledged(data: ev.Acknowledged, event: Event) -> Row:
    return line("done", "acknowledged", data.by, kind="people")


def _lapsed(data: ev.AcknowledgementLapsed, event: Event) -> Row:
    return line("late", "acknowledgement lapsed, nothing followed it", data.by, kind="people")


def _admitted(data: ev.PersonAdmitted, event: Event) -> Row:
    return line("info", f"{data.person} admitted to what may be a breach", data.by, kind="people")


def _engaged(data: ev.Engaged, event: Event) -> Row:
    return line("done", "engaged", data.by, kind="people")


def _stop(data: ev.StopRequested, event: Event) -> Row:
    return line("warn", f"stop asked: {work(data.key).name}", event.actor.name, kind="people")


def _steered(data: ev.Steered, event: Event) -> Row:
    text = with_reason(f"steered {work(data.key).name}", data.text)
    return line("info", text, event.actor.name, kind="people")


def _note(data: ev.NoteAdded, event: Event) -> Row:
    return line("info", data.text, event.actor.name, kind="people")


def _question(data: ev.QuestionOpened, event: Event) -> Row:
    return line("info", f"{data.field.replace('_', ' ')} not known", "UNKNOWN", kind="record")


def _refused(data: ev.CommandRefused, event: Event) -> Row:
    return line(
        "late", with_reason(f"{data.command} refused", data.why), event.actor.name, kind="people"
    )


# --- guidance, messages, escalation ---------------------------------------------------------------


def _guidance(data: ev.GuidanceApplied, event: Event) -> Row:
    return line("info", f"guidance applied: {spoken(data.theme)}: {data.effect}", "guidance")


def _answered(data: ev.QuestionAnswered, event: Event) -> Row:
    text = f"{spoken(data.field)} answered: {data.text}"
    return line("done", text, event.actor.name, kind="people")


def _drafted(data: ev.MessageDrafted, event: Event) -> Row:
    return line("info", f"{document_name(data.path)} drafted", "not sent", kind="people")


def _redrafted(data: ev.MessageRedrafted, event: Event) -> Row:
    text = with_reason(f"{document_name(data.path)} drafted anew", data.why)
    return line("info", text, "not sent", kind="people")


def _due(data: ev.MessageDue, event: Event) -> Row:
    text = with_reason(f"{document_name(data.path)} due", data.why)
    return line("warn", text, kind="people")


def _sent(data: ev.MessageSent, event: Event) -> Row:
    text = with_reason(f"{document_name(data.path)} sent", data.channel)
    return line("done", text, data.by, kind="people")


def _not_required(data: ev.MessageNotRequired, event: Event) -> Row:
    text = with_reason(f"{document_name(data.path)} not required", data.why)
    return line("info", text, kind="people")


def _escalation(data: ev.EscalationRequested, event: Event) -> Row:
    target = data.target.replace("tier", "tier ")
    text = with_reason(f"escalated to {spoken(target)}", data.why)
    return line("warn", text, event.actor.name, kind="people")


def _held(data: ev.DeadlineHeld, event: Event) -> Row:
    name = deadline_words(data.name)[1].removesuffix(" overdue")
    text = with_reason(f"held back, {name}" if name else "held back", data.why)
    return line("warn", text, event.actor.name, kind="people")


_OVERRIDES = {"start": "started", "skip": "skipped", "repeat": "asked for again"}


def _step(data: ev.StepOverridden, event: Event) -> Row:
    done = _OVERRIDES.get(data.what, data.what)
    if not event.actor.is_person:
        return line("warn", with_reason(f"{spoken(data.step)} looked at again", data.why))
    text = with_reason(f"{spoken(data.step)} {done}", data.why)
    return line("warn", text, event.actor.name, kind="people")


def _starred(data: ev.EventStarred, event: Event) -> Row:
    return line("star", "a moment was starred", event.actor.name, kind="people")


def _undo(data: ev.UndoRequested, event: Event) -> Row:
    return line("warn", "undo of the last change asked for", event.actor.name, kind="approval")


def _exception(data: ev.ExceptionDeclared, event: Event) -> Row:
    name = EXCEPTIONS.get(data.name, spoken(data.name).upper())
    return line("late", with_reason(name, data.why))


def _edited(data: ev.DocumentEdited, event: Event) -> Row:
    return line("info", f"{document_name(data.path)} edited", event.actor.name, kind="people")


PEOPLE: dict[type[Payload], Callable[[Any, Event], Row | None]] = {
    ev.NoteAdded: _note,
    ev.QuestionOpened: _question,
    ev.CommandRefused: _refused,
    ev.Acknowledged: _acknowledged,
    ev.AcknowledgementLapsed: _lapsed,
    ev.Engaged: _engaged,
    ev.PersonAdmitted: _admitted,
    ev.StopRequested: _stop,
    ev.Steered: _steered,
    ev.GuidanceApplied: _guidance,
    ev.QuestionAnswered: _answered,
    ev.MessageDrafted: _drafted,
    ev.MessageRedrafted: _redrafted,
    ev.MessageDue: _due,
    ev.MessageSent: _sent,
    ev.MessageNotRequired: _not_required,
    ev.EscalationRequested: _escalation,
    ev.DeadlineHeld: _held,
    ev.StepOverridden: _step,
    ev.EventStarred: _starred,
    ev.UndoRequested: _undo,
    ev.ExceptionDeclared: _exception,
    ev.DocumentEdited: _edited,
}
"""How a fact of each type becomes a line."""
