"""Looking outside the changes: what else could have brought it, by whatever can be asked."""

import asyncio
import dataclasses

from orchestrator.agents.rules import neighbours
from orchestrator.agents.rules.blame import cleared_by
from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.figures import Figures
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.hearing import accesses, heard
from orchestrator.agents.rules.words import opened, quoted
from orchestrator.evidence.analysis.outside import (
    dependency,
    edge,
    intrusion,
    lock,
    reachable,
    storage,
)
from orchestrator.evidence.analysis.outside.cause import Cause, Line
from orchestrator.evidence.analysis.outside.families import FULL, LOCKED
from orchestrator.evidence.analysis.outside.primary import exhausted, primary
from orchestrator.model.reports.claims import Claim

AGAIN = 1.0
"""Seconds between two looks at who holds a lock: longer than a write takes."""

_ALIKE = 0.7
"""Share of the outer part's requests that the inner one has to see."""

TOLD = 0.3
"""Scores from which a cause is told."""


async def look_outside(desk: Desk, found: Findings) -> None:
    """Fill in the causes outside the changes, and the one of them that explains the trouble."""
    service = desk.service
    if service is None:
        return
    found.said = await asyncio.to_thread(heard, found)
    first = primary(found.said)
    causes = dependency.causes(await neighbours.below(desk), first, found.began, desk.now)
    causes += reachable.causes(service.name, first)
    answers = await _answers(desk, found)
    held = await _held(desk, found, answers)
    for one in (
        lock.cause(service.name, found.said, held),
        storage.cause(service.name, first, answers),
        await _edge(desk, found),
        _intrusion(desk, found),
    ):
        causes += [one] if one is not None else []
    causes.sort(key=lambda one: (not one.explains, -one.score, one.kind, one.part))
    found.causes = [one for one in causes if one.score >= TOLD]
    found.outside = next((one for one in found.causes if _clears(one, service.name)), None)


def settle(found: Findings) -> None:
    """Once the suspects are ranked: what something outside explains is no sign against a change."""
    other = cleared_by(found)
    if other is None:
        return
    found.filled, found.drain = found.drain, None
    left = 1 - other.score
    found.suspects = [
        dataclasses.replace(one, confidence=round(one.confidence * left, 3))
        for one in found.suspects or []
    ] or found.suspects


def claim_of(cause: Cause) -> Claim:
    """The cause as a sentence with all it rests on."""
    return claim(f"{opened(quoted(cause.text, 300))}.", *(sign.place for sign in cause.signs))


def signs_of(cause: Cause) -> list[Claim]:
    """Each sign by itself."""
    return [claim(f"{opened(quoted(sign.text, 240))}.", sign.place) for sign in cause.signs]


def _clears(cause: Cause, service: str) -> bool:
    """Whether a cause speaks against blaming a change of this service at all.

    What the edge does wrong by itself is where its own changes show.
    """
    return cause.explains and not (cause.kind == "edge" and cause.part == service)


async def _answers(desk: Desk, found: Findings) -> list[Line]:
    """What the read-only questions of the settings say, where anything that fails calls for it."""
    wanted = [one for one in found.said if LOCKED.search(one.text) or FULL.search(one.text)]
    wanted += [one for one in found.said if exhausted(one)]
    return await neighbours.answers(desk) if wanted or found.drain is not None else []


async def _held(desk: Desk, found: Findings, answers: list[Line]) -> lock.Held | None:
    if lock.holder(answers) is None:
        return None
    await desk.pause(AGAIN)
    later = await neighbours.answers(desk)
    return lock.kept(answers, later, desk.state.service, await desk.own_processes())


async def _edge(desk: Desk, found: Findings) -> Cause | None:
    """Who sees the same requests from outside, or from inside, and what they count.

    What only a part of the requests needs is not behind all of them: both see about as many.
    """
    service = desk.service
    own = found.figures
    if service is None or own is None:
        return None
    pairs: list[tuple[str, Figures, str, Figures]] = []
    for outer in neighbours.above(desk):
        seen = await desk.figures(outer) if outer.measured else None
        pairs += [(outer.name, seen, service.name, own)] if seen is not None else []
    for name in service.dependencies:
        inner = desk.bench.settings.service(name)
        seen = await desk.figures(inner) if inner is not None and inner.measured else None
        pairs += [(service.name, own, name, seen)] if seen is not None else []
    found_of = [_between(found, *pair) for pair in pairs if _same_requests(pair[1], pair[3])]
    return next((one for one in found_of if one is not None), None)


def _same_requests(outer: Figures, inner: Figures) -> bool:
    """Whether two parts see about as many requests."""
    both = (
        outer.usual("requests", outer.samples[-1].t),
        inner.usual("requests", outer.samples[-1].t),
    )
    return both[0] is not None and both[1] is not None and _ALIKE * both[0] <= both[1]


def _between(
    found: Findings, edge_name: str, outer: Figures, behind: str, inner: Figures
) -> Cause | None:
    seen = edge.Between(
        edge=edge_name,
        behind=behind,
        at_edge=outer.points("errors"),
        at_behind=inner.points("errors"),
        edge_place=outer.cite(found.began),
        behind_place=inner.cite(found.began),
        behind_pace=inner.points("p95"),
    )
    return edge.cause(seen, found.began)


def _intrusion(desk: Desk, found: Findings) -> Cause | None:
    """An intruder in the logs read; it explains nothing but a trouble no signal shows."""
    lines = [one for reading, kept in found.readings or [] for one in accesses(reading, kept)]
    cause = intrusion.cause(desk.state.service, lines)
    if cause is None or found.impact is None or desk.state.category == "security":
        return cause
    return dataclasses.replace(cause, explains=False)
