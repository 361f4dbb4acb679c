"""When security or data may be touched: what the gatekeeper sees, before anything is changed."""

from typing import Literal

from orchestrator.model.reports.claims import Claim, Report


class SecurityReport(Report):
    """First assessment of a possible breach or loss; it proposes isolation, it isolates nothing."""

    suspected: Literal["breach", "data loss", "both", "neither", "UNKNOWN"]
    exposed: tuple[Claim, ...]
    isolation: tuple[str, ...]
    """what could be isolated, and how"""
    preserve: tuple[str, ...]
    """what must be kept as it is"""
    disclosure: tuple[str, ...]
    """who may have to be told, by which rule"""
