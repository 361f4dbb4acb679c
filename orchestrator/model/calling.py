"""Who has to be reached now, who did not answer, and which numbers a person should call. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from orchestrator.model.events import Json
from orchestrator.model.policy import in_hours, promise_ends
from orchestrator.model.records import Task
from orchestrator.model.state import State

MOST_PAGES = 10
"""Pages to one person in one incident; whoever sleeps through so many is called by a person."""

COVER = ("engineering-manager", "architect")
"""Who stands in, in this order, when neither the holder nor the backup can be had."""

GRAVE = ("P0", "P1")

CONFLICTS = {
    "commander": ("technical-lead", "communications-lead", "scribe"),
    "technical-lead": ("commander",),
    "communications-lead": ("commander",),
    "scribe": ("commander",),
}
"""Role → those that nobody should hold beside it: whoever commands does nothing else."""


@dataclass(frozen=True, slots=True)
class Number:
    """Somebody to call by hand."""

    person: str
    contact: str
    why: str


@dataclass(frozen=True, slots=True)
class Next:
    """When somebody who does not answer is asked again, or the next one is."""

    begun: float
    seconds: float


def known(state: State, person: str) -> Json:
    """What the settings said of somebody at detection; empty for a name they do not have."""
    return next((one for one in state.people if one["name"] == person), {})


def contact(state: State, person: str) -> str:
    """How to reach them, or UNKNOWN."""
    return str(known(state, person).get("contact") or "UNKNOWN")


def available(state: State, person: str) -> bool:
    """True for somebody the settings name, whom nobody said to be away."""
    said = known(state, person)
    return bool(said) and not said.get("unavailable") and person not in state.crew.away


def chain(state: State, role: str, missing: Collection[str] = ()) -> list[str]:
    """Everybody who may answer for a role, in the order in which they are asked.

    The rotation's people, the backups of those who are missing, others with the role, and then the
    roles that cover for a time.
    """
    duty = state.crew.duty.get(role)
    names = list(duty.people) if duty else []
    names += [str(known(state, name).get("backup", "")) for name in missing]
    for other in (role, *COVER):
        names += [str(one["name"]) for one in state.people if other in one.get("roles", ())]
    return [name for name in dict.fromkeys(names) if name and name not in missing]


def repeat(state: State) -> float | None:
    """Seconds between two pages at the severity in force; None where nobody is woken."""
    return state.policy.table[state.severity or "P0"].page


def pageable(state: State, person: str) -> bool:
    """True when the war room itself can wake somebody; a fork wakes nobody."""
    can = known(state, person).get("paged") and person not in state.crew.unpaged
    return bool(can) and repeat(state) is not None and not state.forked_from


def pages(state: State, role: str, person: str = "") -> list[Task]:
    """The pages sent for a role, to one person or to anybody, in their order."""
    return [
        task
        for task in state.tasks.values()
        if task.kind == "page"
        and task.inputs["role"] == role
        and person in ("", task.inputs["person"])
    ]


def unanswered_pages(state: State, role: str, person: str) -> list[Task]:
    """Those sent since it was last waited for an answer: an acknowledgement that lapsed was one."""
    sent = pages(state, role, person)
    return [task for task in sent if task.requested_at >= state.lapsed_at]


def unanswered(state: State) -> bool:
    """True while an open incident waits for somebody to acknowledge it."""
    return state.open and not state.acknowledged_at


def unreached(state: State, person: str, now: float) -> str:
    """Why the next one is asked instead of somebody; empty while they may still answer."""
    if person in state.crew.away:
        return f"is unavailable: {state.crew.away[person]}"
    if person in state.crew.unpaged:
        return f"could not be paged: {state.crew.unpaged[person]}"
    coming = next_call(state, person)
    if coming is None or now < coming.begun + coming.seconds:
        return ""
    sent = unanswered_pages(state, "on-call", person)
    if pageable(state, person):
        return (
            f"did not acknowledge {len(sent)} pages" if len(sent) >= state.policy.page_tries else ""
        )
    return "did not acknowledge in time"


def next_call(state: State, person: str) -> Next | None:
    """When it is time to page somebody again or to ask the next; None while nothing runs out."""
    every = repeat(state)
    if pageable(state, person) and every is not None:
        sent = unanswered_pages(state, "on-call", person)
        return None if not sent or sent[-1].running else Next(sent[-1].requested_at, every)
    clock = state.deadlines.get("acknowledge")
    if clock is None:
        return None
    called = [one for one in state.crew.called if one.person == person]
    if len(state.crew.called) <= 1 or not called:
        over = clock.outcome in ("fired", "missed")
        return Next(clock.start, 0.0 if over else clock.due - clock.start)
    begun = max(called[-1].at, state.lapsed_at)
    if not in_hours(state.policy, state.severity):
        return Next(begun, clock.due - clock.start)
    promised = state.policy.table[state.severity].acknowledge  # the clock's may hold a weekend
    return Next(begun, promise_ends(state.policy, state.severity, begun, promised) - begun)


def numbers(state: State, now: float) -> list[Number]:
    """Whom a person has to call by hand: those who are to answer and cannot be paged.

    Nobody while a page is on its way or the time to acknowledge still runs.
    """
    if not unanswered(state):
        return []
    wanted = [one.person for one in state.crew.called]
    failed = [name for name in state.crew.unpaged if name not in wanted]
    found = []
    for person in (*failed, *dict.fromkeys(wanted)):
        why = unreached(state, person, now)
        if why and person not in state.crew.away:
            found.append(Number(person, contact(state, person), why))
    return found


def conflicting(state: State, role: str, person: str) -> list[str]:
    """Roles this person holds that nobody should hold beside this one."""
    return [other for other in CONFLICTS.get(role, ()) if state.roles.get(other) == person]


def leaderless(state: State) -> bool:
    """True for an open P0 or P1 that nobody commands though somebody was asked for.

    A commander who cannot be had commands nothing.
    """
    asked, commander = bool(state.crew.commander_asked_at), state.roles.get("commander", "")
    gone = not commander or commander in state.crew.away
    return state.open and state.severity in GRAVE and gone and asked


def said(items: Iterable[Number]) -> str:
    """`a.kim +49 1, j.ortiz +49 2`: whom to call, in one line."""
    return ", ".join(f"{one.person} {one.contact}" for one in items)
