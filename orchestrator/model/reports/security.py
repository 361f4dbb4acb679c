"""When security or data may be touched: what the gatekeeper sees, before anything is changed."""

from typing import Literal

from pydantic import Field

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
    action: str = ""
    """the catalogue's way to keep an intruder out that fits what was seen; empty where none does"""
    kind: str = ""
    """that action's kind"""
    params: dict[str, str] = Field(default_factory=dict)
