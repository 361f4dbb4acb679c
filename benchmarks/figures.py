"""What a benchmark found: figures with their bounds, and the table that says which of them hold."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; without a `most` it is shown beside the others and promises nothing."""

    name: str
    value: float
    unit: str
    """us | ms | s | % | MB | x (a ratio within this run)"""
    most: float | None = None
    beside: str = ""
    """what it was measured against, or how much of it"""

    @property
    def holds(self) -> bool:
        return self.most is None or self.value <= self.most

    @property
    def verdict(self) -> str:
        return "" if self.most is None else "PASS" if self.holds else "FAIL"


Bench = Callable[[], Iterable[Figure]]
"""Measures something, giving each figure as soon as it is known."""


def table(found: Sequence[Figure]) -> str:
    """All figures, one a line."""
    rows = [("figure", "measured", "at most", "", "beside")]
    for one in found:
        most = "" if one.most is None else f"{_number(one.most)} {one.unit}"
        measured = f"{_number(one.value)} {one.unit}"
        rows.append((one.name, measured, most, one.verdict, one.beside))
    wide = [max(len(row[n]) for row in rows) for n in range(4)]
    lines = []
    for name, measured, most, verdict, beside in rows:
        figure = f"{name:<{wide[0]}}  {measured:>{wide[1]}}  {most:>{wide[2]}}"
        lines.append(f"{figure}  {verdict:<4}  {beside}".rstrip())
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Wall milliseconds of each run."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return found


def p50(values: Sequence[float]) -> float:
    return median(values)


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]
