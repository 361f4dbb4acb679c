"""Who keeps which promise: the role it is expected from, and who stands in while that is empty."""

from orchestrator.model.state import State
from orchestrator.model.wording import bare_name

BY_FLOW = ("tier2", "tier3", "validate", "confirm", "resolve at risk", "page", "handoff")
"""Moments at which the flow itself acts: nobody owes them."""

OWED_BY = {
    "acknowledge": ("on-call", "commander"),
    "engage": ("on-call", "commander"),
    "update": ("communications-lead", "commander"),
    "management": ("communications-lead", "commander"),
    "executive": ("communications-lead", "commander"),
    "status-page": ("communications-lead", "commander"),
    "regulatory": ("legal", "commander"),
    "resolve": ("commander", "on-call"),
    "review": ("commander", "on-call"),
    "commander": ("deputy", "engineering-manager"),
}
"""By deadline name without its number; any other is the commander's."""


def owner(state: State, name: str) -> str:
    """The person a promise is expected from, or UNKNOWN."""
    bare = bare_name(name)
    told = "update" if bare.startswith("send ") else bare
    for role in OWED_BY.get(told, ("commander", "on-call")):
        if role in state.roles:
            return state.roles[role]
    return "UNKNOWN"
