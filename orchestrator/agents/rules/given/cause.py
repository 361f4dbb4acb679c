"""Root cause on a bundle: five whys and the fishbone from the leading hypothesis alone.

Nothing was tested or mitigated, so LIKELY is the most that is claimed, and INCONCLUSIVE stands
wherever the ranking itself does not lead clearly.
"""

from typing import Literal

from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.opinion import Opinion
from orchestrator.agents.rules.ranked import OUTSIDE, suspected
from orchestrator.agents.rules.telling import tell_bones, tell_whys
from orchestrator.agents.rules.words import opened, quoted
from orchestrator.evidence.bundle.result import LIKELY
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.root_cause import Bone, FishboneReport, Why, WhysReport
from orchestrator.model.reports.tiers import Hypothesis


def whys(desk: Desk, found: Findings) -> WhysReport:
    """From the symptom down as far as the bundle reaches; the rest reads UNKNOWN."""
    best = _leading(found.opinion)
    service = desk.state.service or "the service"
    pairs = (
        Why(question=f"Why were users of {service} hit?", answer=_symptom(found)),
        Why(
            question="Why did that happen?",
            answer=_told(best, "metric", "log", "trace", found=found),
        ),
        Why(question="Why did it come to that?", answer=_told(best, "diff", "flag", found=found)),
        Why(question="Why did that reach production?", answer=_told(best, "deploy", found=found)),
        Why(question="Why was it not caught before?", answer=UNKNOWN),
    )
    tell_whys(desk, pairs)
    cause = _cause(best)
    opinion = found.opinion
    verdict: Literal["LIKELY", "INCONCLUSIVE"] = "INCONCLUSIVE"
    if cause.evidence and opinion is not None and opinion.analysis.verdict == LIKELY:
        verdict = "LIKELY"
    desk.say(f"Root cause, {verdict}: {cause.text}")
    known = desk.state.evidence
    kinds = {known[e].kind for item in cause.evidence if (e := item.split(":")[0]) in known}
    return WhysReport(
        summary=cause,
        problem=quoted(desk.state.symptoms or desk.state.title, 300) or UNKNOWN.text,
        whys=pairs,
        root_cause=cause,
        culprit=best.culprit if best is not None else "",
        verdict=verdict,
        evidence_kinds=tuple(sorted(kinds)),
        test=best.test if best is not None else UNKNOWN.text,
        unknown=tuple(desk.unknown),
    )


def ishikawa(desk: Desk, found: Findings) -> FishboneReport:
    """The leading cause under its category; the others as what stands behind it."""
    board = suspected(found.opinion) if found.opinion is not None else []
    best = _leading(found.opinion)
    primary = _cause(best)
    outside = [one for one in board if one.statement.startswith(OUTSIDE)]
    inside = [one for one in board if one not in outside]
    bones = (
        Bone(category="People", factors=()),
        Bone(category="Process", factors=()),
        Bone(category="Technology", factors=tuple(_cause(one) for one in inside[:3])),
        Bone(category="Environment", factors=tuple(_cause(one) for one in outside[:3])),
    )
    tell_bones(desk, bones)
    return FishboneReport(
        summary=primary,
        bones=bones,
        primary=primary,
        ruled_out=(),
        unknown=tuple(desk.unknown),
    )


def _leading(opinion: Opinion | None) -> Hypothesis | None:
    board = suspected(opinion) if opinion is not None else []
    return board[0] if board and board[0].status == "supported" else None


def _cause(best: Hypothesis | None) -> Claim:
    if best is None:
        return UNKNOWN
    cited = [place for one in best.supporting for place in one.evidence]
    return claim(f"{opened(best.statement)}: {best.supporting[0].text}", *cited)


def _symptom(found: Findings) -> Claim:
    if found.impact is None:
        return UNKNOWN
    return claim(f"{opened(found.impact.how)}.", *found.impact.evidence)


def _told(best: Hypothesis | None, *kinds: str, found: Findings) -> Claim:
    """The first thing of these kinds that speaks for the leading cause."""
    if best is None or found.opinion is None:
        return UNKNOWN
    places = {place for place, _ in found.opinion.of_kind(*kinds)}
    return next((one for one in best.supporting if places & set(one.evidence)), UNKNOWN)
