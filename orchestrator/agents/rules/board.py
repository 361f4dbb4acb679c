"""The hypotheses board: what may have caused it, with what speaks for, against, and would tell.

Two methods fill it: what the sources of the service say, read as code, and the ranking over
everything that was observed. Where they name different changes, each is held against the other.
"""

from orchestrator.agents.rules.blame import blamed, cleared_by, contributing
from orchestrator.agents.rules.desk import claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.outside import claim_of, signs_of
from orchestrator.agents.rules.ranked import OUTSIDE, exhibits, suspected
from orchestrator.agents.rules.regression_analyst import deploy_claim, diff_line
from orchestrator.agents.rules.words import lasting, percent, quoted
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Hypothesis

SHOWN = 6
"""Hypotheses a person can weigh at once."""


_SAME = {"name": "dns", "storage": "node", "dependency": "provider", "flapping": "provider"}
"""Kinds of causes here, and what the ranking calls the same."""


def board_of(
    found: Findings, ill: list[Claim], states: list[Hypothesis] | None = None
) -> list[Hypothesis]:
    """Hypotheses, best first, numbered in that order; `ill`: what says it is, below the service.

    `states` are those of what surrounds the service.
    """
    own = (_change(found), _second(found), _load(found), _below(found, ill))
    board = [one for one in own if one is not None] + _outside(found)
    board += (states or []) + [_cleared(found, one) for one in _ranked(found)]
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
    other = cleared_by(found)
    if other is not None:
        refuting.insert(0, claim_of(other))
    guilty = blamed(found) is not None
    if not guilty and not refuting and found.log_eid:
        refuting = [claim("Nothing it changes is known to do this.", found.log_eid)]
    return Hypothesis(
        id="H1",
        statement=f'{top.candidate.sha[:8]} "{quoted(top.candidate.subject, 60)}" brought it',
        supporting=tuple(supporting) if guilty else tuple(supporting[1:2]),
        refuting=tuple(refuting),
        test=f"roll back to {found.good[:8]} and watch errors and what is in use",
        status="supported" if guilty else "refuted" if found.external or other else "untested",
        culprit=top.candidate.sha if guilty or other or found.external else "",
        confidence=top.confidence if guilty else min(top.confidence, 0.1),
    )


def _second(found: Findings) -> Hypothesis | None:
    """The change that adds to the first."""
    second = contributing(found)
    if second is None or second.reason is None:
        return None
    place = diff_line(found, second)
    if not place:
        return None
    return Hypothesis(
        id="H1",
        statement=f'{second.candidate.sha[:8]} "{quoted(second.candidate.subject, 60)}" adds to it',
        supporting=(claim(f"{second.reason.what}.", place),),
        refuting=(),
        test="take back the first alone, and watch whether it is as well as before",
        status="supported",
        culprit=second.candidate.sha,
        confidence=second.confidence,
    )


def _outside(found: Findings) -> list[Hypothesis]:
    """One for each cause outside the changes, with its own signs."""
    guilty = blamed(found) is not None
    said: list[Hypothesis] = []
    for one in found.causes:
        signs = signs_of(one)
        if not signs:
            continue
        sure = 0.5 + 0.45 * one.score if one.explains else 0.5 * one.score
        said.append(
            Hypothesis(
                id="H2",
                statement=f"{OUTSIDE}{quoted(one.kind, 40)}: {quoted(one.text, 160)}",
                supporting=tuple(signs),
                refuting=(),
                test=f"it is refuted if {one.refuted_by}",
                status="supported" if one.explains or one.independent else "untested",
                confidence=round(min(0.6, sure) if guilty else sure, 3),
            )
        )
    return said


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
    named = any(one.kind in ("dependency", "flapping") for one in found.causes)
    if named or (found.figures is None and not ill):
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
    said |= {f"{OUTSIDE}{_SAME.get(one.kind, one.kind)}" for one in found.causes}
    return [
        one
        for one in board
        if (one.culprit and one.culprit != own)
        or (one.statement.startswith(OUTSIDE) and one.statement not in said)
    ]


def _cleared(found: Findings, one: Hypothesis) -> Hypothesis:
    """A change that was ranked, held against what explains the trouble in place of any change."""
    other = cleared_by(found)
    if other is None or not one.culprit:
        return one
    return one.model_copy(
        update={
            "refuting": (claim_of(other), *one.refuting),
            "status": "refuted",
            "confidence": min(one.confidence, 0.1),
        }
    )


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
    if found.top is None or found.opinion is None or found.bisected:
        return False
    other = found.opinion.analysis.culprit
    rival = next((one for one in found.opinion.analysis.changes if one.name == other), None)
    if rival is None or rival.name in _named(found):
        return False
    second = contributing(found)
    own = found.top.confidence + (second.confidence if second is not None else 0.0)
    return rival.confidence >= own


def _named(found: Findings) -> set[str]:
    """The changes that the sources blame: the first, and one that adds to it."""
    both = (found.top, contributing(found))
    return {one.candidate.sha for one in both if one is not None}


def ranked_otherwise(found: Findings) -> list[Claim]:
    """That the ranking blames another change, with the first thing it holds against that one."""
    assert found.top is not None
    opinion = found.opinion
    if opinion is None or opinion.analysis.culprit in (None, "none", *_named(found)):
        return []
    other = next(one for one in opinion.analysis.changes if one.name == opinion.analysis.culprit)
    said = exhibits(opinion, other.evidence)[:1]
    text = f"The ranking over all that was observed names {other.name[:8]} instead"
    return [claim(f"{text}: {one.text}", *one.evidence) for one in said]
