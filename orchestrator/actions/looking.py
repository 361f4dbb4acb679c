"""One look at a service: its signals against the time before the incident, and what users do.

A sample is looked at once. What falls into the restart of a change, also in part, is marked so.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from orchestrator.evidence.sources.ring import Sample
from orchestrator.model.policy import Validation

BASELINE_SECONDS = 600.0
"""How long before the impact the baseline is taken from."""

MARGIN = 5.0
"""Seconds before the impact that no longer belong to the baseline."""

Samples = Callable[[float], Sequence[Sample]]
"""Samples since a time."""

Row = dict[str, Any]

Walk = Callable[[], Awaitable[list[Row]]]
"""The journeys and the health address, asked now."""

SIGNALS = {
    "traffic": ("requests", "req/s"),
    "throughput": ("good", "req/s"),
    "errors": ("errors", "share"),
    "p95": ("p95", "s"),
    "saturation": ("saturation", "share"),
}
"""Check → its signal and unit. `good`: requests a second that did not fail."""

WHERE_USUAL = ("throughput", "saturation")
"""Checks of services that gave their signal before the incident; no other has them."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The medians of normal time; a signal nobody measured is missing."""

    values: dict[str, float]
    samples: int


async def nothing() -> list[Row]:
    """A service without journeys."""
    return []


@dataclass(slots=True)
class Looks:
    """Looks at one service, one after the other."""

    samples: Samples
    normal: Baseline
    policy: Validation
    quiet_until: float
    """end of the restart of the change"""
    seen: float
    """time of the last sample that was looked at"""
    walk: Walk = field(default=nothing)
    measured: bool = True

    async def look(self, now: float) -> tuple[list[Row], bool]:
        """The checks now, and whether they are of the restart."""
        rows, restart = [], now < self.quiet_until
        if self.measured:
            fresh = [s for s in self.samples(self.seen) if s.t > self.seen]
            sample = fresh[-1] if fresh else None
            before = fresh[-2].t if len(fresh) > 1 else self.seen
            restart = restart or (sample is not None and before < self.quiet_until)
            self.seen = sample.t if sample else self.seen
            rows = check(sample, self.normal, self.policy)
        return rows + await self.walk(), restart


def baseline(samples: Sequence[Sample], impact_at: float) -> Baseline:
    """Medians of each signal over the time before the impact."""
    calm = [s for s in samples if s.ok and impact_at - BASELINE_SECONDS <= s.t < impact_at - MARGIN]
    told = [_signals(sample) for sample in calm]
    names = {name for values in told for name in values}
    values = {
        name: median(values[name] for values in told if name in values) for name in sorted(names)
    }
    return Baseline(values, len(calm))


def check(sample: Sample | None, normal: Baseline, policy: Validation) -> list[Row]:
    """One look: each signal with its value, baseline, limit and state."""
    usual = normal.values
    now = _signals(sample) if sample is not None and sample.ok else {}
    limits = {
        "traffic": _times(usual.get("requests"), policy.traffic_share),
        "throughput": _times(usual.get("good"), policy.traffic_share),
        "errors": max(policy.error_ratio, usual.get("errors", 0.0) * 1.5),
        "p95": max(usual["p95"] * policy.latency_factor, policy.latency_floor)
        if "p95" in usual
        else None,
        "saturation": policy.saturation,
    }
    rows: list[Row] = []
    for name, (signal, unit) in SIGNALS.items():
        value, limit = now.get(signal), limits[name]
        if name in WHERE_USUAL and value is None and signal not in usual:
            continue
        if name == "throughput" and signal not in usual:
            continue
        rows.append(
            {
                "name": name,
                "state": _state(name, value, limit),
                "value": value,
                "baseline": usual.get(signal),
                "limit": limit,
                "unit": unit,
            }
        )
    return rows


def _signals(sample: Sample) -> dict[str, float]:
    """What a sample says, and what follows from it."""
    values = dict(sample.values)
    if "requests" in values and "errors" in values:
        values["good"] = values["requests"] * (1.0 - values["errors"])
    return values


def _state(name: str, value: float | None, limit: float | None) -> str:
    if value is None or limit is None:
        return "no data"
    good = value >= limit if name in ("traffic", "throughput") else value <= limit
    return "pass" if good else "fail"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
