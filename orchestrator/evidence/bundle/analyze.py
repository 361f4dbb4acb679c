"""From a bundle to ranked causes, without network, model or incident.

The verdict is capped by code: nothing was tested or mitigated, so LIKELY is the most it may say.
"""

from dataclasses import replace
from pathlib import Path

from orchestrator.evidence.bundle.confidence import WEIGHED, confidence
from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.bundle.hypotheses import SURE
from orchestrator.evidence.bundle.read import Bundle, read_bundle
from orchestrator.evidence.bundle.result import (
    HEALTHY,
    INCONCLUSIVE,
    LIKELY,
    Analysis,
    Exhibits,
    External,
    Ranked,
)
from orchestrator.evidence.bundle.services import Sign
from orchestrator.evidence.bundle.sources import Signals, signals
from orchestrator.evidence.bundle.suspects import NONE, Suspects, suspects
from orchestrator.evidence.bundle.weighing import Weighing
from orchestrator.evidence.bundle.windows import windows


def analyze(folder: Path) -> Analysis:
    """Rank what may have caused it. NoBundle says in one line why a folder is none."""
    return analysed(read_bundle(folder))


def analysed(bundle: Bundle) -> Analysis:
    """The same of what is read already, from a folder or from a live incident."""
    found = windows(bundle)
    seen = signals(bundle, found)
    judged = suspects(bundle) if bundle.changes.judged else None
    exhibits = Exhibits()
    services = _services(seen, exhibits)
    changes = _changes(judged, exhibits)
    external = _external(judged, exhibits)
    said = Analysis(
        id=bundle.id,
        onset=judged.onset if judged is not None else _onset(bundle, found, seen),
        services=services,
        changes=changes,
        culprit=judged.culprit if judged is not None else None,
        external=external,
        verdict=_verdict(bundle, seen, services, changes, external, judged),
        evidence=exhibits.items,
        notes=bundle.notes.lines(),
        bar=judged.bar if judged is not None else None,
        no_change=judged.none if judged is not None else None,
    )
    return replace(said, hypotheses=Weighing(bundle, found, seen, judged, said).hypotheses())


def _verdict(
    bundle: Bundle,
    seen: Signals,
    services: tuple[Ranked, ...],
    changes: tuple[Ranked, ...],
    external: tuple[External, ...],
    judged: Suspects | None,
) -> str:
    """What was asked for decides; that nothing left its usual is an answer as well."""
    if bundle.series and not any(seen.signs.values()) and not services and not changes:
        return HEALTHY
    if judged is not None and bundle.ask == "change":
        if judged.culprit == NONE:
            return LIKELY if external and external[0].score >= SURE else INCONCLUSIVE
        return LIKELY if changes and changes[0].confidence >= SURE else INCONCLUSIVE
    return LIKELY if services and services[0].confidence >= SURE else INCONCLUSIVE


def _changes(judged: Suspects | None, exhibits: Exhibits) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(one.commit.sha, one.score, one.confidence, exhibits.all(one.grounds))
        for one in (judged.ranked[:WEIGHED] if judged is not None else ())
        if one.score > 0
    )


def _external(judged: Suspects | None, exhibits: Exhibits) -> tuple[External, ...]:
    return tuple(
        External(one.kind, one.score, exhibits.all(one.grounds))
        for one in (judged.external if judged is not None else ())
    )


def _services(seen: Signals, exhibits: Exhibits) -> tuple[Ranked, ...]:
    suspects = [one for one in seen.suspects if one.score > 0][:WEIGHED]
    shares = confidence([one.score for one in suspects]).each
    return tuple(
        Ranked(one.service, one.score, share, exhibits.all(one.grounds))
        for one, share in zip(suspects, shares, strict=True)
    )


def _onset(bundle: Bundle, found: Windows, seen: Signals) -> float | None:
    """The earliest departure among the alerting service's series, else the first suspect's."""
    leading = seen.suspects[0].service if seen.suspects else ""
    for service in (bundle.alert.service, leading):
        signs: list[Sign] = seen.signs.get(service, [])
        starts = [s.departure.onset for s in signs if s.departure.onset is not None]
        if starts:
            return min(starts)
    return found.incident[0] if bundle.window else None
