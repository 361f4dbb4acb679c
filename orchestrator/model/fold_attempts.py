"""How attempts, a person's choice and a relapse change the state."""

from dataclasses import replace

from orchestrator.model import events as ev
from orchestrator.model.attempt import RELAPSED, RESTORED, Attempt, Chosen
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_step import Step
from orchestrator.model.state import State


def _judged(state: State, data: ev.AttemptJudged, event: Event) -> None:
    state.attempts[data.approval] = Attempt(
        number=data.number,
        approval=data.approval,
        action=data.action,
        kind=data.kind,
        title=data.title,
        params=data.params,
        effect=data.effect,
        resolution=data.resolution,
        why=data.why,
        at=event.at,
    )


def _chosen(state: State, data: ev.ChangeChosen, event: Event) -> None:
    one = Chosen(data.action, data.params, data.why, data.by, event.at, data.kinds)
    state.choices = (*state.choices, one)


def _relapsed(state: State, data: ev.Relapsed, event: Event) -> None:
    state.relapses += 1
    for key, one in state.attempts.items():
        if one.effect == RESTORED and one.title == data.action:
            state.attempts[key] = replace(one, effect=RELAPSED)


ATTEMPTS: dict[type[Payload], Step] = {
    ev.AttemptJudged: _judged,
    ev.ChangeChosen: _chosen,
    ev.Relapsed: _relapsed,
}
