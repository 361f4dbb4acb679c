"""The times that people's answers run against: the next page, a commander, an offered handoff."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.model.calling import Next, next_call, unanswered
from orchestrator.model.records import Deadline
from orchestrator.model.state import State

PAGE, COMMANDER = "page", "commander"


@dataclass(frozen=True, slots=True)
class CrewClock:
    """One of them, as `deadlines.due` plans it."""

    name: str
    kind: str
    begun: float
    seconds: float
    met: float = 0.0
    moot: str = ""


def crew_clocks(state: State) -> Iterator[CrewClock]:
    """Those that run or ran. The wait for the first acknowledgement is a promise of its own."""
    over = "" if state.open else "resolved"
    person = state.roles.get("on-call", "")
    coming = next_call(state, person) if person and unanswered(state) else None
    clock = state.deadlines.get("acknowledge")
    promised = clock is not None and coming is not None and _same(coming, clock)
    if coming is not None and coming.seconds and not promised:
        yield CrewClock(PAGE, "trigger", coming.begun, coming.seconds)
    asked = state.crew.commander_asked_at
    if asked:
        grave = "" if state.severity in ("P0", "P1") else f"{state.severity} needs no commander"
        met = state.crew.commander_at if state.crew.commander_at >= asked else 0.0
        yield CrewClock(COMMANDER, "promise", asked, state.policy.commander, met, over or grave)
    for one in state.crew.handoffs:
        if one.open:
            yield CrewClock(f"handoff/{one.number}", "trigger", one.at, one.expires - one.at)


def _same(coming: Next, clock: Deadline) -> bool:
    return (coming.begun, coming.begun + coming.seconds) == (clock.start, clock.due)
