"""Step 5: five whys and the fishbone."""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report, Strict


class Why(Strict):
    """A question and its answer; an answer nobody can give reads UNKNOWN and is an assumption."""

    question: str
    answer: Claim


class WhysReport(Report):
    """Exactly five pairs, from the symptom down, and the test that would confirm the last."""

    problem: str
    whys: tuple[Why, ...]
    root_cause: Claim
    culprit: str
    """the introducing commit, or empty"""
    verdict: Literal["CONFIRMED", "LIKELY", "INCONCLUSIVE"]
    """what the author would claim; code caps it"""
    evidence_kinds: tuple[str, ...]
    """kinds of evidence that support it independently: log, metric, change, code, ..."""
    test: str
    by: str = ""
    """`model` where only a model knows the cause; the rules' own say nothing"""


class Bone(Strict):
    """One category of the fishbone; no factor means that nothing was found."""

    category: Literal["People", "Process", "Technology", "Environment"]
    factors: tuple[Claim, ...]


class FishboneReport(Report):
    """Contributing factors, and what was ruled out and how."""

    bones: tuple[Bone, ...]
    primary: Claim
    ruled_out: tuple[Claim, ...]
