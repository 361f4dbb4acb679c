"""The metrics over all incidents, each with its definition, its target and how many it rests on.

Pure: from measured incidents and the time of the report. Names and targets are those of the
incident flow ("Metrics over all incidents"); lengths are those of `durations.py`. A mean is over
the incidents that have the figure, `of` says how many should have it. Where none has, the value is
None: neither 0 nor 100 %.
"""

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from orchestrator.model.action_item import DONE, DROPPED
from orchestrator.model.measured import Measured
from orchestrator.model.policy import DAY, Policy, in_time, promise_ends

MET, MISSED, NO_DATA, NO_TARGET = "MET", "MISSED", "NO DATA", "NO TARGET"

AGAIN = 90 * DAY
"""How long after its resolution the same fault counts as a recurrence."""

TIERS = {1: (0.60, 0.80), 2: (0.15, 0.30), 3: (0.05, 0.10)}
"""Tier → the share of incidents that it should resolve."""

RECURRENCE, REVIEWS, ACTIONS = 0.05, 1.0, 0.90


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of the report."""

    id: str
    name: str
    unit: str
    """s | share"""
    value: float | None
    n: int
    """how many figures the value rests on"""
    of: int
    """how many incidents, rollbacks or actions it is about"""
    low: float | None = None
    high: float | None = None
    """the target: at least, at most; None where there is no such bound"""
    strict: bool = False
    """true where the bound itself no longer keeps the target"""
    median: float | None = None
    worst: float | None = None
    kept: int | None = None
    """how many single ones kept what was promised for them"""
    note: str = ""

    @property
    def verdict(self) -> str:
        """MET | MISSED | NO DATA | NO TARGET"""
        if self.value is None:
            return NO_DATA
        if self.low is None and self.high is None:
            return NO_TARGET
        below = self.low is not None and self.value < self.low
        above = self.high is not None and self.value > self.high
        touches = self.strict and self.value in (self.low, self.high)
        return MISSED if below or above or touches else MET


def recurring(measured: Iterable[Measured]) -> frozenset[str]:
    """Incidents whose fault came again: they were reopened, or another incident of the same service
    with the same cause was detected within 90 days after their resolution.

    Over all incidents, before any grouping: what comes again may come with another severity.
    """
    known = [one for one in measured if one.fault is not None]
    by_fault: dict[tuple[str, str], list[float]] = {}
    for one in known:
        assert one.fault is not None
        by_fault.setdefault(one.fault, []).append(one.detected_at)
    return frozenset(
        one.incident
        for one in known
        if one.fault is not None and (one.reopened or _again(one.resolved_at, by_fault[one.fault]))
    )


def _again(resolved: float, detected: Iterable[float]) -> bool:
    return bool(resolved) and any(resolved < at <= resolved + AGAIN for at in detected)


def metrics(
    measured: Sequence[Measured], policy: Policy, again: frozenset[str], now: float
) -> tuple[Metric, ...]:
    """Every metric, in the order of the flow. `policy`: whose promises are the targets."""
    return (
        _detection(measured, policy),
        _regression_triage(measured, policy),
        *(_acknowledgement(measured, policy, level) for level in ("P0", "P1", "P2")),
        *(_engagement(measured, policy, level) for level in ("P0", "P1")),
        *(_resolution(measured, policy, level) for level in ("P0", "P1", "P2")),
        *(_by_tier(measured, tier) for tier in TIERS),
        _regressions_found(measured),
        _rollback_success(measured),
        _recurrence(measured, again),
        _reviews(measured, now),
        _actions(measured, now),
    )


def _detection(measured: Sequence[Measured], policy: Policy) -> Metric:
    """MTTD: mean from the start of impact to the detection, of incidents whose start is known."""
    return _mean(
        "mttd",
        "Time to detect",
        measured,
        lambda one: one.took.detection,
        lambda one, took: took <= one.policy.detection_target,
        policy.detection_target,
    )


def _regression_triage(measured: Sequence[Measured], policy: Policy) -> Metric:
    """Mean from detection to the first verdict of the regression triage."""
    return _mean(
        "regression-triage",
        "Regression triage",
        measured,
        lambda one: one.took.regression,
        lambda one, took: took <= one.policy.regression_target,
        policy.regression_target,
    )


def _acknowledgement(measured: Sequence[Measured], policy: Policy, level: str) -> Metric:
    """MTTA: mean from detection to the acknowledgement that stands, by the last severity. One that
    lapsed, because nothing followed it, counts for nothing."""
    return _mean(
        f"mtta-{level.lower()}",
        f"Time to acknowledge {level}",
        [one for one in measured if one.severity == level],
        lambda one: one.took.acknowledgement,
        lambda one, took: _kept(one, took, one.promised.acknowledge),
        policy.table[level].acknowledge,
    )


def _engagement(measured: Sequence[Measured], policy: Policy, level: str) -> Metric:
    """MTTE: mean from detection to the first thing a person does beyond acknowledging."""
    return _mean(
        f"mtte-{level.lower()}",
        f"Time to engage {level}",
        [one for one in measured if one.severity == level],
        lambda one: one.took.engagement,
        lambda one, took: _kept(one, took, one.promised.engage),
        policy.table[level].engage,
    )


def _resolution(measured: Sequence[Measured], policy: Policy, level: str) -> Metric:
    """MTTR: mean from detection to the resolution that stands, which is a reopened one's last."""
    return _mean(
        f"mttr-{level.lower()}",
        f"Time to resolve {level}",
        [one for one in measured if one.severity == level],
        lambda one: one.took.resolution,
        lambda one, took: _kept(one, took, one.promised.resolve),
        policy.table[level].resolve,
    )


