"""Who holds which role, and who steps in when nobody answers: the escalation path and its cover."""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.calling import COVER, available, chain, conflicting, unanswered

LEADERS = {
    "commander": "Who commands this incident?",
    "technical-lead": "Who leads the technical work?",
    "communications-lead": "Who speaks for this incident?",
}
"""P0 and P1 need each of them, from the settings or asked for."""

ON_CALL = "on-call"


def lead(i: Incident) -> None:
    """Fill the leading roles from the settings; ask for those nobody holds."""
    for role, question in LEADERS.items():
        assign(i, role, question)


def assign(i: Incident, role: str, question: str) -> None:
    if role in i.state.roles:
        return
    person = holder(i, role)
    if person:
        how = "rotation" if role in i.state.crew.duty else "settings"
        i.emit(f"role/{role}", ev.RoleAssigned(role, person, how))
    else:
        i.question(role, question)


def holder(i: Incident, role: str) -> str:
    """The first available person with the role, else the cover; empty when there is nobody.

    Whoever commands leads nothing else, as long as somebody else with the role is there.
    """
    duty = i.state.crew.duty.get(role)
    able = list(duty.people) if duty else []
    able += [str(one["name"]) for one in i.state.people if role in one.get("roles", ())]
    able.sort(key=lambda name: bool(conflicting(i.state, role, name)))
    there = next((name for name in able if available(i.state, name)), "")
    first = duty.people[0] if duty else there
    if there and not available(i.state, first):
        blocked(i, role, f"{first} is unavailable", there)
    if there or not able:
        return there
    return stand_in(i, role, able, f"{', '.join(sorted(set(able)))} is unavailable")


def stand_in(i: Incident, role: str, missing: list[str], why: str, times: str = "") -> str:
    """Who is asked next for a role; declared as the path being blocked, every time it is.

    Whoever commands stands in for nothing else, nor takes the command beside another role, as long
    as somebody else is there.
    """
    free = [name for name in chain(i.state, role, missing) if available(i.state, name)]
    free.sort(key=lambda name: bool(conflicting(i.state, role, name)))
    instead = free[0] if free else ""
    blocked(i, role, why, instead, times or (f"/{len(missing)}" if len(missing) > 1 else ""))
    return instead


def relieve(i: Incident) -> None:
    """Put somebody in for each leader who became unavailable; ask where the chain has nobody.

    Once for each role and person: who is assigned by hand to a role although unavailable keeps it.
    """
    for role, person in list(i.state.crew.vacated.items()):
        if not i.state.open or role not in (ON_CALL, *LEADERS):
            continue
        why = f"{person} is unavailable: {i.state.crew.away[person]}"
        # before anybody acknowledged, the pages alone go along the chain
        called = role == ON_CALL and unanswered(i.state)
        times = f"/away/{person}"
        instead = "" if called else stand_in(i, role, [person], why, times)
        if not instead:
            asks = ev.QuestionOpened(role, f"{why}. Who takes over as {role.replace('-', ' ')}?")
            i.emit(f"question/{role}{times}", asks)
            continue
        i.emit(f"role/{role}{times}", ev.RoleAssigned(role, instead, "cover", why, person))
        if role in i.state.questions:
            i.emit(f"question/{role}{times}/answered", ev.QuestionAnswered(role, instead))


def blocked(i: Incident, role: str, why: str, instead: str, times: str = "") -> None:
    """Whoever was to be asked cannot be had: said with who is asked instead, every time."""
    actions = (f"{instead} stands in as {role}",) if instead else (f"ask who can take {role}",)
    fact = ev.ExceptionDeclared("path-blocked", f"{role}: {why}", actions)
    i.emit(f"exception/path-blocked/{role}{times}", fact)


def as_cover(i: Incident, person: str) -> str:
    """The covering role somebody stands in with; empty for those whose turn it is."""
    said = next((one for one in i.state.people if one["name"] == person), {})
    return next((role for role in COVER if role in said.get("roles", ())), "")
