"""A cause that is no commit: where it lies, what speaks for it, and what would refute it."""

from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 0.4
"""Share of what fails, consequences left out, from which a cause explains the trouble."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that fails, as a log says it again and again since the trouble began."""

    text: str
    """message, error and what the error says, unmasked"""
    count: int
    times: tuple[float, ...]
    place: str
    """how its first line is cited"""
    effect: bool = False
    """it only reports a failed request, whatever that failed by"""

    @property
    def first_at(self) -> float | None:
        return min(self.times, default=None)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer that was read, and how it is cited."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a cause, in a sentence without its full stop, and where that stands."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause outside the changes."""

    kind: str
    """dependency | lock | storage | edge | certificate | name | traffic | flapping | intrusion"""
    part: str
    """the part of the system where it lies"""
    score: float
    """0..1"""
    text: str
    """one sentence without its full stop"""
    signs: tuple[Sign, ...]
    refuted_by: str
    began_at: float | None = None
    explains: bool = False
    """what fails, fails by this"""
    independent: bool = False
    """another source than the errors themselves shows it"""
    lasting: bool = True
    """it still holds at the last look"""
    params: tuple[tuple[str, str], ...] = ()
    """what an action against it needs to know: whom to end, which address to block"""
    words: frozenset[str] = frozenset()
    """what a diff speaks of that touches this"""
    covers: tuple[str, ...] = ()
    """places of the errors it explains"""


def share(matching: Sequence[Said], primary: Sequence[Said]) -> float:
    """How much of what fails by itself is said by these; 0 where nothing is said at all."""
    total = sum(one.count for one in primary)
    return sum(one.count for one in matching) / total if total else 0.0


def began(matching: Sequence[Said]) -> float | None:
    """When the first of these was said."""
    return min((one.first_at for one in matching if one.first_at is not None), default=None)
