"""What each kind of evidence says of each service, on one scale: series, log flow, call times.

Every score is `log1p(score / scale)`, and a service has the best of its sources, not their sum: one
clear sign outweighs many dim ones.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evidence.analysis.departure import UP, direction, kind
from orchestrator.evidence.bundle.calls import Calls, calls, spans
from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.bundle.flow import Flow, flow
from orchestrator.evidence.bundle.grounds import Ground, of_departure, of_edge, of_outcry, of_step
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.services import Sign, measured, standings

FLOW_SCALE, CALL_SCALE = 3.0, 3.0
RESOURCE_WEIGHT = 0.15
"""Weight of a starved resource where statements or calls are there to speak for themselves."""


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
    suspects: tuple[Candidate, ...]


def signals(bundle: Bundle, found: Windows) -> Signals:
    """Measure every source. Logs and traces are read once, as streams."""
    known = spans(bundle.records("traces.ndjson"))
    called = calls(known, found)
    names = {span: one.name for span, one in known.items()}
    said = flow(bundle.records("logs.ndjson"), names, found)
    signs = measured(bundle, found)
    if said.steps or called.edges:
        suspects = _by_course(signs, said, called, found)
    else:
        suspects = _by_series(bundle, signs, found)
    return Signals(signs, said, called, suspects)


def _by_series(
    bundle: Bundle, signs: dict[str, list[Sign]], found: Windows
) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(one.service, {"series": one.score}, _departures(one.signs[:3], found))
        for one in standings(bundle, signs)
    )


def _by_course(
    signs: dict[str, list[Sign]], said: Flow, called: Calls, found: Windows
) -> tuple[Candidate, ...]:
    """Where statements and calls are known, of all series only starved resources are asked."""
    judged = []
    at_calls = {end for edge in called.edges for end in (edge.caller, edge.callee)}
    for service in sorted({*said.steps, *said.loud, *at_calls, *signs}):
        starved = [s for s in signs.get(service, ()) if _is_resource(s.series.metric)]
        sources = {
            "flow": math.log1p(said.score(service) / FLOW_SCALE),
            "calls": math.log1p(called.score(service) / CALL_SCALE),
            "series": RESOURCE_WEIGHT * (starved[0].weight if starved else 0.0),
        }
        touching = [e for e in called.edges if service in (e.caller, e.callee)]
        grounds = (
            *(of_step(step, found) for step in said.steps.get(service, ())[:2]),
            *(of_outcry(service, *loud, found) for loud in said.loud.get(service, ())[:1]),
            *(of_edge(edge, found) for edge in touching[:2]),
            *_departures(starved[:1], found),
        )
        judged.append(Candidate(service, sources, grounds))
    return tuple(sorted(judged, key=lambda one: (-one.score, one.service)))


def _departures(signs: Sequence[Sign], found: Windows) -> tuple[Ground, ...]:
    return tuple(of_departure(one.series, one.departure, found) for one in signs)


def _is_resource(metric: str) -> bool:
    return kind(metric) == "resource" and direction(metric) == UP