def _by_tier(measured: Sequence[Measured], tier: int) -> Metric:
    """Share of resolved incidents whose highest engaged tier is this one; those that were resolved
    before any tier was engaged are left out."""
    resolved = [one for one in measured if one.resolved_at]
    tiered = [one for one in resolved if one.tier]
    hit = sum(1 for one in tiered if one.tier == tier)
    low, high = TIERS[tier]
    name, of = f"Resolved at tier {tier}", len(resolved)
    return _share(f"tier-{tier}", name, hit, len(tiered), of, low, high)


def _regressions_found(measured: Sequence[Measured]) -> Metric:
    """Regression detection rate: of the incidents whose concluded root cause is a change, the share
    that the regression triage had called CONFIRMED or LIKELY."""
    true = [one for one in measured if one.from_change]
    hit = sum(1 for one in true if one.called_regression)
    return _share("regression-detection", "Regressions detected", hit, len(true), len(true))


def _rollback_success(measured: Sequence[Measured]) -> Metric:
    """Share of rollbacks that ran and after which the service stayed well over the whole window."""
    ran = [helped for one in measured for helped in one.rollbacks]
    return _share("rollback-success", "Rollbacks that worked", sum(ran), len(ran), len(ran))


def _recurrence(measured: Sequence[Measured], again: frozenset[str]) -> Metric:
    """Share of resolved incidents of known cause whose fault came again within 90 days."""
    resolved = [one for one in measured if one.resolved_at or one.reopened]
    known = [one for one in resolved if one.fault is not None]
    hit = sum(1 for one in known if one.incident in again)
    name, of = "Came again in 90 days", len(resolved)
    return _share("recurrence", name, hit, len(known), of, high=RECURRENCE, strict=True)


def _reviews(measured: Sequence[Measured], now: float) -> Metric:
    """PIR completion: of resolved P0 and P1 whose review is written, or due by now, or can come no
    more because they are closed, the share whose review is written. Kept: within its time."""
    owed = [one for one in measured if one.severity in ("P0", "P1") and one.resolved_at]
    due = [one for one in owed if one.reviewed or one.closed or _review_due(one) <= now]
    hit = sum(1 for one in due if one.reviewed)
    kept = sum(1 for one in due if one.reviewed and _in_time(one))
    name = "Reviews written P0 P1"
    return _share("reviews", name, hit, len(due), len(owed), low=REVIEWS, kept=kept)


def _review_due(one: Measured) -> float:
    limit = one.promised.review
    if limit is None:
        return math.inf
    return promise_ends(one.policy, one.severity, one.resolved_at, limit)


def _in_time(one: Measured) -> bool:
    return in_time(one.policy, one.severity, one.resolved_at, one.took.review, one.promised.review)


def _kept(one: Measured, took: float, limit: float | None) -> bool:
    return in_time(one.policy, one.severity, one.detected_at, took, limit)


def _actions(measured: Sequence[Measured], now: float) -> Metric:
    """Of preventive actions that are done, or open behind their date, the share done by that date;
    what was dropped or is not due yet is left out."""
    every = [item for one in measured for item in one.actions]
    dated = [item for item in every if item.due and item.status != DROPPED]
    counted = [item for item in dated if item.status == DONE or item.late(now)]
    hit = sum(1 for item in counted if item.status == DONE and item.ended_at <= item.due)
    moved = sum(1 for item in counted if item.moved)
    note = f"{moved} with a moved date" if moved else ""
    name = "Actions done in time"
    return _share(
        "actions", name, hit, len(counted), len(every), low=ACTIONS, strict=True, note=note
    )


def _mean(
    key: str,
    name: str,
    about: Sequence[Measured],
    figure: Callable[[Measured], float | None],
    kept: Callable[[Measured, float], bool],
    target: float | None,
) -> Metric:
    pairs = [(one, took) for one in about if (took := figure(one)) is not None]
    lengths = [took for _, took in pairs]
    if not lengths:
        return Metric(key, name, "s", None, 0, len(about), high=target)
    return Metric(
        key,
        name,
        "s",
        round(math.fsum(lengths) / len(lengths), 3),
        len(lengths),
        len(about),
        high=target,
        median=round(statistics.median(lengths), 3),
        worst=max(lengths),
        kept=sum(1 for one, took in pairs if kept(one, took)),
    )


def _share(
    key: str,
    name: str,
    hit: int,
    n: int,
    of: int,
    low: float | None = None,
    high: float | None = None,
    *,
    strict: bool = False,
    kept: int | None = None,
    note: str = "",
) -> Metric:
    value = round(hit / n, 6) if n else None
    kept = kept if n else None
    return Metric(key, name, "share", value, n, of, low, high, strict, kept=kept, note=note)
