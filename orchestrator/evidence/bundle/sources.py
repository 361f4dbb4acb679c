"""What each kind of evidence says of each service, on one scale: series, log flow, call times.

Every score is `log1p(score / scale)`, and a service has the best of its sources, not their sum: one
clear sign outweighs many dim ones.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.departure import UP, direction, kind
from orchestrator.evidence.analysis.mining import Miner, Shift
from orchestrator.evidence.bundle.calls import Calls, Spans, calls, spans
from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.bundle.flow import Course, Flow
from orchestrator.evidence.bundle.grounds import (
    Ground,
    of_departure,
    of_edge,
    of_outcry,
    of_shift,
    of_step,
)
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.services import Sign, measured, standings
from orchestrator.evidence.bundle.utterances import moment
from orchestrator.evidence.sources.stamps import Stamps

FLOW_SCALE, CALL_SCALE = 3.0, 3.0
RESOURCE_WEIGHT = 0.15
"""Weight of a starved resource where statements or calls are there to speak for themselves."""

RATE_SCALE, RATE_WEIGHT, CALM = 6.0, 0.5, 0.5
"""Of changed rates of log templates: callers log what their callees do, so they weigh little, and
those of lines that are no complaint less."""

Shifts = Mapping[str, Sequence[Shift]]
"""Templates said at another rate, by service, the clearest first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One service: how much speaks against it, by which source, and what."""

    service: str
    sources: Mapping[str, float]
    """`flow`, `calls` or `series` → what it says"""
    grounds: tuple[Ground, ...]

    @property
    def score(self) -> float:
        return max(0.0, *self.sources.values())


@dataclass(frozen=True, slots=True)
class Signals:
    """Everything that was measured, and the suspects in their order."""

    signs: dict[str, list[Sign]]
    flow: Flow
    calls: Calls
    shifts: Shifts
    suspects: tuple[Candidate, ...]


def signals(bundle: Bundle, found: Windows) -> Signals:
    """Measure every source. Logs and traces are read once, as streams."""
    known = spans(bundle.records("traces.ndjson"))
    known.say(bundle.notes)
    called = calls(known.calls.kept, found, bundle.notes)
    said, shifts = _logs(bundle, found, known)
    signs = measured(bundle, found)
    if said.steps or called.edges:
        suspects = _by_course(signs, said, called, shifts, found)
    else:
        suspects = _by_series(bundle, signs, shifts, found)
    return Signals(signs, said, called, shifts, suspects)


def _logs(bundle: Bundle, found: Windows, known: Spans) -> tuple[Flow, Shifts]:
    """The course of the code inside spans; where no line is in a span, how often what is said."""
    miner, stamps = Miner(), Stamps()
    course = Course(known.start, found, miner.grouping)
    in_spans = False
    for number, record in bundle.numbered("logs.ndjson"):
        at = moment(record.get("timestamp"), stamps)
        if at is None:
            bundle.notes.add("logs.ndjson: a line without a time, left out")
            continue
        service, message = str(record.get("service") or ""), str(record.get("message") or "")
        span, severity = str(record.get("span_id") or ""), str(record.get("severity") or "")
        course.take(at, service, span, severity, message)
        in_spans = in_spans or bool(span)
        if not in_spans:
            miner.add(at, service, severity, message, number)
    said = course.flow(bundle.notes)
    if in_spans:
        return said, {}
    for note in miner.notes():
        bundle.notes.add(f"logs.ndjson: {note}")
    shifts: dict[str, list[Shift]] = {}
    for shift in miner.shifts(found.normal, found.incident):
        if shift.service:
            shifts.setdefault(shift.service, []).append(shift)
    return said, shifts


def _by_series(
    bundle: Bundle, signs: dict[str, list[Sign]], shifts: Shifts, found: Windows
) -> tuple[Candidate, ...]:
    by_series = {one.service: one for one in standings(bundle, signs)}
    judged = []
    for service in sorted({*by_series, *shifts}):
        one = by_series.get(service)
        sources = {
            "series": one.score if one is not None else 0.0,
            "rates": _rates(shifts.get(service, ())),
        }
        grounds = (
            *(_departures(one.signs[:3], found) if one is not None else ()),
            *(of_shift(shift, found) for shift in shifts.get(service, ())[:2]),
        )
        judged.append(Candidate(service, sources, grounds))
    return tuple(sorted(judged, key=lambda one: (-one.score, one.service)))


def _by_course(
    signs: dict[str, list[Sign]], said: Flow, called: Calls, shifts: Shifts, found: Windows
) -> tuple[Candidate, ...]:
    """Where statements and calls are known, of all series only starved resources are asked."""
    judged = []
    at_calls = {end for edge in called.edges for end in (edge.caller, edge.callee)}
    for service in sorted({*said.steps, *said.loud, *at_calls, *signs, *shifts}):
        starved = [s for s in signs.get(service, ()) if _is_resource(s.series.metric)]
        sources = {
            "flow": math.log1p(said.score(service) / FLOW_SCALE),
            "calls": math.log1p(called.score(service) / CALL_SCALE),
            "series": RESOURCE_WEIGHT * (starved[0].weight if starved else 0.0),
            "rates": _rates(shifts.get(service, ())),
        }
        touching = [e for e in called.edges if service in (e.caller, e.callee)]
        grounds = (
            *(of_step(step, found) for step in said.steps.get(service, ())[:2]),
            *(of_outcry(service, *loud, found) for loud in said.loud.get(service, ())[:1]),
            *(of_edge(edge, found) for edge in touching[:2]),
            *_departures(starved[:1], found),
            *(of_shift(shift, found) for shift in shifts.get(service, ())[:2]),
        )
        judged.append(Candidate(service, sources, grounds))
    return tuple(sorted(judged, key=lambda one: (-one.score, one.service)))


def _departures(signs: Sequence[Sign], found: Windows) -> tuple[Ground, ...]:
    return tuple(of_departure(one.series, one.departure, found) for one in signs)


def _rates(shifts: Sequence[Shift]) -> float:
    """The clearest change of what is said; that a service fell silent counts as well."""
    clear = (abs(one.surprise) * (1.0 if one.bad else CALM) for one in shifts)
    return RATE_WEIGHT * math.log1p(max(clear, default=0.0) / RATE_SCALE)


def _is_resource(metric: str) -> bool:
    return kind(metric) == "resource" and direction(metric) == UP
