"""Past incidents of the project that look like this one, told from their journals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.earlier import latest
from orchestrator.agents.rules.words import clock_time, quoted
from orchestrator.clock import iso
from orchestrator.evidence.sources.source import within
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project

LOOKED_AT, LARGEST = 100, 16 << 20
"""How many of the newest incidents are read, and how large a journal may be."""

ALIKE = 2.0
"""The same service and the same category alone are no likeness; a shared error or file is."""

_PATTERN = re.compile(r'^(?P<name>\S+) "(?P<text>.{0,200})" is (?:new|more):')
_ERROR = re.compile(r"\b[A-Za-z_][\w.]*(?:Error|Exception|Timeout|Fault|Exhausted|Refused)\b")
_PLACE = re.compile(r"(?<![\w/.-])(?:[\w.-]+/){0,9}[\w-]+\.[A-Za-z]{1,8}(?![\w/(])")
_PLAIN = frozenset({"error", "critical", "warning", "warn", "fatal", "info", "debug", "template"})


@dataclass(frozen=True, slots=True)
class Traits:
    """What an incident is recognised by."""

    service: str
    category: str
    errors: frozenset[str]
    """templates and types of errors that were new in it"""
    files: frozenset[str]
    """files that its cause or its main suspect lies in"""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A past incident, how much it looks like this one, and by what."""

    incident: str
    score: float
    shared: tuple[str, ...]
    line: str


async def related(desk: Desk) -> tuple[list[Likeness], str]:
    """Those that look alike, the most alike first, and the evidence they are listed in."""
    project = Project(desk.bench.root)
    state = desk.state
    command = f"read the last {LOOKED_AT} journals of .aiwg/incidents"
    desk.bench.call(command)
    others = await desk.tried(within(20.0, "past incidents", lambda: list(_others(project, state))))
    mine = traits(state)
    scored = [alike(mine, other) for other in others or []]
    found = sorted(
        (one for one in scored if one is not None), key=lambda one: (-one.score, one.incident)
    )[:5]
    if not found:
        desk.bench.out(f"{len(others or [])} other incidents read, none looks alike")
        return [], ""
    eid = await desk.bench.observe(
        Observation(
            kind="analysis",
            source="journals of past incidents",
            command=command,
            summary=f"{len(found)} of {len(others or [])} other incidents look alike",
            content="".join(f"{one.line}\n" for one in found),
            taint="outside",
        )
    )
    return found, eid


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


def traits(state: State) -> Traits:
    """What to recognise an incident by, from its reports."""
    whys = latest(state, "rca/5whys")
    said = [str(one["text"]) for one in latest(state, "tier2/analysis").get("patterns", ())]
    symptoms = [str(pair["answer"]["text"]) for pair in whys.get("whys", ())[:1]]
    errors = {name for text in (*said, *symptoms) for name in _ERROR.findall(text)}
    for text in said:
        pattern = _PATTERN.match(text)
        if pattern is not None:
            template = pattern["text"]
            errors.add(template if pattern["name"].lower() in _PLAIN else pattern["name"])
    cause = str(state.cause.get("statement", ""))
    suspects = latest(state, "regression/verdict").get("suspects", ())[:1]
    blamed = [str(why["text"]) for one in suspects for why in one["why"][:1]]
    culprit = bool(state.cause.get("culprit"))
    places = [place for text in (cause, *blamed) for place in _PLACE.findall(text)]
    return Traits(
        service=state.service,
        category=str(latest(state, "detect/record").get("category") or state.category),
        errors=frozenset(errors),
        files=frozenset(places) if culprit else frozenset(),
    )


def alike(mine: Traits, other: State) -> Likeness | None:
    """How much another incident looks like this one; None when it does not."""
    theirs = traits(other)
    errors, files = mine.errors & theirs.errors, mine.files & theirs.files
    score = 0.0
    shared: list[str] = []
    if mine.service and mine.service == theirs.service:
        score, shared = score + 1.0, [*shared, f"service {quoted(mine.service, 60)}"]
    if mine.category and mine.category == theirs.category:
        score, shared = score + 0.5, [*shared, f"category {mine.category}"]
    if errors:
        part = len(errors) / len(mine.errors | theirs.errors)
        score += 1.0 + part
        shared.append(f"errors {quoted(', '.join(sorted(errors)[:3]), 100)}")
    if files:
        score += 1.5
        shared.append(f"files {quoted(', '.join(sorted(files)[:3]), 100)}")
    if score < ALIKE:
        return None
    when = f"{iso(other.detected_at)[:10]} {clock_time(other.detected_at)}"
    line = f"{other.incident} of {when}: same {'; '.join(shared)}. "
    line += f"Cause: {quoted(str(other.cause.get('statement') or 'UNKNOWN'), 160)} "
    line += f"Ended by: {quoted(other.resolution_action or other.resolution or 'UNKNOWN', 100)}."
    return Likeness(other.incident, round(score, 3), tuple(shared), line)
