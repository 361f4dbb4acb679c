"""Past incidents of the project that look like this one, told from their journals."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.likeness import Likeness, alike, telling, traits
from orchestrator.agents.rules.words import plural
from orchestrator.evidence.sources.source import within
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project

LOOKED_AT, LARGEST = 100, 16 << 20
"""How many of the newest incidents are read, and how large a journal may be."""


SHOWN = 5
"""How many are named, the most alike first."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the project's earlier incidents say of this one."""

    read: int
    alike: tuple[Likeness, ...] = ()
    """all that look alike, the most alike first"""
    eid: str = ""
    """the evidence that the first of them are listed in"""

    @property
    def shown(self) -> tuple[Likeness, ...]:
        return self.alike[:SHOWN]

    def recurrence(self, now: float) -> str:
        """How often and how lately it was seen before, in words."""
        if not self.alike:
            return f"none of {plural(self.read, 'earlier incident')} looks alike"
        days = (now - max(one.at for one in self.alike)) / 86400
        when = "less than a day" if days < 1 else plural(int(days), "day")
        looks = "looks" if len(self.alike) == 1 else "look"
        of = plural(self.read, "earlier incident")
        return f"{len(self.alike)} of {of} {looks} alike, the last {when} before"


async def related(desk: Desk) -> Past:
    """Those that look alike, and why."""
    project = Project(desk.bench.root)
    state = desk.state
    command = f"read the last {LOOKED_AT} journals of .aiwg/incidents"
    desk.bench.call(command)
    others = await desk.tried(within(20.0, "past incidents", lambda: list(_others(project, state))))
    mine, rare = traits(state), telling([state, *(others or [])])
    scored = [alike(mine, other, rare) for other in others or []]
    found = sorted(
        (one for one in scored if one is not None), key=lambda one: (-one.score, one.incident)
    )
    past = Past(len(others or []), tuple(found))
    if not found:
        desk.bench.out(past.recurrence(state.detected_at))
        return past
    eid = await desk.bench.observe(
        Observation(
            kind="analysis",
            source="journals of past incidents",
            command=command,
            summary=past.recurrence(state.detected_at),
            content="".join(f"{one.line}\n" for one in past.shown),
            taint="outside",
        )
    )
    return replace(past, eid=eid)


def _others(project: Project, state: State) -> Iterator[State]:
    """The states of earlier incidents; a journal that cannot be read is left out."""
    folders = [folder for folder in project.all_incidents() if folder.incident != state.incident]
    for folder in sorted(folders, key=_age, reverse=True)[:LOOKED_AT]:
        try:
            if folder.journal.stat().st_size > LARGEST:
                continue
            other, _ = load_state(folder.journal)
        except (JournalBroken, OSError, ValueError):
            continue
        if 0 < other.detected_at < state.detected_at:
            yield other


def _age(folder: IncidentFolder) -> float:
    try:
        return folder.journal.stat().st_mtime
    except OSError:
        return 0.0
