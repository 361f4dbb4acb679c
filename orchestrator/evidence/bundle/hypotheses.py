"""A ranked cause as something that can be argued about: for it, against it, missing, and a test."""

from dataclasses import dataclass

LIKELY, POSSIBLE, UNLIKELY = "LIKELY", "POSSIBLE", "UNLIKELY"

SURE, FAINT = 0.6, 0.1
"""Confidence from which a cause is called likely, and under which unlikely."""


@dataclass(frozen=True, slots=True)
class Point:
    """One argument, and the numbers of the evidence that it rests on; maybe none."""

    text: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possible cause. Nothing was tested yet: `test` says what would settle it."""

    kind: str
    """`service`, `change`, `none` (no change did it), or the kind of an outside cause"""
    name: str
    """a service, a commit's sha, or what the outside cause is called"""
    statement: str
    confidence: float | None
    """None for outside causes: their scores are not calibrated"""
    score: float
    supporting: tuple[Point, ...]
    refuting: tuple[Point, ...]
    missing: tuple[str, ...]
    test: str

    @property
    def verdict(self) -> str:
        """LIKELY, POSSIBLE or UNLIKELY; an outside cause by its score."""
        value = self.score if self.confidence is None else self.confidence
        return LIKELY if value >= SURE else POSSIBLE if value >= FAINT else UNLIKELY
