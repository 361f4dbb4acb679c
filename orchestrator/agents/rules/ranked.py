"""Hypotheses out of the ranking of causes, in the form of the board."""

from collections.abc import Iterable
from typing import Literal

from orchestrator.agents.rules.desk import assumed, claim
from orchestrator.agents.rules.opinion import Opinion
from orchestrator.agents.rules.words import opened, percent, quoted
from orchestrator.evidence.bundle import hypotheses
from orchestrator.evidence.bundle.hypotheses import LIKELY, UNLIKELY, Point
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Hypothesis

OUTSIDE = "outside the code: "

INSIDE = ("service", "change", "none")
"""Kinds of causes that are no outside cause."""

MOST_OUTSIDE = 0.9
"""An outside cause has a score and no measured confidence: it is never shown as near certain."""

MOST = 8
"""Hypotheses that a person can weigh."""


def suspected(opinion: Opinion) -> list[Hypothesis]:
    """The ranked causes, best first; a service comes last where changes can be judged."""
    judged = opinion.analysis.culprit is not None
    known = [
        (judged and one.kind == "service", _hypothesis(opinion, one))
        for one in opinion.analysis.hypotheses
    ]
    known = [(last, one) for last, one in known if one.supporting]
    known.sort(key=lambda it: (it[1].status != "supported", it[0], -it[1].confidence))
    return [one for _, one in known[:MOST]]


def exhibits(opinion: Opinion, names: Iterable[str]) -> list[Claim]:
    """Each exhibit as a claim that cites its line."""
    items = opinion.analysis.evidence
    return [
        claim(f"{opened(quoted(str(items[name]['summary']), 200))}.", opinion.places[name])
        for name in names
        if name in opinion.places
    ]


def _hypothesis(opinion: Opinion, one: hypotheses.Hypothesis) -> Hypothesis:
    outside = one.kind not in INSIDE
    sure = one.confidence if one.confidence is not None else min(one.score, MOST_OUTSIDE)
    supporting = tuple(_claim(opinion, point) for point in one.supporting if point.evidence)
    blamed = one.kind == "change" and one.name == opinion.analysis.culprit
    verdict = "POSSIBLE" if one.kind == "change" and not blamed else one.verdict
    return Hypothesis(
        id="",
        statement=f"{OUTSIDE}{quoted(one.kind, 40)}" if outside else quoted(one.statement, 160),
        supporting=supporting,
        refuting=tuple(_claim(opinion, point) for point in one.refuting),
        missing=tuple(quoted(text, 200) for text in one.missing),
        test=quoted(one.test, 300),
        status=_status(verdict, refuted=bool(one.refuting)),
        culprit=one.name if blamed else "",
        confidence=round(sure, 3),
    )


def _status(verdict: str, *, refuted: bool) -> Literal["supported", "refuted", "untested"]:
    if verdict == LIKELY:
        return "supported"
    return "refuted" if verdict == UNLIKELY and refuted else "untested"


def _claim(opinion: Opinion, point: Point) -> Claim:
    cited = opinion.cite(point.evidence)
    text = opened(quoted(point.text, 240)).rstrip(".") + "."
    return claim(text, *cited) if cited else assumed(text)


def leading(opinion: Opinion) -> str:
    """The ranking's answer in a few words; empty where it has none."""
    best = next(iter(suspected(opinion)), None)
    if best is None or best.status != "supported":
        return ""
    return f"{best.statement} ({percent(best.confidence)})"
