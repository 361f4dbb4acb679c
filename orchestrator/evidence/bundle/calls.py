"""Which calls became slow: what a call takes beyond what its callee took, edge by edge.

A slow node slows the calls into it and the calls out of it; the time its callees need themselves
is theirs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from orchestrator.evidence.bundle.contents import Graph, Windows
from orchestrator.evidence.sources import timestamps

ENOUGH = 5
"""Calls over an edge, on each side, without which nothing is said of it."""

OUTWARD = 0.6
"""Weight of a slow call out of a node beside a slow call into it."""

MOST_SPANS = 2_000_000
"""Spans held at once; later ones are left out."""


@dataclass(frozen=True, slots=True)
class Called:
    """One span, as far as calls are concerned."""

    service: str
    name: str
    parent: str
    at: float
    took: float
    """milliseconds"""
    failed: bool


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


def spans(records: Iterable[Mapping[str, Any]]) -> dict[str, Called]:
    """Spans by their id; those without a time, a service or a duration are left out."""
    found: dict[str, Called] = {}
    for record in records:
        at, span = timestamps.value(record.get("start")), str(record.get("span_id") or "")
        took = record.get("duration_ms")
        service = str(record.get("service") or "")
        if at is None or not span or not service or not isinstance(took, int | float):
            continue
        failed = bool(record.get("error")) or str(record.get("status") or "").upper() == "ERROR"
        name, parent = str(record.get("name") or ""), str(record.get("parent_id") or "")
        found[span] = Called(service, name, parent, at, float(took), failed)
        if len(found) >= MOST_SPANS:
            break
    return found


def calls(known: Mapping[str, Called], found: Windows) -> Calls:
    """Compare every edge's overhead in the incident with its normal one."""
    sides: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    for span in known.values():
        parent = known.get(span.parent)
        if parent is None or parent.service == span.service:
            continue
        kept = sides.setdefault((parent.service, span.service), ([], []))
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
