"""Step 2: impact and urgency, each with the numbers it was computed from."""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report

Level = Literal["LOW", "MEDIUM", "HIGH"]


class ImpactReport(Report):
    """How many users are hit, and how hard. Code sets the level from `affected_share`."""

    effect: Literal["complete outage", "severe degradation", "minor issue", "none seen", "UNKNOWN"]
    affected_share: float | None
    """share of requests failing now, 0..1, standing for the share of users; None when unknown"""
    affected_users: str
    data_loss: Literal["yes", "no", "UNKNOWN"]
    revenue: str
    compliance: str
    reputation: str
    safety: str
    affected_systems: tuple[str, ...]
    why: Claim


class UrgencyReport(Report):
    """How fast it gets worse, and how much of the promise is left."""

    trend: Literal["rapidly degrading", "stable", "improving", "UNKNOWN"]
    level: Level
    why: Claim
    availability: float | None
    """over the window since impact began, 0..1"""
    sla_target: float
    budget_left: float | None
    """share of the 30-day error budget left if this went on for the rest of the hour, 0..1"""
    breach_in: float | None
    """seconds until the error budget is spent at today's rate"""
