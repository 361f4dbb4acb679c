"""How long things took, from the state alone: what gates, documents and the report count with.

Every length is in seconds, or None where one of its two ends is not known (yet). None is never
taken for zero: a document prints it as UNKNOWN, a gate as N-A or FAIL with that reason.
"""

from dataclasses import dataclass

from orchestrator.model.state import State


@dataclass(frozen=True, slots=True)
class Durations:
    """The lengths an incident is judged by."""

    detection: float | None
    """start of impact → detected"""
    acknowledgement: float | None
    """detected → a person has seen it"""
    engagement: float | None
    """detected → a person works on it"""
    regression: float | None
    """detected → verdict of the regression triage"""
    triage: float | None
    """detected → priority known"""
    resolution: float | None
    """detected → resolved"""
    restoration: float | None
    """detected → first of the looks that kept passing"""
    downtime: float | None
    """start of impact → service well again, as users had it"""
    review: float | None
    """resolved → review written"""


def durations(state: State) -> Durations:
    """All lengths of one incident; the same state gives the same figures, live or in a replay."""
    detected = state.detected_at
    restored = state.restored_at if state.resolution else 0.0  # taken up again: not well any more
    return Durations(
        detection=_between(state.impact_started_at, detected),
        acknowledgement=_between(detected, state.acknowledged_at),
        engagement=_between(detected, state.engaged_at),
        regression=_between(detected, state.regression_at),
        triage=_between(detected, state.triaged_at),
        resolution=_between(detected, state.resolved_at),
        restoration=_between(detected, restored),
        downtime=_between(state.impact_started_at, restored),
        review=_between(state.resolved_at, state.reviewed_at),
    )


def _between(start: float, end: float) -> float | None:
    """None unless both are known; a start dated after its end (clocks differ) counts as zero."""
    if not start or not end:
        return None
    return round(max(0.0, end - start), 3)


def words(seconds: float | None) -> str:
    """`340.2` as `5 min 40 s`: lengths in documents are read aloud, not compared by eye."""
    if seconds is None:
        return "UNKNOWN"
    if 0 < seconds < 1:
        return "under 1 s"
    whole = int(seconds + 0.5)
    parts: list[str] = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) if parts else "0 s"
