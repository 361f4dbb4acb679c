"""Whether the service is well again: numbers against the baseline from before the incident.

No data is not recovery. A look passes when every check passes; the incident is over when enough
looks in a row passed over the whole window of the policy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from orchestrator.clock import Clock, span
from orchestrator.evidence.sources.ring import Sample
from orchestrator.model.policy import Validation

BASELINE_SECONDS = 600.0
"""How long before the impact the baseline is taken from."""

MARGIN = 5.0
"""Seconds before the impact that no longer belong to the baseline."""

Samples = Callable[[float], Sequence[Sample]]
"""Samples since a time."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The medians of normal time; a signal nobody measured is missing."""

    values: dict[str, float]
    samples: int


def baseline(samples: Sequence[Sample], impact_at: float) -> Baseline:
    """Medians of each signal over the time before the impact."""
    calm = [s for s in samples if s.ok and impact_at - BASELINE_SECONDS <= s.t < impact_at - MARGIN]
    names = {name for sample in calm for name in sample.values}
    values = {
        name: median(s.values[name] for s in calm if name in s.values) for name in sorted(names)
    }
    return Baseline(values, len(calm))


def check(sample: Sample | None, normal: Baseline, policy: Validation) -> list[dict[str, Any]]:
    """One look: each signal with its value, baseline, limit and state."""
    usual = normal.values
    limits = {
        "traffic": _times(usual.get("requests"), policy.traffic_share),
        "errors": max(policy.error_ratio, usual.get("errors", 0.0) * 1.5),
        "p95": max(usual["p95"] * policy.latency_factor, policy.latency_floor)
        if "p95" in usual
        else None,
        "saturation": policy.saturation,
    }
    signals = {"traffic": "requests", "errors": "errors", "p95": "p95", "saturation": "saturation"}
    units = {"traffic": "req/s", "errors": "share", "p95": "s", "saturation": "share"}
    rows: list[dict[str, Any]] = []
    for name, signal in signals.items():
        value = sample.values.get(signal) if sample is not None and sample.ok else None
        if name == "saturation" and value is None and signal not in usual:
            continue
        limit = limits[name]
        rows.append(
            {
                "name": name,
                "state": _state(name, value, limit),
                "value": value,
                "baseline": usual.get(signal),
                "limit": limit,
                "unit": units[name],
            }
        )
    return rows


async def validate(
    samples: Samples,
    impact_at: float,
    policy: Validation,
    clock: Clock,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Look until it has stayed well over the window, or patience ends; the report's fields."""
    begun = clock.now()
    normal = baseline(samples(impact_at - BASELINE_SECONDS), impact_at)
    say(_normal(normal))
    passes, restored_at, seen = 0, None, begun
    while True:
        await clock.sleep(policy.interval)
        now = clock.now()
        fresh = [s for s in samples(seen) if s.t > seen]
        sample = fresh[-1] if fresh else None
        seen = sample.t if sample else seen
        rows = check(sample, normal, policy)
        well = all(row["state"] == "pass" for row in rows)
        passes = passes + 1 if well else 0
        restored_at = (restored_at if restored_at is not None else now) if well else None
        stable = round(now - restored_at, 3) if restored_at is not None else 0.0
        say(_look(rows, passes, policy, stable))
        over = passes >= policy.passes and stable >= policy.window
        if over or now - begun >= policy.patience:
            return {
                "checks": rows,
                "passes": passes,
                "needed": policy.passes,
                "stable_for": stable,
                "window": policy.window,
                "restored_at": restored_at,
                "gave_up": not over,
            }


def _state(name: str, value: float | None, limit: float | None) -> str:
    if value is None or limit is None:
        return "no data"
    good = value >= limit if name == "traffic" else value <= limit
    return "pass" if good else "fail"


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _normal(normal: Baseline) -> str:
    if not normal.samples:
        return "No sample from before the impact: there is no baseline to compare with.\n"
    shown = ", ".join(f"{name} {value:.3g}" for name, value in normal.values.items())
    return f"Baseline from {normal.samples} samples before the impact: {shown}.\n"


def _look(rows: list[dict[str, Any]], passes: int, policy: Validation, stable: float) -> str:
    parts = []
    for row in rows:
        value = "no data" if row["value"] is None else f"{row['value']:.3g}"
        mark = {"pass": "✓", "fail": "×", "no data": "○"}[row["state"]]
        parts.append(f"{mark} {row['name']} {value}")
    run = f"{passes} of {policy.passes} in a row, well for {span(stable)} of {span(policy.window)}"
    return "   ".join(parts) + f"\n{run}\n"
