"""The four signals of a service from two readings of its Prometheus page.

A counter that fell was restarted: that gives no sample, never a negative rate. A value that is not
there is left out: no data is not zero.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evidence.sources.prometheus import PageSample, Selector, parse, selector, total
from orchestrator.evidence.sources.source import SourceError
from orchestrator.evidence.sources.web import ask
from orchestrator.settings import Signals

PAGE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """A metrics page as it was at a moment."""

    at: float
    samples: tuple[PageSample, ...]


class Restarted(Exception):
    """Counters began anew between two readings: nothing can be said about the time between."""


async def fetch(address: str, timeout: float) -> str:
    """The text at an address, asked directly. SourceError says what answered instead."""
    answer = await ask(address, timeout, PAGE_BYTES)
    if not answer.good:
        raise SourceError(f"{address} answers {answer.status}")
    if answer.truncated:
        raise SourceError(f"{address}: more than {PAGE_BYTES} bytes")
    return answer.body


def page(at: float, text: str) -> Page:
    """A page from its text."""
    return Page(at, tuple(parse(text)))


def values(before: Page, after: Page, signals: Signals) -> dict[str, float]:
    """requests (a second), errors (share), p95 (seconds), saturation (share), in_use, capacity.

    Raises Restarted when the service's counters began anew in between.
    """
    seconds = after.at - before.at
    if seconds <= 0:
        return {}
    if _start(after) is not None and _start(before) != _start(after):
        raise Restarted
    found: dict[str, float] = {}
    requests = _increase(before, after, signals.requests)
    if requests is not None:
        found["requests"] = requests / seconds
        # a series of failures appears with the first failure: until then there were none,
        # but only where there was traffic to fail
        failed = _increase(before, after, signals.errors) if signals.errors else None
        if signals.errors and requests > 0:
            found["errors"] = min(1.0, (failed or 0.0) / requests)
    if signals.latency:
        p95 = _quantile(0.95, _buckets(before, after, signals.latency))
        if p95 is not None:
            found["p95"] = p95
    in_use = total(_select(after, signals.in_use))
    capacity = total(_select(after, signals.capacity))
    if in_use is not None:
        found["in_use"] = in_use
    if capacity is not None:
        found["capacity"] = capacity
    if in_use is not None and capacity:
        found["saturation"] = in_use / capacity
    return {name: round(value, 6) for name, value in found.items() if math.isfinite(value)}


def _select(page: Page, text: str) -> list[PageSample]:
    return selector(text).of(page.samples) if text else []


def _start(page: Page) -> float | None:
    return total(Selector("process_start_time_seconds").of(page.samples))


def _series(samples: Sequence[PageSample]) -> dict[tuple[tuple[str, str], ...], float]:
    return {tuple(sorted(sample.labels.items())): sample.value for sample in samples}


def _increase(before: Page, after: Page, text: str) -> float | None:
    """By how much the selected counters grew together; None when there are none now."""
    if not text:
        return None
    old, new = _series(_select(before, text)), _series(_select(after, text))
    if not new and not old:
        return None
    if any(labels not in new or new[labels] < value for labels, value in old.items()):
        raise Restarted
    return sum(value - old.get(labels, 0.0) for labels, value in new.items())


def _buckets(before: Page, after: Page, text: str) -> dict[float, float]:
    """How many observations of the time between fell under each bound, over all series."""
    chosen = selector(text).with_suffix("_bucket")
    old = _series(chosen.of(before.samples))
    counts: dict[float, float] = {}
    for sample in chosen.of(after.samples):
        bound = _bound(sample.labels)
        grown = sample.value - old.get(tuple(sorted(sample.labels.items())), 0.0)
        if grown < 0:
            raise Restarted
        if bound is not None:
            counts[bound] = counts.get(bound, 0.0) + grown
    return counts


def _bound(labels: Mapping[str, str]) -> float | None:
    try:
        return float(labels.get("le", ""))
    except ValueError:
        return None


def _quantile(q: float, buckets: Mapping[float, float]) -> float | None:
    """As Prometheus does: linear within a bucket; beyond the last finite bound, that bound."""
    bounds = sorted(buckets)
    if not bounds or bounds[-1] != math.inf or buckets[math.inf] <= 0:
        return None
    rank = q * buckets[math.inf]
    lower, below = 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if bound == math.inf:
                return lower if lower > 0 else None
            inside = buckets[bound] - below
            return lower + (bound - lower) * ((rank - below) / inside if inside else 1.0)
        lower, below = bound, buckets[bound]
    return None
