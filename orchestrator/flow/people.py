"""Who holds which role, and who steps in when nobody answers: the escalation path and its cover."""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.events import Json

LEADERS = {
    "commander": "Who commands this incident?",
    "technical-lead": "Who leads the technical work?",
    "communications-lead": "Who speaks for this incident?",
}
"""P0 and P1 need each of them, from the settings or asked for."""

COVER = ("engineering-manager", "architect")
"""Who stands in, in this order, when neither the holder nor the backup can be had."""


def lead(i: Incident) -> None:
    """Fill the leading roles from the settings; ask for those nobody holds."""
    for role, question in LEADERS.items():
        assign(i, role, question)


def assign(i: Incident, role: str, question: str) -> None:
    if role in i.state.roles:
        return
    person = holder(i, role)
    if person:
        i.emit(f"role/{role}", ev.RoleAssigned(role, person, "settings"))
    else:
        i.question(role, question)


def holder(i: Incident, role: str) -> str:
    """The first available person with the role, else the cover; empty when there is nobody."""
    for person in _with(i, role):
        if not person.get("unavailable"):
            return str(person["name"])
    if not _with(i, role):
        return ""
    return _stand_in(i, role, {str(person["name"]) for person in _with(i, role)}, "is unavailable")


def cover_silence(i: Incident) -> None:
    """Nobody acknowledged in time: the next in the chain is named, and the gap is kept."""
    clock = i.state.deadlines.get("acknowledge")
    late = clock is not None and clock.outcome in ("fired", "missed")
    silent = i.state.roles.get("on-call")
    if late and silent and not i.state.acknowledged_at and "path-blocked" not in i.state.exceptions:
        person = _stand_in(i, "on-call", {silent}, "did not acknowledge in time")
        if person:
            i.emit("role/on-call/cover", ev.RoleAssigned("on-call", person, "cover"))


def _stand_in(i: Incident, role: str, missing: set[str], why: str) -> str:
    """The backup, another holder, or the cover roles; declared as the path being blocked."""
    chain = [
        str(person.get("backup", "")) for person in i.state.people if person["name"] in missing
    ]
    chain += [str(person["name"]) for other in (role, *COVER) for person in _with(i, other)]
    free = [name for name in chain if name and name not in missing and _available(i, name)]
    names = ", ".join(sorted(missing))
    actions = (f"{free[0]} stands in as {role}",) if free else (f"ask who can take {role}",)
    i.emit(
        f"exception/path-blocked/{role}",
        ev.ExceptionDeclared("path-blocked", f"{role}: {names} {why}", actions),
    )
    return free[0] if free else ""


def _available(i: Incident, name: str) -> bool:
    return any(p["name"] == name and not p.get("unavailable") for p in i.state.people)


def _with(i: Incident, role: str) -> list[Json]:
    return [person for person in i.state.people if role in person.get("roles", ())]
