"""Why a command about people cannot be done now: roles, handoffs, a severity under debate."""

from orchestrator.model.calling import GRAVE, conflicting
from orchestrator.model.commands import Command
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.model.two_persons import needed
from orchestrator.model.wording import time_of_day


def assign(state: State, command: Command) -> str:
    """A commander is never changed without a word, and nobody holds two roles that conflict."""
    role, person = _said(command, "role"), _said(command, "person")
    if not role:
        return "say which role"
    if not person:
        return "say who"
    return "" if _said(command, "why") else _needs_reason(state, role, person)


def _needs_reason(state: State, role: str, person: str) -> str:
    before = state.roles.get(role, "")
    if role == "commander" and before and before != person:
        return f"{before} commands this incident: hand it off, or assign it and say why"
    if why := _conflict(state, role, person):
        return f"{why}; as temporary cover, say why"
    return ""


def _conflict(state: State, role: str, person: str) -> str:
    """Why one person should not hold this role as well; empty below P1."""
    held = conflicting(state, role, person) if state.severity in GRAVE else []
    if not held:
        return ""
    names = " and ".join(other.replace("-", " ") for other in held)
    return f"{person} is {names} already: at {state.severity} whoever commands does nothing else"


def handoff(state: State, command: Command) -> str:
    role, person = _said(command, "role") or "commander", _said(command, "person")
    if not person:
        return "say to whom"
    holder = state.roles.get(role, "")
    if holder == person:
        return f"{person} is {role.replace('-', ' ')} already"
    for one in state.crew.offered(role):
        return f"it is offered to {one.person} until {time_of_day(one.expires)}"
    if _said(command, "why"):
        return ""
    if why := _conflict(state, role, person):
        return f"{why}; as temporary cover, say why"
    if holder and command.actor.name not in (holder, state.roles.get("commander", "")):
        return f"{holder} holds it and does not offer it: say why you do"
    return ""


def offered(state: State, command: Command) -> str:
    """Only whoever it is offered to accepts or declines."""
    mine = state.crew.offered(_said(command, "role"), command.actor.name)
    if not mine:
        waiting = [f"{one.role} to {one.person}" for one in state.crew.offered()]
        return (
            f"nothing is offered to {command.actor.name}; offered: {', '.join(waiting) or 'none'}"
        )
    if command.at >= mine[0].expires:
        return f"the offer of {mine[0].by} has expired"
    if command.name == "decline" and not _said(command, "why"):
        return "say why you decline"
    return ""


def away(state: State, command: Command) -> str:
    person = _said(command, "person")
    if not person:
        return "say who is unavailable"
    if person in state.crew.away:
        return f"{person} is unavailable already: {state.crew.away[person]}"
    return "" if _said(command, "why") else "say why"


def debate(state: State, command: Command) -> str:
    """One person's severity stands for a while; the commander decides, nobody argues it out."""
    commander = state.roles.get("commander", "")
    settled = state.crew.severity_at + state.policy.severity_settles
    mine = command.actor.name in (state.severity_by, commander)
    if not state.severity_human or mine or command.at >= settled:
        return ""
    if commander and _said(command, "override"):
        return ""
    decides = f"{commander} commands and decides" if commander else "whoever commands decides"
    word = "; with their word, give it as the commander's word" if commander else ""
    return (
        f"{state.severity_by} set {state.severity} ({state.severity_why}): {decides}, "
        f"or it can be changed from {time_of_day(settled)}{word}"
    )


def second(state: State, approval: Approval, command: Command) -> str:
    """Two persons are two names with two credentials: one of them alone is not enough."""
    wanted = needed(approval.card, state.policy)
    if wanted < 2:
        return ""
    if command.actor.kind != "human":
        return f"{approval.title} needs {wanted} persons: only people can approve it"
    if command.actor.name in approval.endorsed_by:
        return f"{approval.title} needs another person: you approved it already"
    if command.actor.credential in approval.endorsed_with:
        return (
            f"{approval.title} needs another credential: {command.actor.credential} "
            f"approved it already, as {approval.endorsed_by[0]}"
        )
    return ""


def _said(command: Command, name: str) -> str:
    return str(command.args.get(name, "")).strip()
