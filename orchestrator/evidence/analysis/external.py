"""Causes outside the changes: traffic that rose before the trouble explains it without a change."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.onset import Point, onset
from orchestrator.evidence.analysis.robust import median

RISE = 1.5
"""Traffic this many times its usual counts as a rise."""


LOOKS = 10
"""How many looks after the beginning of the trouble still belong to it."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What traffic did around the beginning of the trouble."""

    usual: float
    during: float
    """in the moments before and at the beginning of the trouble"""
    factor: float
    rose_at: float | None
    explains: bool
    score: float
    """0..1"""


def traffic(requests: Sequence[Point], trouble_at: float, interval: float) -> Traffic | None:
    """How traffic stood to the trouble; None without a baseline of it.

    Only a rise that was there before the trouble, or began with it, is a cause: failing requests
    are repeated, so a rise after the trouble is its effect.
    """
    before = [value for at, value in requests if at < trouble_at - 2 * interval]
    if len(before) < 3:
        return None
    # what comes long after it (a recovery, a restart) must not change the answer
    seen = [point for point in requests if point[0] <= trouble_at + LOOKS * interval]
    rise = onset("requests", seen, direction=1)
    early = [value for at, value in requests if at < (rise.at if rise else trouble_at)]
    usual = median(early or before)
    start = trouble_at - 3 * interval if rise is None else min(rise.at, trouble_at)
    around = [value for at, value in requests if start <= at <= trouble_at + 2 * interval]
    during = median(around) if around else usual
    factor = during / usual if usual > 0 else 1.0
    in_time = rise is not None and rise.at <= trouble_at + interval
    explains = in_time and factor >= RISE
    score = min(1.0, max(0.0, (factor - 1.0) / 2.0)) if explains else 0.0
    return Traffic(usual, during, factor, rise.at if rise else None, explains, round(score, 3))


@dataclass(frozen=True, slots=True)
class Drain:
    """A bounded resource that ran full while the load on it stayed the same: something keeps it."""

    from_share: float
    to_share: float
    began_at: float


FULL = 0.9
"""Share in use from which a bounded resource is as good as used up."""


def drain(
    saturation: Sequence[Point], requests: Sequence[Point], trouble_at: float, interval: float
) -> Drain | None:
    """The drain that led to the trouble; None where load explains it or there is none."""
    load = traffic(requests, trouble_at, interval)
    saturation = [point for point in saturation if point[0] <= trouble_at + LOOKS * interval]
    full = [at for at, share in saturation if share >= FULL and at >= trouble_at - 60 * interval]
    if load is None or load.explains or not full:
        return None
    before = [share for at, share in saturation if at < full[0]]
    lasting = [share for at, share in saturation if at >= full[0]]
    if len(before) < 3 or len(lasting) < 3 or median(lasting) < FULL or median(before) >= FULL:
        return None
    usual = median(before)
    if full[0] > trouble_at + 3 * interval:
        return None
    # it began to rise after it was last seen at its usual
    calm = [at for at, share in saturation if at < full[0] and share <= usual]
    began = min(at for at, _ in saturation if at > max(calm))
    return Drain(usual, median(lasting), began)
