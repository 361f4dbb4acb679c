"""Lines of the timeline about changes that were tried, chosen, and a recovery that broke."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.attempt import IMPROVED, RESTORED, TAKEN_BACK, WORDS
from orchestrator.model.events import Event, Payload
from orchestrator.model.timeline_row import Row, line, with_reason


def _judged(data: ev.AttemptJudged, event: Event) -> Row:
    warns = data.effect in (IMPROVED, TAKEN_BACK)
    mark = "done" if data.effect == RESTORED else "warn" if warns else "late"
    kept = data.undo and data.effect not in (RESTORED, TAKEN_BACK)
    back = ", can be taken back" if kept else ""
    text = f"attempt {data.number}, {data.action}: {WORDS.get(data.effect, data.effect)}{back}"
    return line(mark, text, kind="approval")


def _chosen(data: ev.ChangeChosen, event: Event) -> Row:
    text = with_reason(f"{data.action} chosen by hand", data.why)
    return line("warn", text, data.by, kind="approval")


def _relapsed(data: ev.Relapsed, event: Event) -> Row:
    text = with_reason("RELAPSE", data.why)
    return line("late", text, evidence=data.evidence)


ATTEMPTS: dict[type[Payload], Callable[[Any, Event], Row | None]] = {
    ev.AttemptJudged: _judged,
    ev.ChangeChosen: _chosen,
    ev.Relapsed: _relapsed,
}
