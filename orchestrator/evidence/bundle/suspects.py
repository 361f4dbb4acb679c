"""Which commit brought the trouble, or that none did: every commit live before it, weighed.

A score is what the diff can do, times how far it speaks of what is seen, times how surely it
reached a service in trouble, times a mild preference for what came last. Outside causes raise the
bar; when nothing passes it, no commit is blamed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestrator.evidence.bundle.confidence import confidence
from orchestrator.evidence.bundle.contents import Commit, Windows
from orchestrator.evidence.bundle.diff_risk import SAME, Danger, DiffRisk, diff_risk
from orchestrator.evidence.bundle.external_causes import ExternalCause, external_causes
from orchestrator.evidence.bundle.grounds import (
    Ground,
    of_danger,
    of_departure,
    of_shipping,
    of_utterance,
)
from orchestrator.evidence.bundle.hunks import hunks
from orchestrator.evidence.bundle.likeness import (
    Likeness,
    likeness,
    places,
    recency,
    speaks_of,
    spoken,
)
from orchestrator.evidence.bundle.reach import Shipping, shipping, touched
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.symptoms import Symptoms, symptoms
from orchestrator.evidence.bundle.versions import CONFLICT
from orchestrator.evidence.bundle.windows import windows
from orchestrator.evidence.bundle.wording import telling

UNLIKE = 0.2
"""What is left of a change's risk when it speaks of nothing that is seen."""

BAR = 0.12
"""Score under which no commit is blamed."""

RAISE = 1.5
"""How much an outside cause that explains all raises the bar, in bars."""

HANDED = 0.3
"""What is left of a bump's risk when commits of the bumped library itself are known."""

CONFLICTING = 1.5
"""How much more a bump is suspect when errors say that parts do not fit together."""

NONE = "none"


@dataclass(frozen=True, slots=True)
class Suspect:
    """One commit, judged: 0..1 each, with sentences for people and what they rest on."""

    commit: Commit
    score: float
    confidence: float
    reasons: tuple[str, ...]
    grounds: tuple[Ground, ...]
    risk: DiffRisk
    likeness: Likeness
    way: Shipping


@dataclass(frozen=True, slots=True)
class Suspects:
    """The verdict on the changes of a bundle."""

    culprit: str | None
    """a hash, `none`, or None where no changes were written down"""
    bar: float
    onset: float
    ranked: tuple[Suspect, ...]
    external: tuple[ExternalCause, ...]
    none: float
    """confidence that no commit did"""
    affected: Mapping[str, float]
    """services in trouble or called by one, as `reach.touched` tells"""


def suspects(bundle: Bundle, seen: Symptoms | None = None) -> Suspects:
    """Judge the commits of a bundle; `seen` where its telemetry has been read already."""
    seen = symptoms(bundle) if seen is None else seen
    trouble = spoken(bundle.alert, seen)
    external = tuple(external_causes(bundle, seen, trouble))
    bar = BAR * (1 + RAISE * max((one.score for one in external), default=0.0))
    affected = touched(seen.affected | {bundle.alert.service}, bundle.graph)
    ranked = _ranked(bundle, seen, affected)
    sure = confidence([one.score / bar for one in ranked])
    ranked = [replace(one, confidence=c) for one, c in zip(ranked, sure.each, strict=True)]
    culprit: str | None = None
    if bundle.changes.judged:
        best = ranked[0] if ranked else None
        culprit = best.commit.sha if best is not None and best.score >= bar else NONE
    return Suspects(culprit, round(bar, 4), seen.onset, tuple(ranked), external, sure.none,
                    affected)  # fmt: skip


