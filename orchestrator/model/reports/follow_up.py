"""Step 7: preventive actions, the runbook and the knowledge base."""

from orchestrator.model.reports.claims import Claim, Report, Strict


class PreventiveAction(Strict):
    """One thing to do so that it stays away. `owner` is a person of the settings or UNKNOWN."""

    action: Claim
    owner: str


class ActionsReport(Report):
    """Immediate (1 week), short-term (1 month), long-term (3 months); code dates them."""

    immediate: tuple[PreventiveAction, ...]
    short_term: tuple[PreventiveAction, ...]
    long_term: tuple[PreventiveAction, ...]


class RunbookReport(Report):
    """What the runbook should say after this, as a diff where one exists."""

    scenario: str
    symptoms: tuple[Claim, ...]
    diagnosis: tuple[str, ...]
    """commands that tell this trouble from others, as they were run here"""
    immediate: Claim
    short_term: Claim
    long_term: Claim
    escalation: str
    prevention: tuple[Claim, ...]
    existing: str
    """path of the runbook it changes; empty where there is none"""
    diff: str
    """unified diff against that runbook; empty where there is none"""


class KnowledgeReport(Report):
    """How to recognise and cure this next time."""

    title: str
    keywords: tuple[str, ...]
    problem: Claim
    cause: Claim
    steps: tuple[str, ...]
    prevention: tuple[Claim, ...]
    related: tuple[str, ...]
    """ids of past incidents of this project that look alike"""
    regressions: tuple[Claim, ...] = ()
    """what earlier entries of the regression register share with this incident"""
