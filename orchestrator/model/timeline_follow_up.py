"""Lines of the timeline about preventive actions and their tickets."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.timeline_row import Row, line, with_reason


def _tracked(data: ev.PreventiveActionTracked, event: Event) -> Row:
    text = f"action {_short(data.action)} tracked: {data.text}"
    return line("info", text, data.owner, kind="record")


def _changed(data: ev.PreventiveActionChanged, event: Event) -> Row:
    said = [data.status.lower()] if data.status else []
    said += [f"given to {data.owner}"] if data.owner else []
    said += ["given another date"] if data.due else []
    text = with_reason(f"action {_short(data.action)} {' and '.join(said)}", data.why)
    return line("done" if data.status == "DONE" else "info", text, data.by, kind="people")


def _ticket(data: ev.TicketOpened, event: Event) -> Row:
    return line("info", f"ticket for {_short(data.action)}: {data.url}", data.by, kind="people")


def _short(action: str) -> str:
    return action.rpartition("/")[2]


FOLLOW_UP: dict[type[Payload], Callable[[Any, Event], Row | None]] = {
    ev.PreventiveActionTracked: _tracked,
    ev.PreventiveActionChanged: _changed,
    ev.TicketOpened: _ticket,
}
"""How a fact of each type becomes a line."""
