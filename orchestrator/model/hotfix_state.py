"""How a hotfix changes the state, its lines in the timeline, and how far it is."""

from collections.abc import Callable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.hotfix import TITLES, Hotfix, Progress, Said, progress
from orchestrator.model.state import State
from orchestrator.model.timeline_row import Row, line


def _stepped(state: State, data: ev.HotfixStepped, event: Event) -> None:
    said = Said(data.step, data.by, event.at, data.text)
    known = state.hotfix
    before = known.said if known is not None and known.number == data.number else ()
    state.hotfix = Hotfix(data.number, data.branch, (*before, said))


def _told(data: ev.HotfixStepped, event: Event) -> Row:
    fact = data.branch if data.step == "start" else data.text
    return line("info", f"hotfix, {TITLES[data.step]}: {fact}", data.by, kind="approval")


HOTFIX: dict[type[Payload], Step] = {ev.HotfixStepped: _stepped}
TOLD: dict[type[Payload], Callable[[Any, Event], Row | None]] = {ev.HotfixStepped: _told}


def standing(state: State) -> list[Progress]:
    """The steps of the hotfix in force; none where there is no hotfix."""
    if state.hotfix is None:
        return []
    reports = {
        task.key: task.report if task.outcome == "done" else {"good": False, "fact": task.why}
        for task in state.tasks.values()
        if task.kind == "inspect" and not task.running
    }
    deploy = state.hotfix.last("deploy")
    since = deploy[1].at if deploy else 0.0
    attempt = next((a for a in state.attempts.values() if deploy and a.at >= since), None)
    return progress(state.hotfix, reports, attempt)
