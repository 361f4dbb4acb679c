"""Step 6: the strategy, and the proof that it worked."""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report, Strict


class StrategyOption(Strict):
    """One of the five ways, with what it would take."""

    name: Literal["rollback", "hotfix", "configuration", "workaround", "scaling"]
    available: bool
    why: Claim
    minutes: str
    risk: Literal["low", "low-medium", "medium", "high"]


class StrategyReport(Report):
    """The way chosen. `action` is an id of the operator's catalogue, with parameters, or empty."""

    options: tuple[StrategyOption, ...]
    selected: Literal["rollback", "hotfix", "configuration", "workaround", "scaling", "none"]
    rationale: Claim
    action: str
    params: dict[str, str]
    plan: tuple[str, ...]
    rollback_plan: tuple[str, ...]


class ProbeCheck(Strict):
    """One number against its baseline and its limit."""

    name: Literal["traffic", "errors", "p95", "saturation"]
    state: Literal["pass", "fail", "no data"]
    value: float | None
    baseline: float | None
    limit: float | None
    unit: str


class ValidationReport(Report):
    """What the probes saw; code decides the resolution from it."""

    checks: tuple[ProbeCheck, ...]
    """the last look"""
    passes: int
    """looks in a row that passed, up to now"""
    needed: int
    stable_for: float
    """seconds it has stayed well"""
    window: float
    restored_at: float | None
    """first look of the run of passes"""
    gave_up: bool
