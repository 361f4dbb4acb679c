"""A document that a person edited and the journal outgrew: three texts, one result, nothing lost.

Pure. Both sides are compared with the text they started from, line by line. What only one side
changed is taken; what both changed in the same way is taken once; the rest is a conflict, shown
with both versions. Every line a person added is in the result.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

OURS = "<<<<<<< as it was edited"
BETWEEN = "======="
THEIRS = ">>>>>>> as the record says now"

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """The result. With conflicts it is a proposal: both versions stand in it, marked."""

    text: str
    conflicts: int


@dataclass(frozen=True, slots=True)
class _Sync:
    """A stretch of the base that stands unchanged on both sides, and where it stands there."""

    base: int
    ours: int
    theirs: int
    length: int


def merge(base: str, ours: str, theirs: str) -> Merged:
    """`ours` with the changes from `base` to `theirs`."""
    old, mine, new = base.split("\n"), ours.split("\n"), theirs.split("\n")
    lines: Lines = []
    conflicts = 0
    at_base = at_mine = at_new = 0
    for sync in _syncs(old, mine, new):
        was = old[at_base : sync.base]
        edited, told = mine[at_mine : sync.ours], new[at_new : sync.theirs]
        if edited in (was, told):
            lines += told
        elif told == was:
            lines += edited
        else:
            conflicts += 1
            lines += [OURS, *edited, BETWEEN, *told, THEIRS]
        end = sync.base + sync.length
        lines += old[sync.base : end]
        at_base, at_mine, at_new = end, sync.ours + sync.length, sync.theirs + sync.length
    return Merged("\n".join(lines), conflicts)


def _syncs(old: Lines, mine: Lines, new: Lines) -> Iterator[_Sync]:
    """The stretches in order, and an empty one where all three end."""
    left = SequenceMatcher(None, old, mine, autojunk=False).get_matching_blocks()
    right = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        begin, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if begin < end:
            yield _Sync(begin, a.b + begin - a.a, b.b + begin - b.a, end - begin)
        if a.a + a.size < b.a + b.size:
            i += 1
        else:
            j += 1
    yield _Sync(len(old), len(mine), len(new), 0)
