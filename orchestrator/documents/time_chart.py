"""One signal over time as inline SVG, with the moments of the incident as marks. No script.

Every number is formatted here; text enters only through `escape`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from statistics import median

from markupsafe import Markup

WIDTH, HEIGHT = 760, 162
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 38, 20
NAMES = (14, 27)
"""Rows for the names of marks: what has no room in the first stands in the second."""

GAP = 3.0
"""Times the usual pause between two samples from which nothing is drawn between them."""

MOST = 600
"""Points drawn; of more, the highest of each stretch, so that no spike is lost."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that is drawn as an upright line."""

    at: float
    name: str
    kind: str
    """harm | change | well"""


def chart(
    name: str, points: Sequence[tuple[float, float]], marks: Sequence[Mark], unit: str
) -> Markup:
    """The signal from its first to its last sample; marks outside of that are left out."""
    drawn = _thinned(points)
    start, end = drawn[0][0], drawn[-1][0]
    top = _round_up(max(value for _, value in drawn))

    def x(at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (at - start) / max(end - start, 1e-9)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top

    parts = [f"<title>{escape(name)}</title>"]
    for value in (0.0, top / 2, top):
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" '
            f'y2="{y(value):.1f}"/><text class="axis" x="{LEFT - 6}" y="{y(value) + 4:.1f}" '
            f'text-anchor="end">{escape(shown(value, unit))}</text>'
        )
    for at, anchor in ((start, "start"), (end, "end")):
        parts.append(
            f'<text class="axis" x="{x(at):.1f}" y="{HEIGHT - 4}" text-anchor="{anchor}">'
            f"{_clock(at)}</text>"
        )
    for run in _runs(drawn):
        line = " ".join(f"{x(at):.1f},{y(max(0.0, value)):.1f}" for at, value in run)
        parts.append(f'<polyline points="{line}"/>')
    parts += _marks([mark for mark in marks if start <= mark.at <= end], x)
    head = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" class="signal" role="img">'
    return Markup(f"{head}{''.join(parts)}</svg>")


def _marks(marks: Sequence[Mark], x: Callable[[float], float]) -> list[str]:
    """Upright lines; a name that has no room beside the others is only in the title."""
    parts, free = [], dict.fromkeys(NAMES, 0.0)
    for mark in sorted(marks, key=lambda one: one.at):
        at = x(mark.at)
        told = f"{_clock(mark.at)} {mark.name}"
        parts.append(
            f'<line class="mark {mark.kind}" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP - 6}" '
            f'y2="{HEIGHT - BOTTOM}"><title>{escape(told)}</title></line>'
        )
        width = 6.4 * len(mark.name)
        left = min(at, WIDTH - width)
        row = next((row for row in NAMES if left >= free[row]), None)
        if row is not None:
            parts.append(
                f'<text class="name {mark.kind}" x="{left:.1f}" y="{row}">'
                f"{escape(mark.name)}</text>"
            )
            free[row] = left + width + 8
    return parts


def _runs(points: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """The samples without a pause between them: no data is no line."""
    pauses = [after[0] - before[0] for before, after in pairwise(points)]
    usual = median(pauses) if pauses else 0.0
    runs = [[points[0]]]
    for pause, point in zip(pauses, points[1:], strict=True):
        if pause > GAP * usual:
            runs.append([])
        runs[-1].append(point)
    return runs


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(points) <= MOST:
        return list(points)
    size = math.ceil(len(points) / MOST)
    runs = [points[n : n + size] for n in range(0, len(points), size)]
    kept = [max(run, key=lambda point: point[1]) for run in runs]
    # the first and the last say from when to when it was measured
    return sorted({(at, value) for at, value in (points[0], *kept, points[-1])})


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= value * 0.9999)


def shown(value: float, unit: str) -> str:
    """A value of an axis in the signal's unit."""
    if unit == "share":
        return f"{value * 100:.3g} %"
    if unit == "s":
        return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"
    return f"{value:.3g}{unit}"


def _clock(at: float) -> str:
    seconds = int(at) % 86400
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
