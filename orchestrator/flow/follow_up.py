"""Preventive actions become promises, and people say what became of them, on closed ones too."""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.action_item import OPEN, STATUSES
from orchestrator.model.commands import Command
from orchestrator.model.follow_up import named, untracked
from orchestrator.model.state import State


def track(i: Incident) -> None:
    """Every proposed action, once, from when the incident is resolved: dates count from there."""
    if not i.state.resolved_at:
        return
    for item in untracked(i.state):
        fact = ev.PreventiveActionTracked(
            item.id, item.text, item.horizon, item.owner, item.due, item.evidence
        )
        i.emit(f"action/A{item.number}/tracked", fact)


def refuse_change(state: State, command: Command) -> str:
    """Why an action cannot be changed so; empty when it can."""
    item = named(state, str(command.args.get("action", "")))
    if item is None:
        return _nothing(state, command)
    status, why = _status(command), str(command.args.get("why", "")).strip()
    owner, due = str(command.args.get("person", "")).strip(), float(command.args.get("due") or 0)
    if not state.resolved_at:
        return f"{state.incident} is not resolved: its actions count from then"
    if status and status not in STATUSES:
        return f"an action is {', '.join(STATUSES[:-1])} or {STATUSES[-1]}, not {status!r}"
    if status == item.status:
        return f"{item.id} is {status} already"
    if status and status != "DONE" and not why:
        return f"say why {item.id} is {'open again' if status == OPEN else 'dropped'}"
    if due and due <= state.resolved_at:
        return f"{item.id} cannot be due before {state.incident} was resolved"
    return "" if status or owner or due else "say what changes: its status, owner or date"


def change(i: Incident, c: Command) -> None:
    item = _tracked(i, c)
    fact = ev.PreventiveActionChanged(
        action=item,
        by=c.actor.name,
        status=_status(c),
        owner=str(c.args.get("person", "")).strip(),
        due=float(c.args.get("due") or 0),
        why=str(c.args.get("why", "")).strip(),
    )
    i.emit(c.id, fact, c.actor)


def refuse_ticket(state: State, command: Command) -> str:
    """Why a ticket cannot be noted; empty when it can."""
    item = named(state, str(command.args.get("action", "")))
    if item is None:
        return _nothing(state, command)
    if item.ticket:
        return f"{item.id} has a ticket: {item.ticket}"
    if not state.resolved_at:
        return f"{state.incident} is not resolved: its actions count from then"
    url = str(command.args.get("url", ""))
    return "" if url.startswith(("https://", "http://")) else "say the address of the ticket"


def ticket(i: Incident, c: Command) -> None:
    item = _tracked(i, c)
    i.emit(c.id, ev.TicketOpened(item, str(c.args["url"]), c.actor.name), c.actor)


def _tracked(i: Incident, c: Command) -> str:
    """The id of the action meant; what an earlier release did not track is tracked first."""
    track(i)
    item = named(i.state, str(c.args["action"]))
    assert item is not None
    return item.id


def _status(command: Command) -> str:
    return str(command.args.get("status", "")).strip().upper()


def _nothing(state: State, command: Command) -> str:
    known = ", ".join(state.follow_up) or "none"
    return f"there is no action {command.args.get('action', '')!r}; there: {known}"
