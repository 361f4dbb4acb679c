"""Reaching somebody: the on-call person is paged until they answer, then the next in the chain.

Where nobody can be paged the chain moves on by the clock alone, and the numbers to call are shown.
"""

from orchestrator.flow.decide import Incident
from orchestrator.flow.people import ON_CALL, as_cover, relieve, stand_in
from orchestrator.model import events as ev
from orchestrator.model.calling import (
    MOST_PAGES,
    available,
    contact,
    leaderless,
    pageable,
    pages,
    repeat,
    unanswered,
    unanswered_pages,
    unreached,
)
from orchestrator.model.records import Task
from orchestrator.model.wording import page_key

FINDERS = ("deputy", "engineering-manager", "architect", "management")
"""Who is asked for a commander where nobody has taken it, in this order."""


def paging(i: Incident) -> None:
    shift(i)
    reach(i)
    relieve(i)
    call_relief(i)
    seek_commander(i)
    for task in list(i.state.tasks.values()):
        if task.kind == "page" and not task.running:
            failed(i, task)


def shift(i: Incident) -> None:
    """While nobody has answered, whoever's shift begins is asked; later it takes a handoff."""
    duty = i.state.crew.duty.get(ON_CALL)
    if duty is None or not unanswered(i.state) or duty.at <= i.state.detected_at:
        return
    person = next((name for name in duty.people if available(i.state, name)), "")
    called = [one.person for one in i.state.crew.called]
    if person and person not in called:
        before = i.state.roles.get(ON_CALL, "")
        fact = ev.RoleAssigned(ON_CALL, person, "rotation", "their shift began", before)
        i.emit(f"role/on-call/shift/{duty.at}", fact)


def reach(i: Incident) -> None:
    """Page whoever is to answer; move on from whoever does not."""
    person = i.state.roles.get(ON_CALL, "")
    if not unanswered(i.state) or not person:
        return
    while why := unreached(i.state, person, i.now):
        missing = list(dict.fromkeys(one.person for one in i.state.crew.called))
        instead = stand_in(i, ON_CALL, missing, f"{person} {why}")
        if not instead:
            break
        how = "cover" if as_cover(i, instead) else "rotation"
        fact = ev.RoleAssigned(ON_CALL, instead, how, f"{person} {why}", person)
        if not i.emit(f"role/on-call/cover/{len(missing)}", fact):
            break
        person = instead
    page(i, ON_CALL, person, "acknowledge")


def call_relief(i: Incident) -> None:
    """Page, once, whoever took over from somebody on call who had acknowledged and is gone."""
    person, called = i.state.roles.get(ON_CALL, ""), i.state.crew.called
    if not i.state.open or unanswered(i.state) or ON_CALL not in i.state.crew.covers or not called:
        return
    since = called[-1].at
    sent = [one for one in pages(i.state, ON_CALL, person) if one.requested_at >= since]
    # whoever covers from before the acknowledgement was paged until it came
    if since >= i.state.acknowledged_at and not sent:
        page(i, ON_CALL, person, "take over as on-call")


def page(i: Incident, role: str, person: str, asked: str) -> None:
    """Ask for the next page to somebody, when it is time for one."""
    every = repeat(i.state)
    sent = unanswered_pages(i.state, role, person)
    many = len(pages(i.state, role, person)) >= MOST_PAGES
    if not pageable(i.state, person) or every is None or many:
        return
    if sent and (sent[-1].running or i.now < sent[-1].requested_at + every):
        return
    number = len(pages(i.state, role)) + 1
    inputs = {"role": role, "person": person, "number": number, "asked": asked}
    key = page_key(role, number, person)
    i.ask(key, "incident-responder", f"page {person}", kind="page", tries=1, inputs=inputs)


def failed(i: Incident, task: Task) -> None:
    """What did not go out is said with the number to call instead."""
    if task.outcome == "done" and task.report.get("delivered"):
        return
    role, person = str(task.inputs["role"]), str(task.inputs["person"])
    why = task.why or str(task.report.get("why", "")) or "it is not known whether it went out"
    fact = ev.PageFailed(task.key, role, person, contact(i.state, person), why)
    i.emit(f"{task.key}/failed", fact)


def seek_commander(i: Incident) -> None:
    """A P0 or P1 that nobody has taken by its time: others are asked to find a commander."""
    clock = i.state.deadlines.get("commander")
    if not leaderless(i.state) or clock is None or clock.outcome not in ("fired", "missed"):
        return
    for role in FINDERS:
        for one in i.state.people:
            name = str(one["name"])
            if role not in one.get("roles", ()) or not available(i.state, name):
                continue
            why = f"nobody commands this {i.state.severity}"
            i.emit(f"commander/sought/{clock.rev}", ev.CommanderSought(name, role, why))
            page(i, "commander", name, "name a commander")
            return
