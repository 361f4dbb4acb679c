"""A tiny monitor: error share and p95 from what the service itself counts, and two rules for them.

Pure: samples go in, alerts come out; who scrapes and who writes is elsewhere.
"""

import re
from collections import deque
from dataclasses import dataclass

from orchestrator.drills.rules import Alert, Judge, Rule

WINDOW = 5.0

_SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Sample:
    """The counters of one scrape, summed over all routes."""

    at: float
    total: float
    failed: float
    buckets: tuple[tuple[float, float], ...]
    """upper bound → how many requests took at most that long"""
    in_use: float
    size: float


@dataclass(frozen=True, slots=True)
class Health:
    """What a few seconds of samples say. Shares are 0..1, lengths seconds."""

    at: float
    rate: float
    errors: float
    p95: float
    in_use: int
    size: int


def tell(service: str, seen: Health, rule: Rule) -> tuple[str, str]:
    """Summary and description of an alert about the service itself."""
    what = f"{seen.errors:.0%} of requests to {service} fail"
    if rule.figure == "p95":
        what = f"{service} answers slowly: p95 is {seen.p95 * 1000:.0f} ms"
    return what, (
        f"Over the last {WINDOW:.0f} s: {seen.rate:.1f} requests/s, {seen.errors:.1%}"
        f" failed, p95 {seen.p95 * 1000:.0f} ms, {seen.in_use} of {seen.size}"
        " database connections in use."
    )


RULES = (
    Rule("HighErrorRatio", "critical", "errors", 0.10, 3.0),
    Rule("HighLatency", "warning", "p95", 0.45, 5.0),
)


def sample(page: str, at: float) -> Sample:
    """A metrics page as the counters the rules need."""
    total = failed = in_use = size = 0.0
    buckets: dict[float, float] = {}
    for line in page.splitlines():
        match = _SERIES.match(line)
        if match is None:
            continue
        name, labels, value = match[1], dict(_LABEL.findall(match[2] or "")), float(match[3])
        if name == "http_requests_total":
            total += value
            failed += value if labels.get("code", "").startswith("5") else 0
        elif name == "http_request_duration_seconds_bucket":
            bound = float(labels["le"])
            buckets[bound] = buckets.get(bound, 0) + value
        elif name == "db_pool_in_use":
            in_use = value
        elif name == "db_pool_size":
            size = value
    return Sample(at, total, failed, tuple(sorted(buckets.items())), in_use, size)


def quantile(buckets: tuple[tuple[float, float], ...], share: float) -> float:
    """The value below which that share lies, interpolated as Prometheus does it."""
    if not buckets or not buckets[-1][1]:
        return 0.0
    wanted = share * buckets[-1][1]
    low = below = 0.0
    for bound, count in buckets:
        if count >= wanted:
            if bound == float("inf"):
                return low
            return low + (bound - low) * (wanted - below) / max(count - below, 1.0)
        low, below = bound, count
    return low


def health(old: Sample, new: Sample) -> Health | None:
    """What happened between two samples; None when nothing did, or the service was restarted."""
    served = new.total - old.total
    if served <= 0 or new.at <= old.at:
        return None
    before = dict(old.buckets)
    grown = tuple((bound, count - before.get(bound, 0)) for bound, count in new.buckets)
    return Health(
        at=new.at,
        rate=served / (new.at - old.at),
        errors=(new.failed - old.failed) / served,
        p95=quantile(grown, 0.95),
        in_use=int(new.in_use),
        size=int(new.size),
    )


class Monitor:
    """Keeps the last seconds of one service and judges them by its rules."""

    def __init__(self, service: str) -> None:
        self.judge = Judge(service, RULES, tell)
        self._samples: deque[Sample] = deque()

    @property
    def alerts(self) -> dict[str, Alert]:
        return self.judge.alerts

    def add(self, new: Sample) -> Health | None:
        """Take one more scrape; the health it completes, if it completes one."""
        if self._samples and new.total < self._samples[-1].total:
            self._samples.clear()
        self._samples.append(new)
        while len(self._samples) > 2 and new.at - self._samples[1].at >= WINDOW:
            self._samples.popleft()
        found = health(self._samples[0], new)
        if found is not None:
            self.judge.look(found)
        return found
