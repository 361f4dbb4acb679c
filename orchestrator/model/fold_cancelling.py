"""How a change that is cut short changes the state."""

from dataclasses import replace

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.state import State


def _cancel(state: State, data: ev.CancelRequested, event: Event) -> None:
    task = state.tasks.get(data.key)
    if task is not None and task.running:
        state.tasks[data.key] = replace(task, cancelled_by=data.by, cancel_why=data.why)


CANCELLING: dict[type[Payload], Step] = {ev.CancelRequested: _cancel}
