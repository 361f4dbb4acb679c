"""How what people were told, asked and decided changes the state: the steps of `fold` for these."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.state import Message, State

Step = Callable[[State, Any, Event], None]


def _guidance(state: State, data: ev.GuidanceApplied, event: Event) -> None:
    state.themes[data.theme] = data.effect


def _answered(state: State, data: ev.QuestionAnswered, event: Event) -> None:
    state.answers[data.field] = data.text
    state.questions.pop(data.field, None)


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


def _exception(state: State, data: ev.ExceptionDeclared, event: Event) -> None:
    state.exceptions[data.name] = {"why": data.why, "actions": list(data.actions), "at": event.at}


def _edited(state: State, data: ev.DocumentEdited, event: Event) -> None:
    state.edits[data.path] = data.sha256


STEPS: dict[type[Payload], Step] = {
    ev.GuidanceApplied: _guidance,
    ev.QuestionAnswered: _answered,
    ev.MessageRedrafted: _redrafted,
    ev.EscalationRequested: _escalation,
    ev.DeadlineHeld: _held,
    ev.StepOverridden: _overridden,
    ev.EventStarred: _starred,
    ev.UndoRequested: _undo,
    ev.ExceptionDeclared: _exception,
    ev.DocumentEdited: _edited,
    ev.MessageDrafted: _message("drafted"),
    ev.MessageDue: _message("due"),
    ev.MessageSent: _message("sent"),
    ev.MessageNotRequired: _message("not_required"),
}
"""How a fact of each type changes the state."""
