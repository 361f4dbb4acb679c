"""Robust statistics: what is usual, and how far off a value lies, whatever a few outliers do."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usual:
    """The centre and the width of what a series normally does."""

    centre: float
    scale: float
    points: int

    def deviation(self, value: float) -> float:
        """How many widths above (or, negative, below) the centre."""
        return (value - self.centre) / self.scale


def median(values: Sequence[float]) -> float:
    """The middle value. ValueError when there is none."""
    return quantile(values, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie. ValueError when there are none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def usual(values: Sequence[float], floor: float) -> Usual | None:
    """What is usual for these values; None for fewer than three: that is no baseline.

    The width never falls under `floor`, nor under what the series itself calls ordinary: a series
    that hardly moves must not turn its first tremble into an incident.
    """
    if len(values) < 3:
        return None
    centre = median(values)
    mad = median([abs(value - centre) for value in values])
    spread = quantile(values, 0.75) - quantile(values, 0.25)
    wide = quantile(values, 0.95) - quantile(values, 0.05)
    scale = max(1.4826 * mad, spread / 1.35, 0.25 * wide, 0.02 * abs(centre), floor)
    return Usual(centre, scale, len(values))
