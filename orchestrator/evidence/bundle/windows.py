"""Which stretch of time is the incident, and which is known or taken as normal."""

import numpy as np

from orchestrator.evidence.bundle.contents import Span, Windows
from orchestrator.evidence.bundle.read import Bundle

LEAD = 600.0
"""Seconds before an alert that may already be trouble: alerts fire late."""

RECENT = 12
"""Lengths of the incident that count as the recent normal."""


def windows(bundle: Bundle) -> Windows:
    """From the bundle's own words, else from the alert's time and the extent of the series."""
    first, last = _extent(bundle)
    incident = bundle.window or (min(bundle.alert.at - LEAD, last), last)
    if incident[0] >= incident[1]:
        incident = (incident[1] - LEAD, incident[1])
    if bundle.baseline:
        # series may not reach back to the known normal: what lies shortly before counts as well
        before = ((first, incident[0] - 60.0),) if first < incident[0] - 120.0 else ()
        return Windows(incident, (*bundle.baseline, *before))
    slack = (incident[1] - incident[0]) / 2 if bundle.window else 0.0
    return Windows(incident, ((min(first, incident[0]), incident[0] - slack),))


def recent(found: Windows) -> tuple[Span, ...]:
    """The part of the normal that lies shortly before the incident."""
    length = found.incident[1] - found.incident[0]
    since = found.incident[0] - (RECENT + 0.5) * length
    return tuple((max(start, since), end) for start, end in found.normal if end > since)


def _extent(bundle: Bundle) -> Span:
    """First and last time of all series; around the alert where there are none."""
    if not bundle.series:
        return bundle.alert.at - 3600.0, bundle.alert.at + LEAD
    first = min(float(one.times[0]) for one in bundle.series)
    last = max(float(one.times[-1]) for one in bundle.series)
    return first, float(np.maximum(last, first + 1.0))
