"""Step 6: the strategy, and the proof that it worked."""

from typing import Literal

from pydantic import Field

from orchestrator.model.change_kinds import Kind
from orchestrator.model.reports.claims import Claim, Report, Strict


class StrategyOption(Strict):
    """One way of changing something, with what it would take."""

    name: Kind
    available: bool
    why: Claim
    minutes: str
    risk: Literal["low", "low-medium", "medium", "high"]


class StrategyReport(Report):
    """The way chosen. `action` is an id of the operator's catalogue, with parameters, or empty."""

    options: tuple[StrategyOption, ...]
    selected: Kind | Literal["none"]
    rationale: Claim
    action: str
    params: dict[str, str]
    plan: tuple[str, ...]
    rollback_plan: tuple[str, ...]


class ProbeCheck(Strict):
    """One number against its baseline and its limit, or one journey against what it must answer."""

    name: str = Field(pattern=r"^(traffic|throughput|errors|p95|saturation|health|journey: .+)$")
    state: Literal["pass", "fail", "no data"]
    value: float | None
    baseline: float | None
    limit: float | None
    unit: str
    why: str = ""
    """what was not as it should be, where there is no number"""


class ValidationReport(Report):
    """What the probes saw; code decides the resolution from it."""

    checks: tuple[ProbeCheck, ...]
    """the last look"""
    before: tuple[ProbeCheck, ...] = ()
    """the last look before the change"""
    restart_looks: int = 0
    """looks in the restart of the change itself: they count neither for nor against it"""
    passes: int
    """looks in a row that passed, up to now"""
    needed: int
    stable_for: float
    """seconds it has stayed well"""
    window: float
    restored_at: float | None
    """first look of the run of passes"""
    gave_up: bool
