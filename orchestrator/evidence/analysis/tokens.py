"""Words of code and of errors, made comparable, and how much each word tells."""

import math
import re
from collections.abc import Iterable, Mapping, Set

_WORD = re.compile(r"[A-Za-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """the and for not with from this that are was were has have had but you all can def class
        self return import none true false int str float list dict set tuple bool bytes any optional
        type error errors exception raise raised except try else elif while break continue pass
        lambda yield async await assert global nonlocal del print line file module most recent call
        last traceback info warning debug critical message msg level time name value key item data
        get new""",
    )
)


def words(text: str) -> set[str]:
    """`OrderTimeout`, `order_timeout` and `order timeout` are all {order, timeout}."""
    found: set[str] = set()
    for run in _WORD.findall(text[:200_000]):
        for part in _CAMEL.split(run):
            word = part.lower()
            if 3 <= len(word) <= 40 and word not in _COMMON:
                found.add(word[:-1] if word.endswith("s") and len(word) > 4 else word)
    return found


def rarity(documents: Iterable[Set[str]]) -> dict[str, float]:
    """How much a word tells, by how few of the documents have it (smoothed, at least 0)."""
    counts: dict[str, int] = {}
    total = 0
    for document in documents:
        total += 1
        for word in document:
            counts[word] = counts.get(word, 0) + 1
    return {word: math.log((total + 1) / (count + 0.5)) for word, count in counts.items()}


def overlap(left: Set[str], right: Set[str], telling: Mapping[str, float]) -> float:
    """0..1: how much of what is rare in `left` also stands in `right`."""
    weight = sum(telling.get(word, 0.0) for word in left)
    if weight <= 0:
        return 0.0
    return sum(telling.get(word, 0.0) for word in left & right) / weight
