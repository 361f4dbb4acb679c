"""Step 1.5: did a change bring this, which one, and can it be taken back."""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report, Strict

Answer = Literal["yes", "no", "unknown"]
Feasibility = Literal["SAFE", "RISKY", "BLOCKED"]
Level = Literal["LOW", "MEDIUM", "HIGH"]


class Indicator(Strict):
    """One sign of a regression; code computes the verdict from these."""

    name: Literal[
        "worked-before",
        "after-deployment",
        "correlates-with-change",
        "seen-in-staging",
        "metrics-inflect",
    ]
    holds: Answer
    why: Claim


class Suspect(Strict):
    """A commit that could have introduced it."""

    sha: str
    author: str
    at: float
    subject: str
    score: float
    """0..1, comparable within one report only"""
    confidence: float
    """0..1: how likely it is the one"""
    why: tuple[Claim, ...]


class Deploy(Strict):
    """A line of the deploy log."""

    at: float
    version: str
    previous: str
    by: str
    kind: str


class External(Strict):
    """A cause outside the changes (traffic, provider, certificate): it raises the bar for blame."""

    kind: str
    score: float
    why: Claim


class VerdictReport(Report):
    """The indicators, the deploys of the window, and the suspects in order."""

    indicators: tuple[Indicator, ...]
    deploys: tuple[Deploy, ...]
    suspects: tuple[Suspect, ...]
    external: tuple[External, ...] = ()
    bad_version: str
    """the version users are hit by, or UNKNOWN"""
    good_version: str
    """the last version that worked, or UNKNOWN"""
    bad_since: float | None
    """when the bad version went live"""


class Option(Strict):
    """A rollback, B revert, C feature flag off, D hotfix forward."""

    name: Literal["rollback", "revert", "feature-flag", "hotfix"]
    feasibility: Feasibility
    why: Claim
    minutes: str
    data_loss: str


class FeasibilityReport(Report):
    """What can be done about it, at what risk."""

    options: tuple[Option, ...]
    blast_radius: Level
    blast_why: Claim
