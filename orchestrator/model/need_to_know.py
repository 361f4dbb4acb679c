"""Who may act on a possible breach: those at work on it, security, legal, whom they admit. Pure.

The files of an incident are the runner's user's alone; this is about the people who speak to it.
"""

from orchestrator.model.state import State

ALWAYS = ("security", "legal")
"""Roles whose people may know of every breach."""

OPEN_TO_ALL = ("ack", "accept", "decline")
"""What anybody may do: answer when called."""


def circle(state: State) -> frozenset[str]:
    """Who needs to know, by name; empty while everybody may."""
    if "security" not in state.exceptions or not state.people:
        return frozenset()
    able = {str(one["name"]) for one in state.people for r in ALWAYS if r in one.get("roles", ())}
    at_work = {state.acknowledged_by, state.engaged_by, state.coordinator, *state.roles.values()}
    tiers = {tier.who for tier in state.tiers.values()}
    return frozenset((able | at_work | tiers | set(state.admitted)) - {"", "UNKNOWN"})


def kept_out(state: State, person: str, command: str) -> str:
    """Why somebody's command is not taken; empty when it is."""
    inside = circle(state)
    if not inside or person in inside or command in OPEN_TO_ALL:
        return ""
    asked = state.roles.get("commander") or next(iter(sorted(inside)))
    return f"need to know: this may be a breach; ask {asked} to admit you"
