"""One input in, events out: the only door through which an incident changes. Pure.

What fell due before a command is stated before the command is applied, at the command's own time;
otherwise a runner that was down would apply the acknowledgement first and lose the missed deadline.
"""

from dataclasses import dataclass, replace

from orchestrator.flow.commands import PEOPLE, RUNNER, refused_because
from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.incident import flow
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.deadlines import next_due
from orchestrator.model.events import Event
from orchestrator.model.fold import shape, state_hash
from orchestrator.model.state import State

HASH_EVERY = 100
"""Events between two journalled state hashes."""


@dataclass(frozen=True, slots=True)
class Handled:
    """The events to append, the state after them, and when time alone will change something."""

    events: list[Event]
    state: State
    next_due: float | None


def handle(state: State, command: Command | None, now: float) -> Handled:
    """Apply one command, or (with None) just the passing of time. `state` is left as it was."""
    draft = state.copy()
    events: list[Event] = []
    if command is not None and command.id not in draft.ids:
        before = Incident(draft, min(max(command.at, draft.last_at), max(now, draft.last_at)))
        evaluate(before)
        _apply(before, replace(command, at=before.now))
        events += before.drafted
    after = Incident(draft, now)
    evaluate(after)
    events += after.drafted
    if draft.seq - draft.hashed_upto >= HASH_EVERY:
        events.append(_hashed(draft, now))
    return Handled(events, draft, next_due(draft))


def evaluate(i: Incident) -> None:
    """Read the flow from the top until it drafts nothing new."""
    while i.state.incident:
        drafted = len(i.drafted)
        try:
            flow(i)
        except Pending:
            pass
        except Exception as error:  # a bug in the flow must lose neither the input nor the journal
            where = f"{type(error).__name__}: {error}"
            i.emit(f"flow/failed/{where}", ev.FlowFailed(i.state.status, where))
            return
        if len(i.drafted) == drafted:
            return


def _apply(i: Incident, command: Command) -> None:
    if command.name not in PEOPLE:
        RUNNER[command.name](i, command)
    elif why := refused_because(i.state, command):
        i.emit(command.id, ev.CommandRefused(command.name, why), command.actor)
    else:
        PEOPLE[command.name].record(i, command)


def _hashed(draft: State, now: float) -> Event:
    upto, digest = draft.seq, state_hash(draft)
    after = Incident(draft, now)
    after.emit(f"state/hashed/{upto}", ev.StateHashed(upto, digest, shape()), ev.RUNNER)
    return after.drafted[0]
