"""Somebody tries doors, finds one open, and carries out what is behind it."""

from collections.abc import Iterator
from itertools import cycle, repeat
from random import Random

from orchestrator.drills import clients
from orchestrator.drills.lab import Lab
from orchestrator.drills.load import Load
from orchestrator.drills.plan import Plan
from orchestrator.drills.traffic import ROWS, Request

DOORS = ("", "/", "/users", "/config", "/backup", "/export", "/keys", "/login", "/status", "/dump")
PROBES_A_SECOND, PAGES_A_SECOND = 6.0, 14.0
PROBING = 8.0
PAGE = 30
"""An export page is at least that long: nothing is left out."""


async def comes(lab: Lab) -> None:
    """Many refusals first; then one page of an export after the other."""
    plan = lab.plan
    await lab.clock.sleep(lab.calm)
    lab.began()
    who = repeat(clients.intruder(plan))
    probing = Load(lab.clock, lab.ports.edge, doors(plan), PROBES_A_SECOND, who)
    taking = Load(lab.clock, lab.ports.edge, pages(plan), PAGES_A_SECOND, who)
    await probing.run_for(PROBING)
    await taking.run()


def doors(plan: Plan) -> Iterator[Request]:
    """What nobody outside should get at, one after the other."""
    rng = Random(f"doors/{plan.seed}")
    while True:
        yield Request("GET", rng.choice(("/admin", "/internal")) + rng.choice(DOORS))


def pages(plan: Plan) -> Iterator[Request]:
    """Everything that is kept, from the first row to the last, and again for what is new."""
    starts = range(0, ROWS, PAGE)
    return cycle(
        Request("GET", f"/{kept.items}/export?after={after}")
        for kept in plan.words.resources
        for after in starts
    )
