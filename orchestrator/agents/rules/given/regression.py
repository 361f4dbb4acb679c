"""Regression triage on a bundle: indicators and suspects from the ranked changes."""

from typing import Any

from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.opinion import Opinion
from orchestrator.agents.rules.ranked import exhibits
from orchestrator.agents.rules.words import lasting, opened, percent, quoted
from orchestrator.evidence.bundle.result import Ranked
from orchestrator.evidence.sources.timestamps import value
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.regression import (
    Answer,
    External,
    Indicator,
    Suspect,
    VerdictReport,
)

SOON = 7200.0
"""Seconds after a deploy within which trouble still counts as right after it."""

_SUSPECTS = 5


def verdict(desk: Desk, found: Findings) -> VerdictReport:
    """What the bundle tells of changes; a rollback is never offered from it."""
    opinion = found.opinion
    top = _blamed(opinion)
    indicators = (
        _indicator("worked-before", *_worked_before(opinion)),
        _indicator("after-deployment", *_after(opinion, top)),
        _indicator("correlates-with-change", *_correlates(opinion, top)),
        _indicator("seen-in-staging", "unknown", "Nothing of staging is in the bundle."),
        _indicator("metrics-inflect", *_inflects(opinion, top)),
    )
    for one in indicators:
        cited = f" [{one.why.evidence[0]}]" if one.why.evidence else ""
        desk.bench.out(f"{one.holds:<8}{one.name}{cited}")
    summary = _summary(opinion, top)
    desk.say(summary.text + "".join(f" [{item}]" for item in summary.evidence[:2]))
    return VerdictReport(
        summary=summary,
        indicators=indicators,
        deploys=(),
        suspects=tuple(_suspects(opinion)),
        external=tuple(_external(opinion)),
        bad_version=UNKNOWN,
        good_version=UNKNOWN,
        bad_since=None,
        unknown=tuple(desk.unknown),
    )


def _blamed(opinion: Opinion | None) -> Ranked | None:
    if opinion is None:
        return None
    known = opinion.analysis
    return next((one for one in known.changes if one.name == known.culprit), None)


def _summary(opinion: Opinion | None, top: Ranked | None) -> Claim:
    if opinion is None or opinion.analysis.culprit is None:
        return assumed("Whether a change brought this is open: the bundle holds no changes.")
    if top is None:
        outside = _external(opinion)
        if outside:
            text = f"No change is blamed: {outside[0].why.text}"
            return claim(text, *outside[0].why.evidence)
        return assumed("No change is blamed: none explains what is seen.")
    why = exhibits(opinion, top.evidence)
    text = f"Commit {top.name[:12]} is the main suspect ({percent(top.confidence)})."
    return claim(text, *(place for one in why for place in one.evidence))


def _worked_before(opinion: Opinion | None) -> tuple[Answer, str, tuple[str, ...]]:
    for place, item in opinion.of_kind("metric") if opinion is not None else ():
        return "yes", opened(quoted(str(item["summary"]), 200)) + ".", (place,)
    return "unknown", "No metric of the time before is in the bundle.", ()


def _after(opinion: Opinion | None, top: Ranked | None) -> tuple[Answer, str, tuple[str, ...]]:
    if opinion is None or opinion.analysis.culprit is None:
        return "unknown", "The bundle holds no changes.", ()
    if top is None:
        return "unknown", "No change stands out, so none is held against the beginning.", ()
    live = [(p, i) for p, i in _of(opinion, top) if i["kind"] == "deploy"]
    onset, at = opinion.analysis.onset, value(live[0][1]["at"]) if live else None
    if not live or onset is None or at is None:
        return "unknown", "When it went live is not in the bundle.", ()
    after = onset - at
    text = f"It began {lasting(max(0.0, after))} after {top.name[:12]} went live."
    return ("yes" if -120.0 <= after <= SOON else "unknown"), text, (live[0][0],)


def _correlates(opinion: Opinion | None, top: Ranked | None) -> tuple[Answer, str, tuple[str, ...]]:
    if opinion is None or opinion.analysis.culprit is None:
        return "unknown", "The bundle holds no changes.", ()
    if top is None:
        cited = [place for one in _external(opinion) for place in one.why.evidence[:1]]
        return "no", "No diff explains what is seen.", tuple(cited[:2])
    found = [(p, i) for p, i in _of(opinion, top) if i["kind"] in ("diff", "log", "pattern")]
    if not found:
        return "unknown", "Only its time speaks for it.", ()
    text = opened(quoted(str(found[0][1]["summary"]), 200)) + "."
    return "yes", text, tuple(place for place, _ in found[:3])


def _inflects(opinion: Opinion | None, top: Ranked | None) -> tuple[Answer, str, tuple[str, ...]]:
    moved = [(p, i) for p, i in _of(opinion, top) if i["kind"] == "metric"]
    if not moved:
        return "unknown", "No metric is tied to a change.", ()
    return "yes", opened(quoted(str(moved[0][1]["summary"]), 200)) + ".", (moved[0][0],)


def _of(opinion: Opinion | None, one: Ranked | None) -> list[tuple[str, Any]]:
    """The exhibits of a suspect, each with the line it is cited by."""
    if opinion is None or one is None:
        return []
    items = opinion.analysis.evidence
    return [(opinion.places[n], items[n]) for n in one.evidence if n in opinion.places]


def _suspects(opinion: Opinion | None) -> list[Suspect]:
    found = opinion.analysis.changes[:_SUSPECTS] if opinion is not None else ()
    assert opinion is not None or not found
    return [
        Suspect(
            sha=one.name,
            author="",
            at=next((value(i["at"]) or 0.0 for _, i in _of(opinion, one)), 0.0),
            subject="",
            score=one.score,
            confidence=one.confidence,
            why=tuple(exhibits(opinion, one.evidence)) if opinion is not None else (),
        )
        for one in found
    ]


def _external(opinion: Opinion | None) -> list[External]:
    if opinion is None:
        return []
    return [
        External(kind=one.kind, score=one.score, why=said[0])
        for one in opinion.analysis.external
        if (said := exhibits(opinion, one.evidence))
    ]


def _indicator(name: Any, holds: Answer, text: str, evidence: tuple[str, ...] = ()) -> Indicator:
    why = claim(text, *evidence) if evidence else assumed(text)
    return Indicator(name=name, holds=holds, why=why)
