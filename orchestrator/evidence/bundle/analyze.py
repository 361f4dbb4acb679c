"""From a bundle to ranked causes, without network, model or incident.

The verdict is capped by code: nothing was tested or mitigated, so LIKELY is the most it may say.
"""

import math
from pathlib import Path

from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.bundle.read import Bundle, read_bundle
from orchestrator.evidence.bundle.result import (
    HEALTHY,
    INCONCLUSIVE,
    LIKELY,
    Analysis,
    Exhibits,
    Ranked,
)
from orchestrator.evidence.bundle.services import Sign
from orchestrator.evidence.bundle.sources import Signals, Suspect, signals
from orchestrator.evidence.bundle.windows import windows

SURE = 0.5
"""Confidence from which a cause is called likely."""

STRONG = 1.0
"""Score of a suspect that is half as strong as one can be."""

SHOWN = 10
"""Services that are listed."""


def analyze(folder: Path) -> Analysis:
    """Rank what may have caused it. NoBundle says in one line why a folder is none."""
    bundle = read_bundle(folder)
    found = windows(bundle)
    seen = signals(bundle, found)
    exhibits = Exhibits()
    services = _services(seen, exhibits)
    confidence = services[0].confidence if services else 0.0
    verdict = LIKELY if confidence >= SURE else INCONCLUSIVE
    if not services and not bundle.alert.observed:
        verdict = HEALTHY if _measured_calm(bundle, seen) else INCONCLUSIVE
    return Analysis(
        id=bundle.id,
        onset=_onset(bundle, found, seen),
        services=services,
        changes=(),
        culprit=None,
        external=(),
        verdict=verdict,
        evidence=exhibits.items,
        notes=bundle.notes.lines(),
    )


def _services(seen: Signals, exhibits: Exhibits) -> tuple[Ranked, ...]:
    suspects = [one for one in seen.suspects if one.score > 0][:SHOWN]
    shares = _shares(suspects)
    return tuple(
        Ranked(one.service, one.score, share, tuple(file(exhibits) for file in one.exhibits))
        for one, share in zip(suspects, shares, strict=True)
    )


def _shares(suspects: list[Suspect]) -> list[float]:
    """Each one's share of all suspicion, squared so that a margin tells; less where it is weak."""
    total = sum(one.score**2 for one in suspects) or 1.0
    return [
        round(0.97 * one.score**2 / total * (1 - math.exp(-one.score / STRONG)), 4)
        for one in suspects
    ]


def _measured_calm(bundle: Bundle, seen: Signals) -> bool:
    """Series were there to be measured, and none of them left its usual."""
    return bool(bundle.series) and not any(seen.signs.values())


def _onset(bundle: Bundle, found: Windows, seen: Signals) -> float | None:
    """The earliest departure among the alerting service's series, else the first suspect's."""
    leading = seen.suspects[0].service if seen.suspects else ""
    for service in (bundle.alert.service, leading):
        signs: list[Sign] = seen.signs.get(service, [])
        starts = [s.departure.onset for s in signs if s.departure.onset is not None]
        if starts:
            return min(starts)
    return found.incident[0] if bundle.window else None
