"""When a series left its usual course: the first of three points in a row far outside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.robust import Usual, usual

Point = tuple[float, float]
"""A time and a value."""

BEYOND = 6.0
"""Widths from the centre at which a point counts as outside."""

IN_A_ROW = 3

FLOORS = {"errors": 0.01, "p95": 0.02, "requests": 0.5, "saturation": 0.05}
"""The least width of each signal, in its own unit."""

HARMFUL = {"errors": 1, "p95": 1, "requests": -1, "saturation": 1}
"""The direction in which a signal hurts: up or down."""


@dataclass(frozen=True, slots=True)
class Onset:
    """A departure from the usual: where it begins, and how far it went."""

    signal: str
    at: float
    value: float
    """at its beginning"""
    peak: float
    """the farthest it went"""
    before: Usual
    deviation: float
    """of the peak"""


def onset(
    signal: str, points: Sequence[Point], direction: int | None = None, floor: float | None = None
) -> Onset | None:
    """The beginning of the latest departure still going on, or of the last there was.

    The usual is first taken from the earlier half; once a beginning is known, from all before it.
    """
    if len(points) < 2 * IN_A_ROW:
        return None
    way = HARMFUL.get(signal, 1) if direction is None else direction
    least = FLOORS.get(signal, 1e-9) if floor is None else floor
    before = usual([value for _, value in points[: max(3, len(points) // 2)]], least)
    found: int | None = None
    for _ in range(3):
        if before is None:
            return None
        now = _begins(points, before, way)
        if now is None or now == found:
            found = now
            break
        found = now
        before = usual([value for _, value in points[:found]], least) or before
    if found is None or before is None:
        return None
    run = [value for _, value in points[found:]]
    peak = max(run) if way > 0 else min(run)
    return Onset(
        signal, points[found][0], points[found][1], peak, before, abs(before.deviation(peak))
    )


def _begins(points: Sequence[Point], before: Usual, way: int) -> int | None:
    """The index where the last run of outside points begins; short returns do not end a run."""
    outside = [way * before.deviation(value) > BEYOND for _, value in points]
    starts = [
        index
        for index in range(len(outside) - IN_A_ROW + 1)
        if all(outside[index : index + IN_A_ROW])
    ]
    if not starts:
        return None
    begin = starts[-1]
    for index in reversed(starts[:-1]):
        if begin - index > 2 * IN_A_ROW:
            break
        begin = index
    return begin