def _ranked(bundle: Bundle, seen: Symptoms, affected: Mapping[str, float]) -> list[Suspect]:
    commits = _once(bundle)
    changed = {one.sha: hunks(one.diff, one.files) for one in commits}
    risks = {one.sha: diff_risk(changed[one.sha], one.files) for one in commits}
    said = {one.sha: places(one, changed[one.sha]) for one in commits}
    weight, trouble = telling(map(set, said.values())), spoken(bundle.alert, seen)
    written = {one.sha: one.at for one in commits}
    carried = _carried(commits, risks)
    handed = {bump for bumps in carried.values() for bump in bumps}
    found = windows(bundle)
    conflict = any(one.bad and CONFLICT.search(one.sample) for one in seen.said)
    judged = []
    for one in commits:
        way = shipping(one, bundle.changes.deploys, written, carried.get(one.sha, frozenset()),
                       seen.services, affected, seen.onset)  # fmt: skip
        if way is None:
            continue
        risk = risks[one.sha]
        like = likeness(said[one.sha], changed[one.sha], risk.dangers, trouble, weight, seen.moved)
        value = risk.value * (HANDED if one.sha in handed else 1.0)
        if conflict and any(danger.module for danger in risk.dangers):
            value = min(1.0, value * CONFLICTING)
        score = value * (UNLIKE + (1 - UNLIKE) * like.value)
        score *= way.weight * recency(way.live_at, seen.onset)
        judged.append(_suspect(one, round(score, 4), risk, like, way, seen, found))
    return sorted(judged, key=lambda one: (-one.score, -one.commit.at, one.commit.sha))


def _once(bundle: Bundle) -> list[Commit]:
    """Each hash once: the first to come, with the fullest diff."""
    found: dict[str, Commit] = {}
    for one in bundle.changes.commits:
        known = found.get(one.sha)
        if known is None:
            found[one.sha] = one
            continue
        bundle.notes.add(f"changes.json: commit {one.sha[:12]} is there more than once")
        if len(one.diff) > len(known.diff):
            found[one.sha] = replace(known, diff=one.diff, files=one.files)
    return list(found.values())


def _carried(commits: Sequence[Commit], risks: Mapping[str, DiffRisk]) -> dict[str, frozenset[str]]:
    """For each commit of a library, the bumps by which others took it in."""
    modules = {
        bump.sha: [danger.module for danger in risks[bump.sha].dangers if danger.module]
        for bump in commits
    }
    found = {
        one.sha: frozenset(
            bump.sha
            for bump in commits
            if bump.sha != one.sha and one.at <= bump.at and risks[one.sha].value > SAME
            and any(_holds(module, path) for module in modules[bump.sha] for path in one.files)
        )
        for one in commits
    }  # fmt: skip
    return {sha: bumps for sha, bumps in found.items() if bumps}


def _holds(module: str, path: str) -> bool:
    """Whether a file lies in the folder that a module's name ends with."""
    tail = [part for part in module.split("/") if not part.startswith("v") or len(part) > 3][-2:]
    return len(tail) == 2 and f"/{'/'.join(tail)}/" in f"/{path}"


def _suspect(
    commit: Commit,
    score: float,
    risk: DiffRisk,
    like: Likeness,
    way: Shipping,
    seen: Symptoms,
    found: Windows,
) -> Suspect:
    minutes = (seen.onset - way.live_at) / 60
    when = f"{minutes:.0f} min before the trouble" if minutes >= 0 else "as the trouble began"
    reasons = [*_dangers(risk.dangers), f"it {way.how}, {when}"]
    if like.names:
        reasons.append(f"errors name what it changes: {', '.join(like.names[:3])}")
    reasons += [
        f"{one.series.metric} went where the diff sets it: "
        f"{one.departure.usual:g} to {one.departure.during:g}"
        for one in like.figures[:1]
    ]
    if like.words:
        reasons.append(f"it shares telling words with the trouble: {', '.join(like.words)}")
    heard = [one for one in seen.said if one.bad and speaks_of(one, like)][:3]
    grounds = (
        *(of_danger(commit, danger) for danger in risk.dangers[:2]),
        of_shipping(commit, way),
        *(of_departure(one.series, one.departure, found) for one in like.figures[:1]),
        *(of_utterance(one, seen.onset) for one in heard),
    )
    return Suspect(commit, score, 0.0, tuple(reasons), grounds, risk, like, way)


def _dangers(dangers: Sequence[Danger]) -> list[str]:
    return [f"{danger.path}: {danger.what}" for danger in dangers[:2]]
