"""The hypotheses board: what may have caused it, with what speaks for, against, and would tell.

Two methods fill it: what the sources of the service say, read as code, and the ranking over
everything that was observed. Where they name different changes, each is held against the other.
"""

from orchestrator.agents.rules.desk import claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.ranked import OUTSIDE, exhibits, suspected
from orchestrator.agents.rules.regression_analyst import blamed, deploy_claim, diff_line
from orchestrator.agents.rules.words import lasting, percent, quoted
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Hypothesis

SHOWN = 6
"""Hypotheses a person can weigh at once."""


def board_of(
    found: Findings, ill: list[Claim], states: list[Hypothesis] | None = None
) -> list[Hypothesis]:
    """Hypotheses, best first, numbered in that order; `ill`: what says it is, below the service.

    `states` are those of what surrounds the service.
    """
    own = (_change(found), _load(found), _below(found, ill))
    board = [one for one in own if one is not None] + (states or []) + _ranked(found)
    board.sort(key=lambda one: (one.status != "supported", -one.confidence))
    board = board[:SHOWN]
    return [one.model_copy(update={"id": f"H{n}"}) for n, one in enumerate(board, start=1)]


def _change(found: Findings) -> Hypothesis | None:
    top = found.top
    if top is None or found.bad is None:
        return None
    place = diff_line(found, top)
    reason = top.reason.what if top.reason is not None else "its diff"
    supporting = [claim(f"{reason}.", place)] if place else []
    supporting.append(claim(deploy_claim(found) + ".", f"{found.deploys_eid}:{found.bad.line}"))
    if found.drain is not None and found.figures is not None:
        text = f"{found.resource} rose to {percent(found.drain.to_share)} under the same traffic."
        supporting.append(claim(text, found.figures.cite(found.drain.began_at)))
    if top.shared:
        errors = [kept.eid for _, kept in found.new_errors()[:1]]
        text = f"Its diff and the errors share: {', '.join(top.shared[:4])}."
        supporting.append(claim(text, place, *errors))
    supporting += _also_ranked(found)
    refuting = [_by_load(found)] if found.external else ranked_otherwise(found)
    guilty = blamed(found) is not None
    if not guilty and not refuting and found.log_eid:
        refuting = [claim("Nothing it changes is known to do this.", found.log_eid)]
    return Hypothesis(
        id="H1",
        statement=f'{top.candidate.sha[:8]} "{quoted(top.candidate.subject, 60)}" brought it',
        supporting=tuple(supporting) if guilty else tuple(supporting[1:2]),
        refuting=tuple(refuting),
        test=f"roll back to {found.good[:8]} and watch errors and what is in use",
        status="supported" if guilty else "refuted" if found.external else "untested",
        culprit=top.candidate.sha if guilty else "",
        confidence=top.confidence if guilty else min(top.confidence, 0.1),
    )


def _by_load(found: Findings) -> Claim:
    assert found.traffic is not None
    assert found.figures is not None
    text = f"Traffic was {found.traffic.factor:.1f} times the usual when the trouble began."
    return claim(text, found.figures.cite(found.traffic.rose_at or found.began))


def _load(found: Findings) -> Hypothesis | None:
    if found.traffic is None or found.figures is None:
        return None
    factor = found.traffic.factor
    steady = claim(
        f"Traffic was {factor:.1f} times the usual when the trouble began.",
        found.figures.cite(found.began),
    )
    return Hypothesis(
        id="H2",
        statement="more traffic than it can serve",
        supporting=(_by_load(found),) if found.external else (),
        refuting=() if found.external else (steady,),
        test="watch whether errors end when traffic is usual again",
        status="supported" if found.external else "refuted",
        confidence=round(0.5 + found.traffic.score / 2.2, 3) if found.external else 0.02,
    )


def _below(found: Findings, ill: list[Claim]) -> Hypothesis | None:
    """Something the service depends on, without a change of its own; `ill`: what says it is."""
    if found.figures is None and not ill:
        return None
    guilty = blamed(found) is not None
    refuting = []
    if guilty and found.bad is not None:
        soon = lasting(max(0.0, found.began - found.bad.at))
        text = f"It began {soon} after a deploy of this service, not by itself."
        refuting.append(claim(text, f"{found.deploys_eid}:{found.bad.line}"))
    # ill now is not yet ill first: beside a change that explains it, it stays a second guess
    confidence = 0.05 if guilty or found.external else 0.2
    if ill:
        confidence = 0.3 if guilty or found.external else 0.6
    return Hypothesis(
        id="H3",
        statement="something it depends on failed",
        supporting=tuple(ill),
        refuting=tuple(refuting),
        test="ask the owners of what it depends on for their own errors",
        status="supported" if ill else "refuted" if refuting else "untested",
        confidence=confidence,
    )


def _ranked(found: Findings) -> list[Hypothesis]:
    """Of a bundle all that was ranked; of a live incident what the sources do not say already."""
    if found.opinion is None:
        return []
    board = suspected(found.opinion)
    if found.deploys is None and found.figures is None:
        return board
    own = found.top.candidate.sha if found.top is not None else ""
    said = {f"{OUTSIDE}traffic"} if found.traffic is not None else set()
    return [
        one
        for one in board
        if (one.culprit and one.culprit != own)
        or (one.statement.startswith(OUTSIDE) and one.statement not in said)
    ]


def _also_ranked(found: Findings) -> list[Claim]:
    """That the ranking blames the same change."""
    assert found.top is not None
    if found.opinion is None or found.opinion.analysis.culprit != found.top.candidate.sha:
        return []
    said = [one for one in found.opinion.analysis.changes if one.name == found.top.candidate.sha]
    places = [place for one in said for place in found.opinion.cite(one.evidence)]
    if not places:
        return []
    return [claim("The ranking over all that was observed names it as well.", *places[:3])]


def outweighed(found: Findings) -> bool:
    """True where the ranking is surer of another change than the sources are of theirs."""
    if found.top is None or found.opinion is None:
        return False
    other = found.opinion.analysis.culprit
    rival = next((one for one in found.opinion.analysis.changes if one.name == other), None)
    return (
        rival is not None
        and rival.name != found.top.candidate.sha
        and rival.confidence >= found.top.confidence
    )


def ranked_otherwise(found: Findings) -> list[Claim]:
    """That the ranking blames another change, with the first thing it holds against that one."""
    assert found.top is not None
    opinion = found.opinion
    if opinion is None or opinion.analysis.culprit in (None, "none", found.top.candidate.sha):
        return []
    other = next(one for one in opinion.analysis.changes if one.name == opinion.analysis.culprit)
    said = exhibits(opinion, other.evidence)[:1]
    text = f"The ranking over all that was observed names {other.name[:8]} instead"
    return [claim(f"{text}: {one.text}", *one.evidence) for one in said]
