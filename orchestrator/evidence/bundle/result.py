"""What an analysis says: ranked services and changes, each on evidence whose numbers recompute."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.clock import iso
from orchestrator.evidence.bundle.grounds import Ground
from orchestrator.evidence.bundle.hypotheses import Hypothesis
from orchestrator.evidence.safe import safe

LIKELY, INCONCLUSIVE, HEALTHY = "LIKELY", "INCONCLUSIVE", "HEALTHY"


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate of a ranking. `name` is a service, or a commit's sha."""

    name: str
    score: float
    confidence: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class External:
    """A cause outside the services and their changes."""

    kind: str
    score: float
    evidence: tuple[str, ...]


@dataclass(slots=True)
class Exhibits:
    """The numbered evidence of one analysis, in the order in which it was found."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)

    def all(self, grounds: Iterable[Ground]) -> tuple[str, ...]:
        """The numbers of several, each once."""
        return tuple(dict.fromkeys(self.add(one) for one in grounds))

    def add(self, ground: Ground) -> str:
        """Number a piece of evidence; the same piece keeps its number."""
        item: dict[str, Any] = safe(
            {
                "kind": ground.kind,
                "source": ground.source,
                "at": iso(ground.at) if ground.at is not None else None,
                "summary": ground.summary,
                "data": dict(ground.data),
            }
        )
        known = next((eid for eid, other in self.items.items() if other == item), None)
        if known is not None:
            return known
        eid = f"E{len(self.items) + 1}"
        self.items[eid] = item
        return eid


@dataclass(frozen=True, slots=True)
class Analysis:
    """The whole answer. Nothing was tested or mitigated, so nothing here is CONFIRMED."""

    id: str
    onset: float | None
    services: tuple[Ranked, ...]
    changes: tuple[Ranked, ...]
    culprit: str | None
    """a sha, `none`, or None where there are no changes to judge"""
    external: tuple[External, ...]
    verdict: str
    evidence: dict[str, dict[str, Any]]
    notes: Sequence[str]
    bar: float | None = None
    """score from which a commit is blamed; None where there are no changes to judge"""
    no_change: float | None = None
    """confidence that no commit did it"""
    hypotheses: tuple[Hypothesis, ...] = ()
    """the causes argued; for people, no part of the JSON"""

    def as_json(self) -> str:
        """One object, keys sorted: the same input gives the same bytes."""
        body = {
            "id": self.id,
            "onset": iso(self.onset) if self.onset is not None else None,
            "services": [_ranked("service", one) for one in self.services],
            "changes": [_ranked("sha", one) for one in self.changes],
            "culprit_change": self.culprit,
            "external": [
                {"kind": one.kind, "score": _round(one.score), "evidence": list(one.evidence)}
                for one in self.external
            ],
            "verdict": self.verdict,
            "evidence": self.evidence,
            "notes": list(self.notes),
        }
        return json.dumps(body, sort_keys=True, ensure_ascii=False, indent=1)


def _ranked(name: str, one: Ranked) -> dict[str, Any]:
    return {
        name: one.name,
        "score": _round(one.score),
        "confidence": _round(one.confidence),
        "evidence": list(one.evidence),
    }


def _round(value: float) -> float:
    return round(float(value), 4)
