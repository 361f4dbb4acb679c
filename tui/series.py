"""Metric evidence as series to plot: the figures of its lines, and gaps where there are none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LINE = re.compile(r"(\d\d:\d\d:\d\d)Z?\s+(\S.*)")
_FIGURE = re.compile(r"\b([a-z]\w*) (\d+(?:\.\d+)?)(?:/\d+)? ?(%|ms|s|/s)?(?![\w.])")
_SCALE = {"%": 0.01, "ms": 0.001}
LEAST = 3
"""Points below which a plot says less than its lines."""


@dataclass(frozen=True, slots=True)
class Series:
    """One signal over the lines of an item; None where a line says nothing of it."""

    name: str
    values: tuple[float | None, ...]

    @property
    def known(self) -> list[float]:
        return [value for value in self.values if value is not None]


@dataclass(frozen=True, slots=True)
class Plotted:
    """All series of an item, and the times of its first and last line."""

    series: tuple[Series, ...]
    begin: str
    end: str


def plotted(lines: Sequence[str]) -> Plotted | None:
    """What can be plotted of these lines; None when they are no samples over time."""
    times: list[str] = []
    looks: list[dict[str, float]] = []
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            continue
        times.append(found[1])
        looks.append(
            {m[1]: float(m[2]) * _SCALE.get(m[3] or "", 1.0) for m in _FIGURE.finditer(found[2])}
        )
    names = list(dict.fromkeys(name for look in looks for name in look))
    if len(times) < LEAST or not names:
        return None
    series = tuple(Series(name, tuple(look.get(name) for look in looks)) for name in names)
    return Plotted(series, times[0], times[-1])


def resampled(values: Sequence[float | None], cells: int) -> list[float | None]:
    """As many values as there are cells: means of those that share a cell, else the one nearest."""
    count = len(values)
    found: list[float | None] = []
    for cell in range(cells):
        first = cell * count // cells
        last = max(first + 1, (cell + 1) * count // cells)
        known = [value for value in values[first:last] if value is not None]
        found.append(sum(known) / len(known) if known else None)
    return found
