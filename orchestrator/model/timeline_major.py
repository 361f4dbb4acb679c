"""Lines of the timeline about a major incident."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.timeline_row import Row, line, with_reason


def _of(source: str) -> str:
    return f" in {source}" if source else ""


def _frozen(data: ev.FreezeDeclared, event: Event) -> Row:
    text = with_reason(f"changes frozen{_of(data.source)}", data.why)
    return line("warn", text, data.by, kind="approval")


def _lifted(data: ev.FreezeLifted, event: Event) -> Row:
    text = with_reason(f"freeze lifted{_of(data.source)}", data.why)
    return line("done", text, data.by, kind="approval")


def _coordinator(data: ev.CoordinatorNamed, event: Event) -> Row:
    return line(
        "info", f"coordinator of the major incident{_of(data.source)}", data.person, kind="people"
    )


def _ordered(data: ev.IncidentsOrdered, event: Event) -> Row:
    first = data.order[0] if data.order else "none"
    rest = f", then {', '.join(data.order[1:])}" if len(data.order) > 1 else ""
    reason = data.why[0] if data.why else ""
    return line("info", with_reason(f"{first} comes first{rest}", reason), kind="people")


MAJOR: dict[type[Payload], Callable[[Any, Event], Row | None]] = {
    ev.FreezeDeclared: _frozen,
    ev.FreezeLifted: _lifted,
    ev.CoordinatorNamed: _coordinator,
    ev.IncidentsOrdered: _ordered,
}
