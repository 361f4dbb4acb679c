"""Steps 4 and 6: what management, executives, the public and the team are told.

The facts of a text (severity, times, durations, names, next update) come from the journal through
its template; a report only adds the sentences, each with its evidence.
"""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report


class MessageReport(Report):
    """One text to somebody outside the incident: management, executives, the status page."""

    user_impact: Claim
    business_impact: Claim
    cause: Claim
    """hypothesis or confirmed, said as what it is"""
    eta: str
    """a time or a span, or UNKNOWN"""
    compliance: str
    reputation: str
    action_needed: Literal["NONE", "DECISION REQUIRED", "AWARENESS ONLY"]
    public_symptom: str
    """for the status page: what users notice, in their words, naming no internals"""


class ResolutionReport(Report):
    """That it is over, what fixed it, and what users went through."""

    public_cause: str
    """one plain sentence for the public, or UNKNOWN"""
    fix: Claim
    experience: Claim
