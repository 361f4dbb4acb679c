"""What the incident cost the availability promise, from the share of requests that failed.

The share is the one measured at triage; that it held for the whole downtime is an assumption, and
every document that prints these figures says so. None where one of the two is not known.
"""

from dataclasses import dataclass

from orchestrator.model.durations import durations
from orchestrator.model.state import State

WINDOW = 30 * 86400.0
"""Seconds over which availability is promised."""


@dataclass(frozen=True, slots=True)
class Slo:
    """Figures of one incident against the promise."""

    failed_share: float
    """of requests while it lasted, 0..1"""
    availability: float
    """over 30 days with this incident alone, 0..1"""
    target: float
    budget_spent: float
    """share of the 30-day error budget; above 1 the promise is broken"""

    @property
    def breached(self) -> bool:
        return self.availability < self.target


def failed_share(state: State) -> float | None:
    """Share of requests that failed since impact began, as triage measured it."""
    urgency, impact = state.report("triage/urgency"), state.report("triage/impact")
    if urgency is not None and urgency.get("availability") is not None:
        return round(1 - float(urgency["availability"]), 6)
    if impact is not None and impact.get("affected_share") is not None:
        return float(impact["affected_share"])
    return None


def measured(state: State) -> str:
    """Over what time `failed_share` was measured, in words."""
    urgency = state.report("triage/urgency") or {}
    return (
        "at triage" if urgency.get("availability") is None else "from the start of impact to triage"
    )


def slo(state: State) -> Slo | None:
    """The figures once the service is well again; None when something needed is not known."""
    share, downtime = failed_share(state), durations(state).downtime
    target = state.policy.sla_target
    if share is None or downtime is None:
        return None
    lost = share * downtime / WINDOW
    spent = lost / (1 - target) if target < 1 else float(lost > 0)
    return Slo(share, round(1 - lost, 8), target, round(spent, 4))
