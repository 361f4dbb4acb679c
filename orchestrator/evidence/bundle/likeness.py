"""How far a change speaks of the trouble: rare words, names and figures that both have."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evidence.bundle.contents import Alert, Commit
from orchestrator.evidence.bundle.diff_risk import Danger, is_trifle
from orchestrator.evidence.bundle.hunks import Hunk
from orchestrator.evidence.bundle.reach import SKEW, core
from orchestrator.evidence.bundle.symptoms import Moved, Symptoms
from orchestrator.evidence.bundle.utterances import Utterance
from orchestrator.evidence.bundle.wording import named, stems

ERRORS, OF_ALERT, OF_SERIES, NEUTRAL = 1.0, 0.7, 0.5, 0.3
"""How much a word counts by where the trouble says it."""

CHANGED, IN_PATH, IN_MESSAGE = 1.0, 0.6, 0.4
"""How much a word counts by where the change says it: a message only claims."""

NAME = 1.5
"""What an identifier that an error names and the diff changes is worth, in rare words."""

FIGURES = 2.0
"""What a series that went from the diff's old number to its new one is worth."""

HALF = 2.5
"""Worth at which likeness reaches 1 - 1/e."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The trouble in words: weights of stems, and identifiers that its errors name."""

    words: Mapping[str, float]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """0..1, and what it is made of."""

    value: float
    words: tuple[str, ...]
    names: tuple[str, ...]
    figures: tuple[Moved, ...]


def spoken(alert: Alert, seen: Symptoms) -> Spoken:
    """All words of the trouble but the names of services: who is hit is told by deploys."""
    words: dict[str, float] = {}
    names: set[str] = set()

    def hear(text: str, weight: float) -> None:
        for word in stems(text):
            words[word] = max(words.get(word, 0.0), weight)

    for moved in seen.moved:
        hear(moved.series.metric, OF_SERIES)
    for one in seen.said:
        hear(one.sample, ERRORS if one.bad else NEUTRAL)
        if one.bad:
            names |= named(one.sample)
    hear(f"{alert.summary} {alert.metric}", OF_ALERT)
    names |= named(alert.summary)
    for service in seen.services:
        for word in stems(f"{service} {' '.join(core(service))}"):
            words.pop(word, None)
    return Spoken(words, frozenset(names - {one.lower() for one in seen.services}))


def places(commit: Commit, found: Sequence[Hunk]) -> dict[str, float]:
    """The words of a change by where they stand."""
    changed = "\n".join(hunk.text for hunk in found if not is_trifle(hunk.path))
    weights: dict[str, float] = {}
    for text, weight in (
        (commit.message, IN_MESSAGE),
        (" ".join(commit.files), IN_PATH),
        (changed, CHANGED),
    ):
        weights |= dict.fromkeys(stems(text), weight)
    return weights


def likeness(
    said: Mapping[str, float],
    found: Sequence[Hunk],
    dangers: Sequence[Danger],
    trouble: Spoken,
    telling: Mapping[str, float],
    moved: Sequence[Moved],
) -> Likeness:
    """Words by how rare they are among all changes; names and figures count as strong words."""
    worth = {
        word: place * trouble.words[word] * telling.get(word, 0.0)
        for word, place in said.items()
        if word in trouble.words
    }
    names = _named(found, trouble)
    figures = tuple(one for one in moved if any(_same(danger, one) for danger in dangers))
    total = sum(worth.values()) + NAME * min(2, len(names)) + FIGURES * bool(figures)
    words = sorted(worth, key=lambda word: (-worth[word], word))
    return Likeness(1.0 - math.exp(-total / HALF), tuple(words[:6]), names, figures)


def speaks_of(one: Utterance, like: Likeness) -> bool:
    """Whether something said shares the words or names that a likeness is made of."""
    return bool(stems(one.sample) & set(like.words[:3]) or named(one.sample) & set(like.names))


def _named(found: Sequence[Hunk], trouble: Spoken) -> tuple[str, ...]:
    """Names of the trouble that stand as whole words where the change is."""
    text = "\n".join(hunk.text for hunk in found if not is_trifle(hunk.path)).lower()
    return tuple(
        name
        for name in sorted(trouble.names)
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    )


def _same(danger: Danger, one: Moved) -> bool:
    """Whether a series went where a setting went."""
    setting, left = danger.setting, one.departure
    return setting is not None and all(
        math.isclose(told, shown, rel_tol=0.02)
        for told, shown in ((setting.old, left.usual), (setting.new, left.during))
    )


def recency(live_at: float, onset: float) -> float:
    """0.6..1: what went live just before is a little more suspect, never much."""
    minutes = max(0.0, onset - live_at - SKEW) / 60
    return 0.6 + 0.4 * math.exp(-minutes / 45)
