"""Words of errors and of code made comparable, and how much each of them tells in this bundle."""

import math
import re
from collections.abc import Iterable, Mapping, Set

from orchestrator.evidence.analysis.tokens import words

_ENDINGS = ("ions", "ings", "ion", "ing", "ies", "ied", "ers", "ors", "er", "or", "ed", "es")
_SHORT_ENDINGS = ("e", "y", "s")
_QUOTED = re.compile(r"""['"`\[]([A-Za-z_][\w./-]{1,58}\w)['"`\]]""")
_COMPOUND = re.compile(r"\b[A-Za-z][a-z0-9]*(?:_[A-Za-z0-9]+)+\b|\b[a-z]+(?:[A-Z][a-z0-9]+)+\b")
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        """after
    again above below cannot could during failed failing fail failure found line may must
    now one per returned returning should still two unable was when while will would within without
    service services server upstream downstream request response multiple several than over
    into unexpected handled ratio total rate count high rising elevated degraded""",
    )
)

SMOOTH = 20
"""Imagined further commits: a word is not telling merely because a bundle holds few commits."""


def stem(word: str) -> str:
    """`expired`, `expiry` and `expires` are one word."""
    for ending in (*_ENDINGS, *_SHORT_ENDINGS):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def stems(text: str) -> frozenset[str]:
    """The telling words of a text, made equal."""
    return frozenset(stem(word) for word in words(text) if word not in _EMPTY)


def named(text: str) -> frozenset[str]:
    """Identifiers that an error calls by name: quoted, in brackets, or compound."""
    found = {name.lower() for name in _QUOTED.findall(text)} - _EMPTY
    return frozenset(found | {name.lower() for name in _COMPOUND.findall(text)})


def telling(documents: Iterable[Set[str]]) -> dict[str, float]:
    """0..1 for each word: 1 where only one commit has it, near 0 where all have it."""
    counts: dict[str, int] = {}
    total = 0
    for document in documents:
        total += 1
        for word in document:
            counts[word] = counts.get(word, 0) + 1
    most = math.log((total + SMOOTH) / 2)
    return {w: math.log((total + SMOOTH) / (n + 1)) / most for w, n in counts.items()}


def shared(left: Mapping[str, float], right: Set[str], weight: Mapping[str, float]) -> float:
    """How much the words that both have tell together."""
    return sum(worth * weight.get(word, 0.0) for word, worth in left.items() if word in right)
