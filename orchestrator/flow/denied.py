"""After a denial: whoever proposed hears why, once, and what was denied is not offered again.

A person may choose it all the same; the flow does not nag.
"""

from typing import Any

from orchestrator.model.events import Json
from orchestrator.model.records import Approval
from orchestrator.model.state import State


def denials(state: State) -> list[Approval]:
    """Changes that a person denied since the incident was last opened, in their order."""
    return [
        approval
        for approval in state.approvals.values()
        if approval.decision == "denied"
        and approval.approval.startswith("rollback@")
        and approval.requested_at >= state.reopened_at
    ]


def denied_ever(state: State) -> int:
    """How many were denied in all: it never falls, so that each denial is told under a new key."""
    return sum(
        approval.decision == "denied" and approval.approval.startswith("rollback@")
        for approval in state.approvals.values()
    )


def told(state: State) -> list[dict[str, Any]]:
    """The denials as inputs for whoever proposes next."""
    return [
        {
            "action": one.action,
            "kind": str(one.card.get("kind", "")),
            "title": one.title,
            "params": dict(one.card.get("params") or {}),
            "why": one.why,
            "by": one.by,
        }
        for one in denials(state)
    ]


def denied(state: State, wanted: Json) -> bool:
    """Whether exactly this change was denied: the same action, or kind, with the same values."""
    return any(_same(one, wanted) for one in denials(state))


def denied_card(state: State, card: Json) -> bool:
    """Whether this very card was denied."""
    return any(one.sha256 == card["sha256"] for one in denials(state))


def _same(one: Approval, wanted: Json) -> bool:
    named = str(wanted.get("action", ""))
    kind = str(one.card.get("kind") or "rollback")
    own = one.action == named if named else kind == str(wanted.get("kind", ""))
    return own and dict(one.card.get("params") or {}) == dict(wanted.get("params") or {})
