"""Which change brought it: suspects in order, each with its reasons and a confidence. Pure.

A deploy's time says which changes could have; what they do says which one did.
"""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from orchestrator.evidence.analysis.factor import Factor
from orchestrator.evidence.analysis.risk import FileVersions, Risk, risk
from orchestrator.evidence.analysis.tokens import overlap, rarity, words
from orchestrator.evidence.analysis.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commit that went live before the trouble."""

    sha: str
    subject: str
    at: float
    live_at: float
    diff: str
    files: tuple[FileVersions, ...]


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What the trouble looks like, in words, places and figures."""

    words: frozenset[str]
    """of new error templates and of the alert"""
    places: frozenset[str]
    """files and functions of traceback frames, as words"""
    paths: frozenset[str]
    """file names in traceback frames"""
    began_at: float
    starved: bool
    """a bounded resource ran out though the load stayed the same"""
    external: float = 0.0
    """0..1: how far something outside the changes explains it"""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One candidate, judged."""

    candidate: Candidate
    score: float
    confidence: float
    risk: Risk
    shared: tuple[str, ...]
    """telling words that the diff has in common with the symptoms"""
    in_traceback: tuple[str, ...]
    """changed files that appear in tracebacks"""

    @property
    def reason(self) -> Factor | None:
        return self.risk.factors[0] if self.risk.factors else None


KEEPS = 0.3
"""How surely a change has to keep a resource before the others are suspected less."""


def rank(candidates: Sequence[Candidate], symptoms: Symptoms, known: Vocabulary) -> list[Suspicion]:
    """The candidates, most suspect first. Ties go to the later change, then to the hash."""
    texts = {candidate.sha: words(_changed(candidate)) for candidate in candidates}
    telling = rarity(texts.values())
    dangers = {candidate.sha: risk(candidate.files, known) for candidate in candidates}
    kept = any(danger.holding >= KEEPS for danger in dangers.values())
    judged = [
        _judge(one, texts[one.sha], symptoms, dangers[one.sha], telling, kept=kept)
        for one in candidates
    ]
    total = sum(score * score for score, *_ in judged)
    found = [
        Suspicion(one, score, _confidence(score, total, symptoms), danger, shared, paths)
        for one, (score, danger, shared, paths) in zip(candidates, judged, strict=True)
    ]
    return sorted(found, key=lambda s: (-s.score, -s.candidate.at, s.candidate.sha))


def _judge(
    candidate: Candidate,
    said: Set[str],
    symptoms: Symptoms,
    danger: Risk,
    telling: Mapping[str, float],
    *,
    kept: bool,
) -> tuple[float, Risk, tuple[str, ...], tuple[str, ...]]:
    signs = symptoms.words | symptoms.places
    match = overlap(symptoms.words, said, telling) + overlap(symptoms.places, said, telling)
    paths = tuple(
        sorted({file.patch.path for file in candidate.files if _named(file, symptoms.paths)})
    )
    near = min(1.0, 0.35 * match + (0.25 if paths else 0.0))
    weight = danger.value
    if symptoms.starved and kept and danger.holding < weight:
        # what ran out is kept by one of them: other dangers explain it less
        weight = max(danger.holding, 0.6 * weight)
    minutes = max(0.0, symptoms.began_at - candidate.live_at) / 60
    score = weight * (0.7 + 0.3 * near) * (0.5 + 0.5 * math.exp(-minutes / 45))
    if candidate.live_at > symptoms.began_at:
        score = 0.0
    shared = sorted(signs & said, key=lambda word: (-telling.get(word, 0.0), word))[:6]
    return round(score, 4), danger, tuple(shared), paths


def _confidence(score: float, total: float, symptoms: Symptoms) -> float:
    """Its share of all suspicion (squared, so that a margin tells), less when it is weak itself."""
    if total <= 0:
        return 0.0
    strength = min(1.0, score / 0.6)
    return round(0.97 * (score * score / total) * strength * (1 - symptoms.external), 3)


def _changed(candidate: Candidate) -> str:
    lines = [line.text for f in candidate.files for line in (*f.patch.added, *f.patch.removed)]
    return "\n".join([*lines, *(file.patch.path for file in candidate.files)])


def _named(file: FileVersions, paths: Set[str]) -> bool:
    return file.patch.path.rpartition("/")[2] in {path.rpartition("/")[2] for path in paths}
