"""What code concluded from the reports: regression, tiers, cause, resolution."""

from dataclasses import dataclass, field
from typing import ClassVar

from orchestrator.model.events.envelope import Json, Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class RegressionJudged(Payload):
    """Verdict by code from the analyst's indicators, and the row of the decision matrix."""

    type: ClassVar[str] = "regression.judged"
    verdict: str
    confidence: str
    share: float
    """share of the indicators that hold, 0..1"""
    rollback: str
    impact: str
    action: str
    urgency: str
    culprit: str
    """the introducing commit, or empty"""
    culprit_confidence: float
    good_version: str
    bad_version: str
    evidence: tuple[str, ...]
    bisected: bool = False
    """true where a bisect found the culprit, not the ranking"""
    suspected: str = ""
    """the commit that the ranking puts first, where a bisect found another"""
    way: Json = field(default_factory=dict)
    """the catalogue's action that takes it back: {"kind", "action", "params"}; empty where none is
    known, and in journals that do not say"""
    change: str = ""
    """what is judged where it is no commit: the turn of a flag, a configuration"""


@journalled
@dataclass(frozen=True, slots=True)
class TierEscalated(Payload):
    """The functional ladder went up one rung, and why."""

    type: ClassVar[str] = "tier.escalated"
    tier: int
    who: str
    reasons: tuple[str, ...]
    by: str
    """reason | time | human"""


@journalled
@dataclass(frozen=True, slots=True)
class CauseConcluded(Payload):
    """The root cause as far as code lets it stand: CONFIRMED | LIKELY | INCONCLUSIVE."""

    type: ClassVar[str] = "cause.concluded"
    verdict: str
    statement: str
    culprit: str
    evidence: tuple[str, ...]
    claimed: str
    """what was claimed before code capped it"""
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class ResolutionDecided(Payload):
    """RESOLVED | PARTIALLY_RESOLVED | NOT_RESOLVED, by the checks alone."""

    type: ClassVar[str] = "resolution.decided"
    resolution: str
    action: str
    """what brought it about; empty when it recovered by itself"""
    checks: tuple[Json, ...]
    restored_at: float = 0.0
