"""The requests the load is made of: the same mix all the time, each seed in its own order. Pure."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from orchestrator.drills.plan import Plan
from orchestrator.drills.vocabulary import Resource

MIX = {
    "list": 9,
    "show": 10,
    "add": 5,
    "move": 4,
    "summary": 2,
    "export": 1,
    "unknown": 1,
    "held": 1,
    "rejected": 1,
    "refused": 1,
    "empty": 1,
}
"""How often each kind of request comes for each resource, in a round of the mix."""

TRIGGER = 6
"""How often (at least) the request that meets the fault comes in a round: about one a second."""

ROWS, OWNERS, STATES = 1500, 400, 4
"""What the service starts with; row n belongs to owner n % OWNERS and is in state n % STATES."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    method: str
    path: str
    body: str = ""


def requests(plan: Plan) -> Iterator[Request]:
    """The load of a drill, without end."""
    rng = Random(f"traffic/{plan.seed}")
    round_ = [(kind, kept) for kept in plan.words.resources for kind in _often(plan, kept)]
    while True:
        rng.shuffle(round_)
        for kind, kept in round_:
            yield KINDS[kind](kept, plan.words.states, rng)


def _often(plan: Plan, kept: Resource) -> list[str]:
    mix = {**MIX, **plan.scenario.mix}
    if plan.trigger and kept == plan.culprit:
        mix[plan.trigger] = max(mix[plan.trigger], TRIGGER)
    return [kind for kind, count in mix.items() for _ in range(count)]


def _row(rng: Random, state: int) -> int:
    """A row that started in the state of that number."""
    return rng.randrange(1, ROWS // STATES) * STATES + state


def _owner(rng: Random) -> str:
    return f"c{rng.randrange(OWNERS)}"


def _state(kept: Resource, number: int, state: str) -> Request:
    return Request("POST", f"/{kept.items}/{number}/state", json.dumps({"state": state}))


Kind = Callable[[Resource, tuple[str, ...], Random], Request]

KINDS: dict[str, Kind] = {
    "list": lambda kept, _, rng: Request("GET", f"/{kept.items}?{kept.owner}={_owner(rng)}"),
    "show": lambda kept, _, rng: Request("GET", f"/{kept.items}/{_row(rng, 0)}"),
    "add": lambda kept, _, rng: Request(
        "POST",
        f"/{kept.items}",
        json.dumps({kept.owner: _owner(rng), kept.amount: rng.randrange(1, 900)}),
    ),
    "move": lambda kept, states, rng: _state(kept, _row(rng, 2), states[0]),
    "summary": lambda kept, _, rng: Request(
        "GET", f"/{kept.items}/summary?{kept.owner}={_owner(rng)}"
    ),
    "export": lambda kept, _, rng: Request(
        "GET", f"/{kept.items}/export?after={rng.randrange(ROWS - 100)}"
    ),
    "unknown": lambda kept, _, rng: Request("GET", f"/{kept.items}/{rng.randrange(10**7, 10**8)}"),
    "held": lambda kept, _, rng: Request("GET", f"/{kept.items}/{_row(rng, 1)}"),
    "rejected": lambda kept, _, rng: Request(
        "POST", f"/{kept.items}", json.dumps({kept.owner: _owner(rng), kept.amount: 0})
    ),
    "refused": lambda kept, _, rng: _state(kept, _row(rng, 3), "elsewhere"),
    "empty": lambda kept, _, rng: Request("GET", f"/{kept.items}?{kept.owner}=nobody"),
}
