"""What the trouble says and where: its beginning, new errors, failed calls, series that moved."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from orchestrator.evidence.analysis import onset as beginnings
from orchestrator.evidence.analysis.departure import DOWN, UP, Departure, departure, direction
from orchestrator.evidence.analysis.templates import mask
from orchestrator.evidence.bundle.contents import Series, Windows
from orchestrator.evidence.bundle.read import Bundle, Json
from orchestrator.evidence.bundle.windows import windows
from orchestrator.evidence.sources import timestamps

LOOKBACK = 600.0
"""Seconds before the alerting series left its usual in which first errors belong to it."""

FAR = 1.5
"""Weight (of a departure) from which a series counts as moved."""

KEPT = 400
"""Different things said that are kept, and lines of each that are kept."""

SAMPLES = 50

_BAD = re.compile(r"(?i)\b(?:error|warn(?:ing)?|fatal|crit(?:ical)?|panic|alert|emerg)")
_BAD_WORDS = re.compile(
    r"(?i)error|exception|fail|panic|fatal|timed? ?out|refused|denied|exhaust|unavailable|unknown"
    r"|missing|not found|invalid|reject|killed|overload|does not exist|deadline|expired"
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said again and again since the trouble began, and what it rests on."""

    source: str
    """`logs.ndjson`, `traces.ndjson`, `log_patterns.json` or `bundle.json`"""
    service: str
    template: str
    sample: str
    count: int
    first_at: float
    line: int
    """the first of its lines in the source; 0 where it has none"""
    bad: bool
    fields: tuple[Json, ...] = ()
    """the records themselves, some of them"""


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
    """Read the telemetry once, and tell normal from trouble by when it began."""
    found = windows(bundle)
    began, by = _onset(bundle, found)
    logs, spans = list(bundle.numbered("logs.ndjson")), list(bundle.numbered("traces.ndjson"))
    heard = [*_lines(logs), *_spans(spans)]
    normal = {_key(one) for one in heard if one.first_at < began - LOOKBACK}
    # a stray complaint before is none of it: what belongs to the trouble goes on in it
    lasting = {_key(one) for one in heard if one.bad and one.first_at >= began} - normal
    firsts = [one for one in heard if _key(one) in lasting and one.first_at >= began - LOOKBACK]
    first = min((one.first_at for one in firsts), default=began)
    if first < began or by == "alert":
        began, by = first, "errors"
    said = _gathered(one for one in heard if one.first_at >= began and _key(one) not in normal)
    vendor = [
        Utterance("log_patterns.json", p.service, p.signature, p.signature, int(p.count), began,
                  number, p.negative)
        for number, p in enumerate(bundle.patterns, start=1) if p.delta > 0
    ]  # fmt: skip
    return Symptoms(
        onset=began,
        onset_from=by,
        said=(*said, *vendor),
        before=_gathered(one for one in heard if one.first_at < began),
        moved=tuple(_moved(bundle, found)),
        services=_services(bundle, heard),
    )


def _key(one: Utterance) -> tuple[str, str]:
    return one.service, one.template


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


def _lines(records: Iterable[tuple[int, Json]]) -> Iterator[Utterance]:
    for number, record in records:
        at, text = timestamps.value(record.get("timestamp")), str(record.get("message") or "")
        if at is None or not text:
            continue
        severity = str(record.get("severity") or "")
        bad = bool(_BAD.search(severity) or (not severity and _BAD_WORDS.search(text)))
        service = str(record.get("service") or "")
        yield Utterance(
            "logs.ndjson", service, mask(text), text[:500], 1, at, number, bad, (record,)
        )


def _spans(records: Iterable[tuple[int, Json]]) -> Iterator[Utterance]:
    """Failed calls, by what they say failed. Attributes count as fields of the span."""
    for number, record in records:
        attributes = record.get("attributes")
        flat = {**record, **attributes} if isinstance(attributes, dict) else record
        at = timestamps.value(record.get("start"))
        words = (flat.get(name) for name in ("error", "error.type", "error.message"))
        text = "; ".join(str(word) for word in words if word and not isinstance(word, bool))
        if at is None:
            continue
        bad = bool(text) or str(record.get("status") or "").upper() in ("ERROR", "FAILED")
        said = f"{record.get('name') or ''}: {text}" if text else str(record.get("name") or "")
        service = str(record.get("service") or "")
        template = f"{'failed' if bad else 'ok'} {mask(said)}"
        yield Utterance("traces.ndjson", service, template, said[:500], 1, at, number, bad, (flat,))


def _gathered(heard: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """Equal things counted together; the rarest are dropped where there are very many."""
    groups: dict[tuple[str, str, str], list[Utterance]] = {}
    for one in heard:
        groups.setdefault((one.source, *_key(one)), []).append(one)
    found = []
    for group in groups.values():
        first = min(group, key=lambda one: (one.first_at, one.line))
        fields = tuple(one.fields[0] for one in group[:SAMPLES])
        found.append(
            Utterance(first.source, first.service, first.template, first.sample, len(group),
                      first.first_at, first.line, any(o.bad for o in group), fields)
        )  # fmt: skip
    ordered = sorted(found, key=lambda o: (not o.bad, -o.count, o.source, o.service, o.template))
    return tuple(ordered[:KEPT])


def _services(bundle: Bundle, heard: Iterable[Utterance]) -> frozenset[str]:
    found = {one.service for one in heard} | {one.service for one in bundle.series}
    found |= {one.service for one in bundle.changes.deploys} | set(bundle.graph.nodes)
    return frozenset(found | {bundle.alert.service}) - {""}
