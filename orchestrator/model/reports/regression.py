"""Step 1.5: did a change bring this, which one, and can it be taken back."""

from typing import Literal

from pydantic import Field

from orchestrator.model.change_kinds import Kind
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


class Change(Strict):
    """Something that was changed on purpose, by whatever source knows of it."""

    at: float
    kind: Literal["deploy", "rollout", "configuration", "feature-flag"]
    what: str
    """the version, or the flag"""
    before: str
    after: str
    by: str
    said: Claim
    """what changed and how long before the trouble, with the line that says so"""
    nearest: bool
    """the one that the indicators are computed from"""


class External(Strict):
    """A cause outside the changes (traffic, provider, certificate): it raises the bar for blame."""

    kind: str
    score: float
    why: Claim
    part: str = ""
    """the part of the system where it lies; empty: the service itself"""
    params: dict[str, str] = Field(default_factory=dict)
    """what an action against it needs to know: a process, an address"""
    explains: bool = False
    """the trouble follows from it"""
    refuted_by: str = ""


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
    changes: tuple[Change, ...] = ()
    """every dated change of the window, oldest first"""


class BisectRun(Strict):
    """The test once, at one commit."""

    sha: str
    verdict: Literal["good", "bad", "skip", "gone"]
    why: str
    seconds: float


class BisectReport(Report):
    """What a test run at versions between the good and the bad one says. Only code fills it."""

    result: Literal["found", "inconclusive"]
    culprit: str
    """the first commit that fails the test; empty where the search could not tell"""
    author: str
    at: float | None
    subject: str
    good: str
    bad: str
    commits: int | None
    """how many lie between the two"""
    runs: tuple[BisectRun, ...]
    left: tuple[str, ...]
    """commits one of which it is, where the search came that far"""
    test: str
    seconds: float


class Option(Strict):
    """A rollback, B revert, C feature flag off, D hotfix forward."""

    name: Literal["rollback", "revert", "feature-flag", "hotfix"]
    feasibility: Feasibility
    why: Claim
    minutes: str
    data_loss: str


class Way(Strict):
    """The catalogue's action that takes the change back, ready to be offered."""

    option: Literal["rollback", "feature-flag"]
    kind: Kind
    action: str
    params: dict[str, str]


class FeasibilityReport(Report):
    """What can be done about it, at what risk."""

    options: tuple[Option, ...]
    way: Way | None = None
    """none where the catalogue has none"""
    blast_radius: Level
    blast_why: Claim
