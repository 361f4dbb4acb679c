"""What each kind of evidence says of each service, on one scale: series, log flow, call times.

Every score is `log1p(score / scale)`, and a service has the best of its sources, not their sum: one
clear sign outweighs many dim ones.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.evidence.analysis.departure import UP, direction, kind
from orchestrator.evidence.bundle.calls import Calls, Edge, calls, spans
from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.bundle.flow import Flow, Step, flow
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.result import Exhibits
from orchestrator.evidence.bundle.services import Sign, measured, standings

FLOW_SCALE, CALL_SCALE = 3.0, 3.0
RESOURCE_WEIGHT = 0.15
"""Weight of a starved resource where statements or calls are there to speak for themselves."""

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
    suspects: tuple[Candidate, ...]


def signals(bundle: Bundle, found: Windows) -> Signals:
    """Measure every source. Logs and traces are read once, as streams."""
    known = spans(bundle.records("traces.ndjson"))
    called = calls(known, found)
    names = {span: one.name for span, one in known.items()}
    said = flow(bundle.records("logs.ndjson"), names, found)
    signs = measured(bundle, found)
    if said.steps or called.edges:
        suspects = _by_course(signs, said, called)
    else:
        suspects = _by_series(bundle, signs)
    return Signals(signs, said, called, suspects)


def _by_series(bundle: Bundle, signs: dict[str, list[Sign]]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(one.service, max(0.0, one.score), tuple(_sign(s) for s in one.signs[:3]))
        for one in standings(bundle, signs)
    )


def _by_course(signs: dict[str, list[Sign]], said: Flow, called: Calls) -> tuple[Candidate, ...]:
    """Where statements and calls are known, of all series only starved resources are asked."""
    found = []
    at_calls = {end for edge in called.edges for end in (edge.caller, edge.callee)}
    for service in sorted({*said.steps, *said.loud, *at_calls, *signs}):
        starved = [s for s in signs.get(service, ()) if _is_resource(s.series.metric)]
        scores = {
            "flow": math.log1p(said.score(service) / FLOW_SCALE),
            "calls": math.log1p(called.score(service) / CALL_SCALE),
            "series": RESOURCE_WEIGHT * (starved[0].weight if starved else 0.0),
        }
        exhibits: list[Exhibit] = [_step(step) for step in said.steps.get(service, ())[:2]]
        touching = [e for e in called.edges if service in (e.caller, e.callee)]
        exhibits += [_edge(edge) for edge in touching[:2]]
        exhibits += [_sign(sign) for sign in starved[:1]]
        found.append(Candidate(service, max(scores.values()), tuple(exhibits)))
    return tuple(sorted(found, key=lambda one: (-one.score, one.service)))


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
