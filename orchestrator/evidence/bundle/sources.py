"""What each kind of evidence says of each service, on one scale: series, log flow, call times.

Every score is `log1p(score / scale)`, and a service has the best of its sources, not their sum: one
clear sign outweighs many dim ones.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.departure import UP, direction, kind
from orchestrator.evidence.analysis.mining import NEW, Miner, Shift
from orchestrator.evidence.bundle.calls import Calls, Edge, Spans, calls, spans
from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.bundle.flow import Course, Flow, Step
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.result import Exhibits
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

Exhibit = Callable[[Exhibits], str]
"""Files a piece of evidence under a number."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One service: how much speaks against it, and what."""

    service: str
    score: float
    exhibits: tuple[Exhibit, ...]


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
    called = calls(known.calls.kept, found)
    said, shifts = _logs(bundle, found, known)
    signs = measured(bundle, found)
    if said.steps or called.edges:
        suspects = _by_course(signs, said, called, shifts)
    else:
        suspects = _by_series(bundle, signs, shifts)
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
    bundle: Bundle, signs: dict[str, list[Sign]], shifts: Shifts
) -> tuple[Candidate, ...]:
    by_series = {one.service: one for one in standings(bundle, signs)}
    found = []
    for service in sorted({*by_series, *shifts}):
        one = by_series.get(service)
        exhibits = [_sign(sign) for sign in one.signs[:3]] if one is not None else []
        exhibits += [_shift(shift) for shift in shifts.get(service, ())[:2]]
        score = max(0.0, one.score if one is not None else 0.0, _rates(shifts.get(service, ())))
        found.append(Candidate(service, score, tuple(exhibits)))
    return tuple(sorted(found, key=lambda one: (-one.score, one.service)))


def _by_course(
    signs: dict[str, list[Sign]], said: Flow, called: Calls, shifts: Shifts
) -> tuple[Candidate, ...]:
    """Where statements and calls are known, of all series only starved resources are asked."""
    found = []
    at_calls = {end for edge in called.edges for end in (edge.caller, edge.callee)}
    for service in sorted({*said.steps, *said.loud, *at_calls, *signs, *shifts}):
        starved = [s for s in signs.get(service, ()) if _is_resource(s.series.metric)]
        scores = {
            "flow": math.log1p(said.score(service) / FLOW_SCALE),
            "calls": math.log1p(called.score(service) / CALL_SCALE),
            "series": RESOURCE_WEIGHT * (starved[0].weight if starved else 0.0),
            "rates": _rates(shifts.get(service, ())),
        }
        exhibits: list[Exhibit] = [_step(step) for step in said.steps.get(service, ())[:2]]
        touching = [e for e in called.edges if service in (e.caller, e.callee)]
        exhibits += [_edge(edge) for edge in touching[:2]]
        exhibits += [_sign(sign) for sign in starved[:1]]
        exhibits += [_shift(shift) for shift in shifts.get(service, ())[:2]]
        found.append(Candidate(service, max(scores.values()), tuple(exhibits)))
    return tuple(sorted(found, key=lambda one: (-one.score, one.service)))


def _rates(shifts: Sequence[Shift]) -> float:
    """The clearest change of what is said; that a service fell silent counts as well."""
    clear = (abs(one.surprise) * (1.0 if one.bad else CALM) for one in shifts)
    return RATE_WEIGHT * math.log1p(max(clear, default=0.0) / RATE_SCALE)


def _is_resource(metric: str) -> bool:
    return kind(metric) == "resource" and direction(metric) == UP


def _sign(sign: Sign) -> Exhibit:
    left, series = sign.departure, sign.series

    def file(exhibits: Exhibits) -> str:
        summary = (
            f"{series.service} {series.metric}: {left.during:.6g} in the incident, "
            f"{left.usual:.6g} before"
        )
        return exhibits.add(
            "metric",
            "metrics.csv",
            left.onset,
            summary,
            service=series.service,
            metric=series.metric,
            usual=left.usual,
            during=left.during,
            deviation=round(left.score, 6),
            rarity=round(left.rarity, 6),
            points=left.points,
        )

    return file


def _step(step: Step) -> Exhibit:
    def file(exhibits: Exhibits) -> str:
        summary = (
            f"{step.service}: after {step.before} came {step.after} in {step.usual:.0%} of all "
            f"cases, now in {step.during:.0%} of {step.seen}"
        )
        return exhibits.add(
            "log",
            "logs.ndjson",
            None,
            summary,
            service=step.service,
            before=step.before,
            after=step.after,
            usual=round(step.usual, 6),
            during=round(step.during, 6),
            seen=step.seen,
        )

    return file


def _edge(edge: Edge) -> Exhibit:
    def file(exhibits: Exhibits) -> str:
        summary = (
            f"calls from {edge.caller} to {edge.callee}: {edge.during:.1f} ms beyond the callee's "
            f"own time, {edge.usual:.1f} ms before"
        )
        return exhibits.add(
            "trace",
            "traces.ndjson",
            None,
            summary,
            caller=edge.caller,
            callee=edge.callee,
            usual_ms=round(edge.usual, 6),
            during_ms=round(edge.during, 6),
            calls=edge.calls,
        )

    return file


def _shift(shift: Shift) -> Exhibit:
    def file(exhibits: Exhibits) -> str:
        summary = (
            f"{shift.service}: {shift.template[:200]}: {shift.after} lines in the incident, "
            f"{shift.expected:.1f} were to be expected ({shift.kind})"
        )
        return exhibits.add(
            "log",
            "logs.ndjson",
            shift.first_at if shift.kind == NEW else None,
            summary,
            service=shift.service,
            template=shift.template,
            change=shift.kind,
            before=shift.before,
            during=shift.after,
            expected=round(shift.expected, 6),
            deviation=shift.surprise,
            line=shift.line,
        )

    return file
