"""Hypotheses out of the ranking of causes: its services, its changes, its causes outside."""

from orchestrator.agents.rules.desk import claim
from orchestrator.agents.rules.opinion import Opinion
from orchestrator.agents.rules.words import opened, percent, quoted
from orchestrator.evidence.bundle.result import Ranked
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Hypothesis

LIKELY = 0.6
"""Confidence from which a cause is called supported: the ranking's own bound."""

OUTSIDE = "outside the code: "

MOST = 4
"""Hypotheses of one kind that a person can weigh."""


def suspected(opinion: Opinion) -> list[Hypothesis]:
    """The ranked causes, best first; a service comes last where changes can be judged."""
    changes = [_change(opinion, one) for one in opinion.analysis.changes[:MOST]]
    services = [_service(opinion, one) for one in opinion.analysis.services[:MOST]]
    outside = [
        _hypothesis(
            opinion,
            f"{OUTSIDE}{one.kind}",
            min(1.0, one.score),
            one.evidence,
            f"ask whoever runs the {one.kind}, and look whether the trouble ends with it",
        )
        for one in opinion.analysis.external[:MOST]
    ]
    judged = opinion.analysis.culprit is not None
    answers = [(not judged, one) for one in (*changes, *outside)]
    answers += [(judged, one) for one in services]
    known = [(weaker, one) for weaker, one in answers if one.supporting]
    known.sort(key=lambda it: (it[1].status != "supported", it[0], -it[1].confidence))
    return [one for _, one in known]


def exhibits(opinion: Opinion, names: tuple[str, ...]) -> list[Claim]:
    """Each exhibit as a claim that cites its line."""
    items = opinion.analysis.evidence
    return [
        claim(f"{opened(quoted(str(items[name]['summary']), 200))}.", opinion.places[name])
        for name in names
        if name in opinion.places
    ]


def _change(opinion: Opinion, one: Ranked) -> Hypothesis:
    blamed = opinion.analysis.culprit == one.name
    confidence = one.confidence if blamed else min(one.confidence, LIKELY - 0.1)
    test = f"take {one.name[:12]} back where it can be tried, and look whether the trouble ends"
    return _hypothesis(
        opinion, f"commit {one.name[:12]} brought it", confidence, one.evidence, test,
        culprit=one.name if blamed else "",
    )  # fmt: skip


def _service(opinion: Opinion, one: Ranked) -> Hypothesis:
    test = f"look at {one.name} by itself: do its own calls and statements differ from before?"
    name = quoted(one.name, 60)
    return _hypothesis(opinion, f"it begins at {name}", one.confidence, one.evidence, test)


def _hypothesis(
    opinion: Opinion,
    statement: str,
    confidence: float,
    names: tuple[str, ...],
    test: str,
    culprit: str = "",
) -> Hypothesis:
    supporting = exhibits(opinion, names)
    return Hypothesis(
        id="",
        statement=statement,
        supporting=tuple(supporting),
        refuting=(),
        test=test,
        status="supported" if confidence >= LIKELY and supporting else "untested",
        culprit=culprit,
        confidence=round(confidence, 3),
    )


def leading(opinion: Opinion) -> str:
    """The ranking's answer in a few words; empty where it has none."""
    best = next(iter(suspected(opinion)), None)
    if best is None or best.status != "supported":
        return ""
    return f"{best.statement} ({percent(best.confidence)})"
