"""How what people did, were told, asked and answered changes the state."""

from dataclasses import replace
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model import fold_crew
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.records import Message
from orchestrator.model.state import State


def _role(state: State, data: ev.RoleAssigned, event: Event) -> None:
    state.roles[data.role] = data.person
    fold_crew.held(state, data, event)


def _acknowledged(state: State, data: ev.Acknowledged, event: Event) -> None:
    state.acknowledged_at, state.acknowledged_by = event.at, data.by


def _lapsed(state: State, data: ev.AcknowledgementLapsed, event: Event) -> None:
    state.acknowledged_at, state.acknowledged_by, state.lapsed_at = 0.0, "", event.at


def _engaged(state: State, data: ev.Engaged, event: Event) -> None:
    state.engaged_at, state.engaged_by = event.at, data.by


def _note(state: State, data: ev.NoteAdded, event: Event) -> None:
    state.notes += 1


def _question(state: State, data: ev.QuestionOpened, event: Event) -> None:
    state.questions[data.field] = data.text
    fold_crew.asked(state, data, event)


def _stop(state: State, data: ev.StopRequested, event: Event) -> None:
    if data.key in state.tasks:
        state.tasks[data.key] = replace(state.tasks[data.key], stop_requested=True)


def _steered(state: State, data: ev.Steered, event: Event) -> None:
    if data.key in state.tasks:
        task = state.tasks[data.key]
        state.tasks[data.key] = replace(task, steers=(*task.steers, data.text))


def _guidance(state: State, data: ev.GuidanceApplied, event: Event) -> None:
    state.themes[data.theme] = data.effect


def _answered(state: State, data: ev.QuestionAnswered, event: Event) -> None:
    state.answers[data.field] = data.text
    state.questions.pop(data.field, None)


def _escalation(state: State, data: ev.EscalationRequested, event: Event) -> None:
    state.escalations[data.target] = data.why


def _held(state: State, data: ev.DeadlineHeld, event: Event) -> None:
    state.held[data.name] = data.why


def _overridden(state: State, data: ev.StepOverridden, event: Event) -> None:
    if data.what == "skip":
        state.skipped[data.step] = data.why
    else:
        state.skipped.pop(data.step, None)
    if data.what == "repeat":
        state.repeats[data.step] = state.repeats.get(data.step, 0) + 1


def _starred(state: State, data: ev.EventStarred, event: Event) -> None:
    state.stars[data.event] = event.at


def _undo(state: State, data: ev.UndoRequested, event: Event) -> None:
    state.undos = (*state.undos, data.action)


def _edited(state: State, data: ev.DocumentEdited, event: Event) -> None:
    state.edits[data.path] = data.sha256


def _message(word: str) -> Step:
    def step(state: State, data: Any, event: Event) -> None:
        earlier = state.messages.get(data.path)
        due_at = earlier.due_at if earlier else 0.0
        state.messages[data.path] = Message(
            path=data.path,
            state=word,
            at=event.at,
            why=getattr(data, "why", ""),
            by=getattr(data, "by", ""),
            channel=getattr(data, "channel", ""),
            due_at=due_at or (event.at if word == "due" else 0.0),
        )

    return step


def _redrafted(state: State, data: ev.MessageRedrafted, event: Event) -> None:
    known = state.messages.get(data.path)
    if known is not None and known.state == "drafted":
        state.messages[data.path] = replace(known, at=event.at)


def _admitted(state: State, data: ev.PersonAdmitted, event: Event) -> None:
    state.admitted = (*state.admitted, data.person)


PEOPLE: dict[type[Payload], Step] = {
    ev.PersonAdmitted: _admitted,
    ev.RoleAssigned: _role,
    ev.Acknowledged: _acknowledged,
    ev.AcknowledgementLapsed: _lapsed,
    ev.Engaged: _engaged,
    ev.NoteAdded: _note,
    ev.QuestionOpened: _question,
    ev.StopRequested: _stop,
    ev.Steered: _steered,
    ev.GuidanceApplied: _guidance,
    ev.QuestionAnswered: _answered,
    ev.EscalationRequested: _escalation,
    ev.DeadlineHeld: _held,
    ev.StepOverridden: _overridden,
    ev.EventStarred: _starred,
    ev.UndoRequested: _undo,
    ev.DocumentEdited: _edited,
    ev.MessageRedrafted: _redrafted,
    ev.MessageDrafted: _message("drafted"),
    ev.MessageDue: _message("due"),
    ev.MessageSent: _message("sent"),
    ev.MessageNotRequired: _message("not_required"),
}
"""The step of each type of event."""
