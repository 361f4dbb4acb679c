"""Trouble that comes and goes: the stretches of it, and whether they make a pattern."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

OFTEN = 3
"""From this many separate stretches on, it flaps."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of trouble, from its first to its last moment."""

    begun: float
    ended: float
    open: bool
    """still going on at the last look"""


def of_looks(looks: Sequence[tuple[float, bool]], least: int = 1) -> list[Stretch]:
    """Runs of bad looks, `least` of them in a row at least; two good looks end a run."""
    found: list[Stretch] = []
    run: list[float] = []
    good = 0
    for at, well in looks:
        if not well:
            run.append(at)
            good = 0
            continue
        good += 1
        if run and good >= 2:
            if len(run) >= least:
                found.append(Stretch(run[0], run[-1], False))
            run = []
    if len(run) >= least and run:
        found.append(Stretch(run[0], run[-1], good == 0))
    return found


def of_times(times: Iterable[float], apart: float, now: float) -> list[Stretch]:
    """Moments of trouble joined where less than `apart` lies between two of them."""
    ordered = sorted(times)
    if not ordered:
        return []
    found: list[Stretch] = []
    begun = ordered[0]
    for earlier, later in pairwise(ordered):
        if later - earlier >= apart:
            found.append(Stretch(begun, earlier, False))
            begun = later
    return [*found, Stretch(begun, ordered[-1], now - ordered[-1] < apart)]
