"""A role that is offered: what ends the offer by itself, and what the acceptance brings."""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.calling import GRAVE, conflicting
from orchestrator.model.commands import Command


def handoffs(i: Incident) -> None:
    """An offer ends when its time is over, or when the role has gone elsewhere meanwhile."""
    for one in i.state.crew.offered():
        holder = i.state.roles.get(one.role, "")
        why = ""
        if i.now >= one.expires:
            why = f"{one.person} did not answer in time"
        elif holder != one.giver:
            why = f"{holder or 'nobody'} holds it now"
        elif i.state.status == "CLOSED":
            why = "the incident is closed"
        if why:
            fact = ev.HandoffExpired(one.number, one.role, one.person, why)
            i.emit(f"handoff/{one.number}/expired", fact)


def offer(i: Incident, c: Command) -> None:
    """The packet is written by the runner once the offer is in the journal."""
    role, person = str(c.args.get("role") or "commander"), str(c.args["person"]).strip()
    number = len(i.state.crew.handoffs) + 1
    expires = round(i.now + i.policy.handoff_expires, 3)
    giver, why = i.state.roles.get(role, ""), str(c.args.get("why", "")).strip()
    fact = ev.HandoffOffered(number, role, giver, person, c.actor.name, expires, why)
    i.emit(c.id, fact, c.actor)


def accept(i: Incident, c: Command) -> None:
    for one in i.state.crew.offered(str(c.args.get("role", "")), c.actor.name):
        accepted = ev.HandoffAccepted(one.number, one.role, one.person)
        why = one.why or f"handoff {one.number} was accepted"
        i.emit(c.id, accepted, c.actor)
        both = i.state.severity in GRAVE and conflicting(i.state, one.role, one.person)
        how = "cover" if both else "handoff"
        took = ev.RoleAssigned(one.role, one.person, how, why, one.giver)
        i.emit(f"{c.id}/role", took, c.actor)
        if one.role in i.state.questions:
            i.emit(f"{c.id}/answered", ev.QuestionAnswered(one.role, one.person), c.actor)
        return


def decline(i: Incident, c: Command) -> None:
    for one in i.state.crew.offered(str(c.args.get("role", "")), c.actor.name):
        why = str(c.args["why"]).strip()
        i.emit(c.id, ev.HandoffDeclined(one.number, one.role, one.person, why), c.actor)
        return


def away(i: Incident, c: Command) -> None:
    person = str(c.args["person"]).strip()
    fact = ev.PersonAway(person, str(c.args["why"]).strip(), c.actor.name)
    i.emit(c.id, fact, c.actor)
