"""Lines of the timeline about a change that is cut short."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.timeline_row import Row, line, with_reason


def _cancel(data: ev.CancelRequested, event: Event) -> Row:
    return line("warn", with_reason("running change is cancelled", data.why), data.by, kind="task")


CANCELLING: dict[type[Payload], Callable[[Any, Event], Row | None]] = {ev.CancelRequested: _cancel}
