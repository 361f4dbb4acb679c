"""How who answers, what it costs and where methods differ change the state."""

from dataclasses import replace

from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.records import Differing, Spent
from orchestrator.model.state import State


def _engaged(state: State, data: ev.TaskEngaged, event: Event) -> None:
    task = state.tasks.get(data.key)
    if task is not None and task.attempt == data.attempt and task.running:
        state.tasks[data.key] = replace(
            task, backend=data.backend, model=data.model, taken_over=data.why
        )


def _spent(state: State, data: ev.TurnSpent, event: Event) -> None:
    attempt = f"{data.key}#{data.attempt}"
    if data.key not in state.tasks:
        return
    state.spent[attempt] = state.spent.get(attempt, Spent()) + Spent(
        turns=1,
        fresh=data.fresh,
        cached=data.cached,
        written=data.written,
        output=data.output,
        usd=data.usd,
        seconds=data.seconds,
        unpriced=0 if data.priced else 1,
    )


def _differed(state: State, data: ev.MethodsDiffered, event: Event) -> None:
    state.differing[data.key] = Differing(
        data.rules, data.rules_evidence, data.model, data.model_evidence, data.stands
    )


ANSWERING: dict[type[Payload], Step] = {
    ev.TaskEngaged: _engaged,
    ev.TurnSpent: _spent,
    ev.MethodsDiffered: _differed,
}
