"""How far a series left its usual course in the hurtful direction, and how often it does so anyway.

The measure is a robust deviation (median; the width never under what the series itself calls
ordinary), its upper quartile over the incident, and the share of equally long normal stretches
that were at least as bad: a conformal p-value, which is also the rule for saying nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Span = tuple[float, float]

_UP = re.compile(
    r"(?i)laten|duration|elapsed|time\b|_ms\b|_seconds|p\d\d|error|fail|fault|5xx|4xx|drop|reject"
    r"|retr(?:y|ies)|timeout|queue|backlog|lag|age|pending|wait|cpu|memory|heap|satur|usage|throttl"
    r"|restart|oom|disk"
)
_DOWN = re.compile(
    r"(?i)availab|success|throughput|uptime|ready|healthy|hit_?r|per_min|per_sec|_rps\b|_qps\b"
    r"|flushed|processed|committed|enriched|completed"
)
_LOAD = re.compile(r"(?i)request|traffic|workload|count\b|\bops\b|bytes|receive|transmit|calls\b")
_ERRORS = re.compile(r"(?i)error|fail|fault|5xx|4xx|drop|reject|timeout|availab|success|uptime")
_LATENCY = re.compile(r"(?i)laten|duration|elapsed|response_?time|_ms\b|p\d\d")

UP, DOWN, BOTH = 1, -1, 0

ENOUGH = 5
"""Normal points under which nothing can be called unusual."""

STRETCHES = 400
"""Normal stretches that are looked at, at most."""

SHARE_FLOOR = 0.2
"""Least width of a percentage that is full in normal times, in points."""


def direction(metric: str) -> int:
    """Which way a metric hurts, by the words in its name: UP, DOWN, or BOTH where none says."""
    if _DOWN.search(metric):
        return DOWN
    return UP if _UP.search(metric) else BOTH


def kind(metric: str) -> str:
    """`errors`, `latency`, `load` or `resource`: what a metric speaks of, by its name."""
    if _ERRORS.search(metric):
        return "errors"
    if _LATENCY.search(metric):
        return "latency"
    return "load" if _LOAD.search(metric) else "resource"


@dataclass(frozen=True, slots=True)
class Departure:
    """One series, measured over the incident."""

    score: float
    """upper quartile of the deviation in the hurtful direction, in widths; 0 if it did no harm"""
    rarity: float
    """share of equally long normal stretches that were at least as bad; small is rare"""
    usual: float
    during: float
    """medians before and over the incident, in the metric's own unit"""
    worst: float
    """where the upper quartile of the harm lies, in the metric's own unit"""
    onset: float | None
    """first of three points in a row far outside the usual"""
    points: int

    @property
    def weight(self) -> float:
        """Far and rare as one number that can be compared, on a scale that tames extremes."""
        return float(np.log1p(self.score)) * (1.0 - self.rarity) ** 2


def departure(
    times: Floats, values: Floats, incident: Span, normal: Sequence[Span], metric: str
) -> Departure | None:
    """Measure a series against its normal spans; None where either side has too few points."""
    inside = (times >= incident[0]) & (times <= incident[1])
    outside = np.zeros(len(times), dtype=bool)
    for start, end in normal:
        outside |= (times >= start) & (times <= end)
    outside &= ~inside
    before, during = values[outside], values[inside]
    if len(before) < ENOUGH or not len(during):
        return None
    hurts, floor = direction(metric), 0.0
    if hurts == DOWN and _full(before):
        floor = SHARE_FLOOR
    usual, width = centre_and_width(before, floor)
    way = hurts if hurts != BOTH else (UP if np.median(during) >= usual else DOWN)
    bad = way * (during - usual) / width
    score = max(0.0, float(np.quantile(bad, 0.75)))
    return Departure(
        score=score,
        # what did no harm weighs nothing, however rare it is
        rarity=_rarity(way * (before - usual) / width, len(during), score) if score > 0 else 1.0,
        usual=usual,
        during=float(np.median(during)),
        worst=usual + way * score * width,
        onset=_onset(times[inside], bad),
        points=len(during),
    )


def centre_and_width(values: Floats, floor: float = 0.0) -> tuple[float, float]:
    """Median, and the widest of several robust measures of spread.

    `floor` takes the place of two percent of the median where that would hide a real loss.
    """
    low, q25, centre, q75, high = (
        float(q) for q in np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    )
    mad = float(np.median(np.abs(values - centre)))
    least = floor or 0.02 * abs(centre) or 1e-3 * float(np.max(np.abs(values))) or 1e-9
    return centre, max(1.4826 * mad, (q75 - q25) / 1.35, 0.25 * (high - low), least)


def _full(before: Floats) -> bool:
    """A percentage that is near 100 in normal times: what counts is what is missing of it."""
    return bool(np.max(before) <= 100.0 + 1e-6 and np.quantile(before, 0.9) > 99.0)


def _rarity(normally: Floats, length: int, score: float) -> float:
    """Share of normal stretches of this length whose upper quartile reached the score."""
    length = max(1, min(length, len(normally)))
    stretches = np.lib.stride_tricks.sliding_window_view(normally, length)
    looked = stretches[:: max(1, len(stretches) // STRETCHES)]
    reached = np.quantile(looked, 0.75, axis=1) >= score
    return float((np.count_nonzero(reached) + 1) / (len(reached) + 1))


def _onset(times: Floats, bad: Floats, beyond: float = 6.0, in_a_row: int = 3) -> float | None:
    outside = bad > beyond
    if len(outside) < in_a_row:
        return float(times[0]) if len(outside) and outside.all() else None
    runs = np.lib.stride_tricks.sliding_window_view(outside, in_a_row).all(axis=1)
    where = np.flatnonzero(runs)
    return float(times[where[0]]) if len(where) else None
