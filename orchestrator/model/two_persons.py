"""Changes that one person alone cannot approve. Pure."""

from orchestrator.model.events import Json
from orchestrator.model.policy import Policy
from orchestrator.model.records import Approval


def needed(card: Json, policy: Policy) -> int:
    """How many persons have to approve a change, each with a credential of their own."""
    wanted = int(card.get("approvers", 1) or 1)
    two = policy.two_person_destructive and card.get("risk") == "destructive"
    return max(wanted, 2 if two else 1)


def progress(approval: Approval, policy: Policy) -> str:
    """`1 of 2`, while a change waits for more than one person; else empty."""
    wanted = needed(approval.card, policy)
    return f"{len(approval.endorsed_by)} of {wanted}" if wanted > 1 else ""
