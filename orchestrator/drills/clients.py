"""Where the load says it comes from: addresses kept for documentation, chosen by the seed. Pure."""

from collections.abc import Iterator
from random import Random

from orchestrator.drills.plan import Plan

COUNT = 24


def everybody(plan: Plan) -> Iterator[str]:
    """Whose request comes next, without end; some come more often than others."""
    rng = Random(f"clients/{plan.seed}")
    known = [f"192.0.2.{host}" for host in rng.sample(range(10, 250), COUNT)]
    while True:
        yield known[min(rng.randrange(COUNT), rng.randrange(COUNT))]


def intruder(plan: Plan) -> str:
    """An address that no customer has."""
    rng = Random(f"intruder/{plan.seed}")
    return f"{rng.choice(('198.51.100', '203.0.113'))}.{rng.randrange(10, 250)}"
