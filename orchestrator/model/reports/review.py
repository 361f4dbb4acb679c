"""Step 7: the judgement part of the review. Its numbers come from the journal, not from here."""

from orchestrator.model.reports.claims import Claim, Report


class ReviewReport(Report):
    """What went well, what could improve (at least three of each), and the lessons."""

    root_cause: Claim
    resolution: Claim
    symptoms: Claim
    went_well: tuple[Claim, ...]
    could_improve: tuple[Claim, ...]
    technical: tuple[Claim, ...]
    process: tuple[Claim, ...]
    communication: tuple[Claim, ...]
