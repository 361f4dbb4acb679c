"""What the ring says about a service: the usual, the trouble, and now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from orchestrator.evidence.analysis.onset import Onset, Point, onset
from orchestrator.evidence.analysis.robust import median, quantile
from orchestrator.evidence.sources.ring import Sample

SIGNALS = ("requests", "errors", "p95", "saturation")
HURTING = ("errors", "p95", "requests")
"""Signals whose departure users feel."""

_DOWN_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """Samples of one service with the evidence they lie under."""

    samples: tuple[Sample, ...]
    eid: str
    lines: dict[float, int]
    """line of the evidence by the sample's time"""
    direct: bool = True
    """read from the service itself; a server in between that fails says nothing of the service"""

    def points(self, signal: str, since: float = 0.0, until: float = 1e18) -> list[Point]:
        return [
            (sample.t, sample.values[signal])
            for sample in self.samples
            if sample.ok and signal in sample.values and since <= sample.t <= until
        ]

    def cite(self, at: float) -> str:
        """`E4:17`, the line of the sample at (or first after) a moment."""
        after = [t for t in self.lines if t >= at - 0.001]
        return f"{self.eid}:{self.lines[min(after)]}" if after else self.eid

    @property
    def interval(self) -> float:
        """Seconds between two looks."""
        times = [sample.t for sample in self.samples]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        return median(gaps) if gaps else 1.0

    def onset(self, signal: str, direction: int | None = None) -> Onset | None:
        return onset(signal, self.points(signal), direction)

    def trouble(self) -> Onset | None:
        """The earliest departure that users feel; None when nothing left its usual course."""
        found = [one for one in (self.onset(signal) for signal in HURTING) if one is not None]
        return min(found, key=lambda one: (one.at, HURTING.index(one.signal)), default=None)

    def unreachable_since(self) -> float | None:
        """Since when every look failed, where that still lasts; None while looks succeed."""
        if not self.direct:
            return None
        run: list[Sample] = []
        for sample in reversed(self.samples):
            if sample.ok:
                break
            run.append(sample)
        return run[-1].t if len(run) >= _DOWN_IN_A_ROW else None

    def usual(self, signal: str, before: float) -> float | None:
        """The middle value before a moment; None without data."""
        values = [value for _, value in self.points(signal, until=before - 0.001)]
        return median(values) if values else None

    def during(self, signal: str, since: float) -> float | None:
        """The upper quartile since a moment: robust, and not flattered by a mild beginning."""
        values = [value for _, value in self.points(signal, since=since)]
        return quantile(values, 0.75) if values else None

    def now(self, signal: str, looks: int = 5) -> float | None:
        """The middle of the last looks."""
        values = [value for _, value in self.points(signal)[-looks:]]
        return median(values) if values else None


def rows(samples: Sequence[Sample], written: Sequence[str]) -> dict[float, int]:
    """Line numbers of samples in what was written, from 1."""
    assert len(samples) == len(written)
    return {sample.t: number for number, sample in enumerate(samples, start=1)}
