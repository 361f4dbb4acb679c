"""What somebody needs who takes over or comes late: the handoff packet, and the same as a read-in.

All of it is read from state and events; nothing is asked of anybody, so it is there at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.clock import hhmmss
from orchestrator.documents.history import Told, history
from orchestrator.model import events as ev
from orchestrator.model.calling import contact
from orchestrator.model.crew import Handoff
from orchestrator.model.durations import words
from orchestrator.model.events import Event
from orchestrator.model.owed import BY_FLOW, owner
from orchestrator.model.state import State
from orchestrator.model.two_persons import progress
from orchestrator.model.wording import bare_name

PATH = "communications/handoff-{}.md"
LATEST = 12
"""Lines of the timeline that a packet carries; the rest is in the timeline itself."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise or trigger that still counts."""

    name: str
    due: float
    left: str
    by: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits for a key."""

    title: str
    risk: str
    expires: float
    progress: str
    """`1 of 2`, where it needs more than one person"""


@dataclass(frozen=True, slots=True)
class Knows:
    """Somebody who knows something, and what of."""

    person: str
    contact: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Packet:
    """The facts of one moment, for one reader."""

    handoff: Handoff | None
    """None where somebody only reads in"""
    at: float
    owed: tuple[Owed, ...]
    waiting: tuple[Waiting, ...]
    knows: tuple[Knows, ...]
    latest: tuple[Told, ...]
    changes: tuple[str, ...]
    """what was done in production, and how it ended"""


def packet(state: State, events: Sequence[Event], number: int = 0) -> Packet:
    """The packet of a handoff, or with no number what a latecomer reads."""
    offers = {one.number: one for one in state.crew.handoffs}
    now = events[-1].at if events else 0.0
    return Packet(
        handoff=offers.get(number),
        at=now,
        owed=tuple(_owed(state, now)),
        waiting=tuple(
            Waiting(one.title, one.risk, one.expires, progress(one, state.policy))
            for one in state.approvals.values()
            if one.open
        ),
        knows=tuple(_knows(state, events)),
        latest=tuple([line for line in history(events) if line.key][-LATEST:]),
        changes=tuple(_changes(state)),
    )


def number_of(path: str) -> int:
    """3 for `communications/handoff-3.md`; 0 for any other document."""
    head, _, tail = PATH.partition("{}")
    digits = path.removeprefix(head).removesuffix(tail)
    return int(digits) if path == f"{head}{digits}{tail}" and digits.isdecimal() else 0


def offered_at(number: int, events: Sequence[Event]) -> int:
    """How many events there were when a handoff was offered; 0 when it never was."""
    return next(
        (
            count
            for count, event in enumerate(events, start=1)
            if isinstance(event.data, ev.HandoffOffered) and event.data.number == number
        ),
        0,
    )


def _owed(state: State, now: float) -> list[Owed]:
    counting = [
        one
        for one in state.deadlines.values()
        if one.counting and bare_name(one.name) not in BY_FLOW
    ]
    return [
        Owed(
            one.name.replace("-", " "),
            one.due,
            f"in {words(one.due - now)}" if one.due > now else f"{words(now - one.due)} late",
            owner(state, one.name),
        )
        for one in sorted(counting, key=lambda one: one.due)
    ]


def _knows(state: State, events: Sequence[Event]) -> list[Knows]:
    """Everybody who holds a role or did something, in the order they first did."""
    found: dict[str, list[str]] = {}
    for role, person in state.roles.items():
        found.setdefault(person, []).append(role.replace("-", " "))
    for tier in state.tiers.values():
        if tier.who != "UNKNOWN":
            found.setdefault(tier.who, []).append(f"tier {tier.tier}")
    for event in events:
        did = _did(event)
        if did and event.actor.kind == "human":
            found.setdefault(event.actor.name, []).append(did)
    return [
        Knows(person, contact(state, person), tuple(dict.fromkeys(of)))
        for person, of in found.items()
    ]


def _did(event: Event) -> str:
    data = event.data
    if isinstance(data, ev.ApprovalGranted | ev.ApprovalEndorsed):
        return f"approved {data.approval} at {hhmmss(event.at)}"
    if isinstance(data, ev.ApprovalDenied):
        return f"denied {data.approval} at {hhmmss(event.at)}"
    if isinstance(data, ev.EvidenceAdded):
        return f"added {data.eid}"
    if isinstance(data, ev.QuestionAnswered):
        return f"answered {data.field}"
    if isinstance(data, ev.MessageSent):
        return f"sent {data.path.rsplit('/', 1)[-1]}"
    return "wrote a note" if isinstance(data, ev.NoteAdded) else ""


def _changes(state: State) -> list[str]:
    ran = [task for task in state.tasks.values() if task.kind == "action"]
    return [
        f"{task.title}: {'running' if task.running else task.outcome}"
        + (f" at {hhmmss(task.finished_at)}" if task.finished_at else "")
        for task in ran
    ]
