"""When several serious incidents at once are one major incident. Pure."""

from collections.abc import Iterable

from orchestrator.model.state import State

AT_ONCE = 2
"""Open P0 and P1 incidents from which on it is a major incident."""


def major(states: Iterable[State]) -> list[State]:
    """Those that make it one, in the order given; empty when it is none. Drills do not count."""
    serious = [s for s in states if s.open and s.severity in ("P0", "P1") and not s.drill]
    return serious if len(serious) >= AT_ONCE else []
