"""Which calls became slow: what a call takes beyond what its callee took, edge by edge.

A slow node slows the calls into it and the calls out of it; the time its callees need themselves
is theirs.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Any

import numpy as np

from orchestrator.evidence.bundle.contents import Graph, Notes, Windows
from orchestrator.evidence.bundle.thinning import Thinned
from orchestrator.evidence.bundle.utterances import moment
from orchestrator.evidence.sources.stamps import Stamps

ENOUGH = 5
"""Calls over an edge, on each side, without which nothing is said of it."""

OUTWARD = 0.6
"""Weight of a slow call out of a node beside a slow call into it."""

MOST_SPANS = 200_000
"""Spans held at once; of more, a share of the traces is looked at."""

MOST_MS = 1e12
"""Milliseconds; what claims to have taken longer is no measurement."""

MOST_EDGES = 20_000
"""Pairs of services; later ones are left out."""


@dataclass(frozen=True, slots=True)
class Called:
    """One span, as far as calls are concerned."""

    trace: str
    service: str
    parent: str
    at: float
    took: float
    """milliseconds"""


@dataclass(frozen=True, slots=True)
class Edge:
    """One call edge that became slower."""

    caller: str
    callee: str
    usual: float
    during: float
    """overhead in milliseconds: P90 in normal times, P75 in the incident"""
    calls: int
    score: float


@dataclass(frozen=True, slots=True)
class Calls:
    """What the traces say."""

    edges: tuple[Edge, ...] = ()
    """slowed edges, the worst first"""
    graph: Graph = field(default_factory=lambda: Graph({}))

    def score(self, service: str) -> float:
        into = max((e.score for e in self.edges if e.callee == service), default=0.0)
        out = max((e.score for e in self.edges if e.caller == service), default=0.0)
        return into + OUTWARD * out


@dataclass(slots=True)
class Spans:
    """The spans of a stream, bounded: whole traces for calls, and names by a span's own id."""

    calls: Thinned[Called]
    names: Thinned[str]

    def start(self, span: str) -> str:
        """What begins with a span; empty where it was thinned out."""
        name = self.names.kept.get(span)
        if name is None:
            return "a span start" if self.names.looks_at(span) else ""
        return f"{name} start"

    def say(self, notes: Notes) -> None:
        """Note what was left out."""
        if self.calls.every > 1:
            notes.add(
                f"traces.ndjson: more than {self.calls.most:,} spans; calls were measured on one "
                f"trace of {self.calls.every}"
            )
        if self.names.every > 1:
            notes.add(
                f"traces.ndjson: more than {self.names.most:,} spans; the beginnings of one span "
                f"of {self.names.every} were compared"
            )
        if refused := max(self.calls.refused, self.names.refused):
            notes.add(f"traces.ndjson: {refused} spans of too large a trace were left out")


def spans(records: Iterable[Mapping[str, Any]], most: int = MOST_SPANS) -> Spans:
    """Spans by their id; those without a time, a service or a duration are left out."""
    found = Spans(
        Thinned(most, lambda span, one: one.trace or span), Thinned(most, lambda span, _: span)
    )
    stamps = Stamps()
    for record in records:
        at, span = moment(record.get("start"), stamps), str(record.get("span_id") or "")
        took = record.get("duration_ms")
        service = intern(str(record.get("service") or ""))
        if at is None or not span or not service or not isinstance(took, int | float):
            continue
        took = float(took) if -MOST_MS < took < MOST_MS else math.nan
        if math.isnan(took):
            continue
        trace, parent = str(record.get("trace_id") or ""), str(record.get("parent_id") or "")
        found.calls.add(span, Called(intern(trace), service, parent, at, took))
        found.names.add(span, intern(str(record.get("name") or "")[:300]))
    return found


def calls(known: Mapping[str, Called], found: Windows, notes: Notes | None = None) -> Calls:
    """Compare every edge's overhead in the incident with its normal one."""
    sides: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    for span in known.values():
        parent = known.get(span.parent)
        if parent is None or parent.service == span.service:
            continue
        edge = (parent.service, span.service)
        if edge not in sides and len(sides) >= MOST_EDGES:
            if notes is not None:
                notes.add(f"traces.ndjson: a call beyond {MOST_EDGES} edges was left out")
            continue
        kept = sides.setdefault(edge, ([], []))
        side = found.holds(span.at)
        if side is not None:
            kept[side].append(max(0.0, parent.took - span.took))
    edges = []
    for (caller, callee), (before, during) in sorted(sides.items()):
        if len(before) >= ENOUGH and len(during) >= ENOUGH:
            usual, now = float(np.quantile(before, 0.9)), float(np.quantile(during, 0.75))
            width = max(float(np.quantile(before, 0.9) - np.quantile(before, 0.5)), 1.0)
            score = max(0.0, (now - usual) / width)
            if score > 0:
                edges.append(Edge(caller, callee, usual, now, len(during), score))
    ordered = tuple(sorted(edges, key=lambda e: (-e.score, e.caller, e.callee)))
    return Calls(ordered, Graph.of(list(sides)))
