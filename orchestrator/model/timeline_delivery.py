"""Lines of the timeline about texts on their way."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.timeline_row import Row, line, with_reason
from orchestrator.model.wording import document_name

KIND = "deliver/"
"""Work of this kind has its own lines below, and none for its beginning and end."""


def _requested(data: ev.SendRequested, event: Event) -> Row:
    text = f"{document_name(data.path)} goes out to {', '.join(data.channels)}"
    return line("now", with_reason(text, data.why), data.by, kind="people")


def _delivered(data: ev.MessageDelivered, event: Event) -> Row:
    text = f"{document_name(data.path)} delivered"
    by = event.actor.name if event.actor.is_person else data.channel
    seen = f"{text} by {data.channel}, as a person saw" if event.actor.is_person else text
    return line("done", seen, by, kind="people")


def _failed(data: ev.MessageFailed, event: Event) -> Row:
    text = with_reason(f"{document_name(data.path)} not delivered", data.detail)
    return line("late", text, data.channel, kind="people")


def _unknown(data: ev.MessageUnknown, event: Event) -> Row:
    text = with_reason(f"{document_name(data.path)} may have arrived or not", data.detail)
    return line("warn", text, data.channel, kind="people")


DELIVERY: dict[type[Payload], Callable[[Any, Event], Row | None]] = {
    ev.SendRequested: _requested,
    ev.MessageDelivered: _delivered,
    ev.MessageFailed: _failed,
    ev.MessageUnknown: _unknown,
}
