"""What the trouble says and where: its beginning, new errors, failed calls, series that moved."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from orchestrator.evidence.analysis import onset as beginnings
from orchestrator.evidence.analysis.departure import DOWN, UP, Departure, departure, direction
from orchestrator.evidence.bundle.contents import Series, Windows
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.utterances import Gathered, Once, Utterance, of_lines, of_spans
from orchestrator.evidence.bundle.windows import windows

LOOKBACK = 600.0
"""Seconds before the alerting series left its usual in which first errors belong to it."""

FAR = 1.5
"""Weight (of a departure) from which a series counts as moved."""

KEYS = 50_000
"""Different things said whose first time is known at once; the rarest go."""

SERVICES = 10_000
"""Names of services that are held."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A series that left its usual during the trouble."""

    series: Series
    departure: Departure


@dataclass(frozen=True, slots=True)
class Symptoms:
    """Everything a change or an outside cause is held against."""

    onset: float
    onset_from: str
    said: tuple[Utterance, ...]
    """new since the beginning, the loudest first"""
    before: tuple[Utterance, ...]
    """what was said in normal times"""
    moved: tuple[Moved, ...]
    services: frozenset[str]
    """every service that is seen in the telemetry or among the deploys"""

    @property
    def affected(self) -> frozenset[str]:
        """Services that complain, or whose series moved."""
        complaining = {one.service for one in self.said if one.bad}
        return frozenset(complaining | {one.series.service for one in self.moved}) - {""}


def symptoms(bundle: Bundle) -> Symptoms:
    """Read the telemetry twice, as a stream: when it began, then what was said before and since."""
    found = windows(bundle)
    began, by = _onset(bundle, found)
    first = _First(began)
    for one in _heard(bundle):
        first.take(one)
    earliest = first.complaint()
    if earliest < began or by == "alert":
        began, by = earliest, "errors"
    since, before = Gathered(), Gathered()
    for one in _heard(bundle):
        if one.at < began:
            before.take(one)
        elif not first.is_normal(one):
            since.take(one)
    since.say(bundle.notes, "since the trouble began")
    before.say(bundle.notes, "before the trouble")
    if first.dropped:
        bundle.notes.add(f"logs and traces: {first.dropped} rarer things said were not "
                         "compared with normal times")  # fmt: skip
    if first.unnamed:
        bundle.notes.add(f"logs and traces: {first.unnamed} things said by services beyond the "
                         f"first {SERVICES} were not counted as theirs")  # fmt: skip
    vendor = [
        Utterance("log_patterns.json", p.service, p.signature, p.signature, int(p.count), began,
                  number, p.negative)
        for number, p in enumerate(bundle.patterns, start=1) if p.delta > 0
    ]  # fmt: skip
    return Symptoms(
        onset=began,
        onset_from=by,
        said=(*since.utterances(), *vendor),
        before=before.utterances(),
        moved=tuple(_moved(bundle, found)),
        services=_services(bundle, first.services),
    )


def _heard(bundle: Bundle) -> Iterator[Once]:
    yield from of_lines(bundle.numbered("logs.ndjson"))
    yield from of_spans(bundle.numbered("traces.ndjson"))


class _First:
    """When each thing was said first, and whether it was a complaint since the trouble began."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._known: dict[tuple[str, str], tuple[float, bool, int]] = {}
        self.services: set[str] = set()
        self.dropped = self.unnamed = 0

    def take(self, one: Once) -> None:
        bad = one.bad and one.at >= self._began
        known = self._known.get(one.key)
        if known is not None:
            self._known[one.key] = (min(known[0], one.at), known[1] or bad, known[2] + 1)
            return
        if len(self._known) >= KEYS:
            order = sorted(self._known.items(), key=lambda item: (item[1][1], item[1][2]))
            for key, _ in order[: KEYS // 2]:
                del self._known[key]
            self.dropped += KEYS // 2
        self._known[one.key] = (one.at, bad, 1)
        if len(self.services) < SERVICES:
            self.services.add(one.service)
        elif one.service not in self.services:
            self.unnamed += 1

    def is_normal(self, one: Once) -> bool:
        """Whether it was said long before the trouble as well."""
        known = self._known.get(one.key)
        return known is not None and known[0] < self._began - LOOKBACK

    def complaint(self) -> float:
        """The first complaint of those that go on in the trouble: a stray one before is none of it;
        the beginning itself where there is none."""
        since = self._began - LOOKBACK
        firsts = [at for at, bad, _ in self._known.values() if bad and at >= since]
        return min(firsts, default=self._began)


def _onset(bundle: Bundle, found: Windows) -> tuple[float, str]:
    """When the alerting series left its usual; else any of its service's; else the alert."""
    alert = bundle.alert
    own = [series for series in bundle.series if series.service == alert.service]
    for chosen in ([s for s in own if s.metric == alert.metric], own):
        times = [at for series in chosen if (at := _began(series, found)) is not None]
        if times:
            return min(times), "metrics"
    return min(alert.at, found.incident[1]), "alert"


def _began(series: Series, found: Windows) -> float | None:
    points = [(float(t), float(v)) for t, v in zip(series.times, series.values, strict=True)]
    until = found.incident[1]
    points = [point for point in points if point[0] <= until]
    ways = [way] if (way := direction(series.metric)) else [UP, DOWN]
    left = [beginnings.onset(series.metric, points, direction=way) for way in ways]
    return min((one.at for one in left if one is not None), default=None)


def _moved(bundle: Bundle, found: Windows) -> Iterator[Moved]:
    for series in bundle.series:
        left = departure(series.times, series.values, found.incident, found.normal, series.metric)
        if left is not None and left.weight >= FAR and np.isfinite(left.weight):
            yield Moved(series, left)


def _services(bundle: Bundle, heard: set[str]) -> frozenset[str]:
    found = heard | {one.service for one in bundle.series}
    found |= {one.service for one in bundle.changes.deploys} | set(bundle.graph.nodes)
    return frozenset(found | {bundle.alert.service}) - {""}
