"""Step 3: what each tier looked at, and whether the next one is needed."""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report, Strict


class Check(Strict):
    """One thing Tier 1 looked at."""

    name: str
    state: Literal["ok", "bad", "unknown"]
    finding: Claim


class Tier1Report(Report):
    """Health, deployments, logs, metrics, database: collected, not interpreted."""

    confirmed: Literal["yes", "no", "unknown"]
    """whether user impact could be reproduced"""
    runbook: str
    """the runbook that applies, or UNKNOWN"""
    checks: tuple[Check, ...]
    escalate: bool
    reasons: tuple[str, ...]


class Hypothesis(Strict):
    """One possible cause on the board."""

    id: str
    """H1, H2, ..."""
    statement: str
    supporting: tuple[Claim, ...]
    refuting: tuple[Claim, ...]
    missing: tuple[str, ...] = ()
    """what was not at hand and would have told more"""
    test: str
    status: Literal["untested", "supported", "refuted", "confirmed"]
    culprit: str = ""
    """the commit it blames, if any"""
    confidence: float
    """0..1"""
    by: str = ""
    """empty: the deterministic board; else whose board it is from"""


class Tier2Report(Report):
    """Deep analysis: patterns, code review, dependencies, and the hypotheses board, best first."""

    patterns: tuple[Claim, ...]
    code_review: tuple[Claim, ...]
    dependencies: tuple[Claim, ...]
    hypotheses: tuple[Hypothesis, ...]
    escalate: bool
    reasons: tuple[str, ...]


class Decision(Strict):
    """One decision of the emergency authority; a rule or a model proposes, a person decides."""

    subject: Literal[
        "emergency change",
        "vendor escalation",
        "hotfix outside the process",
        "workaround or full fix",
    ]
    decision: Literal["approve", "approve with conditions", "reject", "initiate", "not needed"]
    conditions: tuple[str, ...]
    why: Claim


class Tier3Report(Report):
    """Architecture assessment: design, capacity, trade-offs, vendors, and the decisions."""

    design: tuple[Claim, ...]
    capacity: tuple[Claim, ...]
    trade_offs: tuple[Claim, ...]
    vendor: tuple[Claim, ...]
    decisions: tuple[Decision, ...]
