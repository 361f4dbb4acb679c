"""Step 1: the incident record and the initial alert."""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report


class RecordReport(Report):
    """What is known at detection. `impact_started_at` is computed from evidence, not the alert."""

    user_impact: Claim
    affected_systems: tuple[str, ...]
    affected_users: str
    """a count, a share, or UNKNOWN"""
    category: Literal["availability", "performance", "functionality", "security", "data-integrity"]
    impact_started_at: float | None
    """seconds since the epoch, UTC"""
    impact_started_how: str
    impact_evidence: tuple[str, ...]


class AlertReport(Report):
    """The text that goes to the incident channel first."""

    issue: str
    impact: Claim
    channel: str
    dashboard: str
