"""The regression analyst: did a change bring this, which one, and what speaks against it."""

from typing import Any

from orchestrator.agents.rules import turned_signs as turned
from orchestrator.agents.rules.answers import Said, answer, told
from orchestrator.agents.rules.blame import (
    STRONG,
    WEAK,
    blamed,
    cleared_by,
    contributing,
)
from orchestrator.agents.rules.dated import dated
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.given import regression as given
from orchestrator.agents.rules.investigation import investigate
from orchestrator.agents.rules.opinion import folder
from orchestrator.agents.rules.outside import claim_of
from orchestrator.agents.rules.words import (
    clock_time,
    figure,
    lasting,
    percent,
    quoted,
    quoted_code,
)
from orchestrator.evidence.analysis.changes import Suspicion
from orchestrator.evidence.analysis.onset import BEYOND
from orchestrator.evidence.analysis.outside.cause import Cause
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.reports.regression import (
    Answer,
    Deploy,
    External,
    Indicator,
    Suspect,
    VerdictReport,
)

SOON = 7200.0
"""Seconds after a deploy within which trouble still counts as right after it."""

_SUSPECTS = 5


async def verdict(desk: Desk) -> VerdictReport:
    """The indicators, the deploys of the window, the suspects in order, and what else explains."""
    desk.steers()
    found = await investigate(desk)
    if folder(desk) is not None:
        return given.verdict(desk, found)
    changed = await answer(desk, "q4", "recent deploys")
    indicators = _indicators(desk, found, changed)
    ranked = (found.suspects or [])[:_SUSPECTS]
    suspects = tuple(_suspect(found, one) for one in ranked if found.turned is None)
    report = VerdictReport(
        summary=_summary(desk, found, changed) if found.turned is None else turned.summary(found),
        indicators=indicators,
        deploys=_deploys(desk, found),
        suspects=suspects,
        external=_external(found),
        bad_version=found.bad.version if found.bad is not None else UNKNOWN,
        good_version=found.good or UNKNOWN,
        bad_since=found.bad.at if found.bad is not None else None,
        changes=dated(desk, found),
        unknown=tuple(desk.unknown),
    )
    _show(desk, found)
    for indicator in indicators:
        cited = f" [{indicator.why.evidence[0]}]" if indicator.why.evidence else ""
        desk.bench.out(f"{indicator.holds:<8}{indicator.name}{cited}")
    desk.say(report.summary.text + _cited(report.summary))
    return report


def _indicators(desk: Desk, found: Findings, changed: Said | None) -> tuple[Indicator, ...]:
    """The signs as the nearest change shows them."""
    if found.turned is not None:
        return turned.signs(found, _staging(desk))
    return (
        _worked_before(found),
        _after_deployment(found, changed),
        _correlates(found),
        _staging(desk),
        _inflects(found),
    )


def _show(desk: Desk, found: Findings) -> None:
    """The main suspect's diff around the line that gives it away."""
    top = blamed(found)
    kept = (found.diffs or {}).get(top.candidate.sha) if top is not None else None
    if top is None or top.reason is None or kept is None:
        return
    lines = top.candidate.diff.split("\n")
    at = max(1, top.reason.diff_line)
    desk.say(f"{top.candidate.sha[:8]} stands out, in {top.reason.path} [{kept.at(at)}]:")
    for line in lines[max(0, at - 3) : at + 5]:
        desk.bench.out(quoted_code(line))


def deploy_claim(found: Findings) -> str:
    assert found.bad is not None
    later = max(0.0, found.began - found.bad.at)
    return (
        f"{found.bad.version[:8]} went live at {clock_time(found.bad.at)}, "
        f"{lasting(later)} before the trouble began at {clock_time(found.began)}"
    )


def _summary(desk: Desk, found: Findings, said: Said | None) -> Claim:
    if found.bad is None:
        where = (
            "no deploy log could be read"
            if found.deploys is None
            else (f"no deploy of {desk.state.service} lies before the trouble in the window")
        )
        if found.deploys is None:
            if said is not None:
                text = f"Whether a change brought this is open: {where}. {told(said).text}"
                return claim(text, said.eid)
            desk.ask("recent deploys", "What was deployed in the last 48 hours?")
            return assumed(f"Whether a change brought this is open: {where}.")
        if found.outside is not None:
            cause = claim_of(found.outside)
            text = f"{cause.text} No change is blamed: {where}."
            return claim(text, *cause.evidence, found.deploys_eid)
        return claim(f"No change is blamed: {where}.", found.deploys_eid)
    if found.external and found.traffic is not None and found.figures is not None:
        return claim(
            f"Traffic explains it: {found.traffic.factor:.1f} times the usual when the trouble "
            f"began, and {deploy_claim(found)}. No change is blamed.",
            found.figures.cite(found.began),
            found.deploys_eid,
        )
    top, other = blamed(found), cleared_by(found)
    if other is not None:
        cause = claim_of(other)
        text = f"{cause.text} {deploy_claim(found)}, but no change of it explains this."
        return claim(text, *cause.evidence, found.deploys_eid)
    if top is None:
        return claim(
            f"{deploy_claim(found)}, but none of its changes stands out as the cause.",
            f"{found.deploys_eid}:{found.bad.line}",
            found.log_eid,
        )
    text = (
        f"{deploy_claim(found)}; of its changes {top.candidate.sha[:8]} "
        f'"{quoted(top.candidate.subject, 60)}" is the main suspect '
        f"({percent(top.confidence)}): {top.reason.what if top.reason else 'by its diff'}."
    )
    evidence = [f"{found.deploys_eid}:{found.bad.line}", diff_line(found, top)]
    second = contributing(found)
    if second is not None and second.reason is not None:
        text += f" {second.candidate.sha[:8]} adds to it: {second.reason.what}."
        evidence.append(diff_line(found, second))
    if found.outside is not None:
        cause = claim_of(found.outside)
        text += f" Beside it: {cause.text}"
        evidence += cause.evidence
    return claim(text, *evidence)


def diff_line(found: Findings, one: Suspicion) -> str:
    """The line of the suspect's diff that its main reason points to."""
    kept = (found.diffs or {}).get(one.candidate.sha)
    if kept is None:
        return ""
    return kept.at(one.reason.diff_line if one.reason is not None else 0)


def _worked_before(found: Findings) -> Indicator:
    name = "worked-before"
    if found.bad is None or found.figures is None:
        return _indicator(name, "unknown", "No metrics of the time before are at hand.")
    if found.external:
        text = "The version before never met this much traffic while it was watched."
        return _indicator(name, "unknown", text, found.figures.eid)
    before = found.figures.points("errors", until=found.bad.at)
    if len(before) < 3:
        return _indicator(name, "unknown", "Nobody watched before the deploy.", found.figures.eid)
    usual = found.figures.usual("errors", found.bad.at)
    assert usual is not None
    now = found.figures.during("errors", found.began)
    text = f"Under the version before, {figure('errors', usual)} of requests failed"
    ill = usual > 0.05 and (now is None or usual > 0.5 * now)
    text += f", now {figure('errors', now)}." if now is not None else "."
    return _indicator(name, "no" if ill else "yes", text, found.figures.cite(before[-1][0]))


def _after_deployment(found: Findings, said: Said | None) -> Indicator:
    name = "after-deployment"
    if found.bad is None:
        if found.deploys is None and said is not None:
            # a change within a day is not yet one right before it; none at all is an answer
            return _indicator(name, "no" if said.none else "unknown", told(said).text, said.eid)
        if found.deploys is None:
            return _indicator(name, "unknown", "There is no deploy log to look at.")
        return _indicator(name, "no", "No deploy precedes the trouble.", found.deploys_eid)
    line = f"{found.deploys_eid}:{found.bad.line}"
    if found.impact is None:
        text = "When the trouble began could not be told from metrics or logs."
        return _indicator(name, "unknown", text, line)
    text = deploy_claim(found) + "."
    other = cleared_by(found)
    if other is not None and not found.external:
        cause = claim_of(other)
        began = f" at {clock_time(other.began_at)}" if other.began_at is not None else ""
        text += f" But it began{began} with this: {cause.text}"
        return _indicator(name, "no", text, *cause.evidence, line)
    if found.external and found.traffic is not None and found.figures is not None:
        rose = found.traffic.rose_at or found.began
        text += f" But it began with the traffic, which rose at {clock_time(rose)}."
        return _indicator(name, "no", text, line, found.figures.cite(rose))
    soon = found.began - found.bad.at <= SOON
    return _indicator(name, "yes" if soon else "unknown", text, line, *found.impact.evidence[:1])


def _correlates(found: Findings) -> Indicator:
    name = "correlates-with-change"
    top, other = found.top, cleared_by(found)
    if found.bad is None and other is not None and other.independent:
        cause = claim_of(other)
        return _indicator(name, "no", f"{cause.text} That needs no change.", *cause.evidence)
    if found.bad is None and found.deploys is not None:
        return _indicator(name, "no", "No change went live before it.", found.deploys_eid)
    if top is None:
        return _indicator(name, "unknown", "The commits of the deploy could not be read.")
    place = diff_line(found, top)
    said = f'{top.candidate.sha[:8]} "{quoted(top.candidate.subject, 60)}"'
    why = top.reason.what if top.reason is not None else "nothing in particular"
    if found.external and found.figures is not None:
        text = f"Traffic explains it without a change; the riskiest one is {said}: {why}."
        strong = top.score >= 2 * STRONG
        return _indicator(name, "unknown" if strong else "no", text, found.figures.eid, place)
    if other is not None:
        cause = claim_of(other)
        text = f"{cause.text} No diff touches that; the riskiest one is {said}: {why}."
        return _indicator(name, "no", text, *cause.evidence, place)
    if top.score >= STRONG:
        return _indicator(name, "yes", f"{said}: {why}.", place)
    weak = top.score < WEAK
    text = f"The riskiest of {len(found.suspects or [])} commits is {said}: {why}."
    return _indicator(name, "no" if weak else "unknown", text, found.log_eid, place)


def _staging(desk: Desk) -> Indicator:
    desk.ask("seen in staging", "Did staging or a canary show the same pattern?")
    return _indicator("seen-in-staging", "unknown", "Nothing of staging or a canary is at hand.")


def _inflects(found: Findings) -> Indicator:
    name = "metrics-inflect"
    figures = found.figures
    if figures is None or found.bad is None:
        return _indicator(name, "unknown", "There are no metrics across a deploy.")
    at = figures.cite(found.began)
    if found.external:
        text = "The metrics bend where traffic rises, not at the deployment."
        return _indicator(name, "no", text, at)
    other = cleared_by(found)
    if other is not None:
        text = f"The metrics bend with this, not at the deployment: {claim_of(other).text}"
        return _indicator(name, "no", text, at, *claim_of(other).evidence)
    if found.drain is not None and found.drain.began_at >= found.bad.at:
        text = (
            f"From {clock_time(found.drain.began_at)} on, after the deploy, {found.resource} rose "
            f"from {percent(found.drain.from_share)} to {percent(found.drain.to_share)} of "
            "capacity while traffic stayed the same."
        )
        return _indicator(name, "yes", text, figures.cite(found.drain.began_at))
    trouble = figures.trouble()
    # a deploy is written down once it is done; what it changed may have begun to work before
    doing = 2 * figures.interval
    before = figures.points("errors", until=found.bad.at - doing)
    if trouble is None or len(before) < 3:
        text = "No signal left its usual course clearly, or none was watched before the deploy."
        return _indicator(name, "unknown", text, figures.eid)
    # a restart makes a bad look or two; a trouble that was there before makes a row of them
    outside = [trouble.before.deviation(v) >= BEYOND for _, v in before]
    rows = zip(outside, outside[1:], outside[2:], strict=False)
    steady = trouble.signal != "errors" or not any(all(row) for row in rows)
    late = trouble.at < found.bad.at - doing
    text = (
        f"{trouble.signal} stood at {figure(trouble.signal, trouble.before.centre)} before the "
        f"deploy and went to {figure(trouble.signal, trouble.peak)} after it."
    )
    return _indicator(name, "yes" if steady and not late else "no", text, at)


def _indicator(name: Any, holds: Answer, text: str, *evidence: str) -> Indicator:
    why = claim(text, *evidence) if any(evidence) else assumed(text)
    return Indicator(name=name, holds=holds, why=why)


def _suspect(found: Findings, one: Suspicion) -> Suspect:
    kept = (found.diffs or {}).get(one.candidate.sha)
    commit = (found.commits or {})[one.candidate.sha]
    reasons = [
        claim(f"{factor.path}: {factor.what}", kept.at(factor.diff_line))
        for factor in one.risk.factors[:3]
        if kept is not None
    ]
    if one.in_traceback and kept is not None:
        errors = [log.eid for _, log in found.new_errors()[:1]]
        where = ", ".join(one.in_traceback[:3])
        reasons.append(claim(f"It changes {where}, which is in the tracebacks.", kept.eid, *errors))
    return Suspect(
        sha=one.candidate.sha,
        author=quoted(commit.author, 80),
        at=one.candidate.at,
        subject=quoted(one.candidate.subject, 120),
        score=one.score,
        confidence=one.confidence,
        why=tuple(reasons),
    )


def _deploys(desk: Desk, found: Findings) -> tuple[Deploy, ...]:
    if found.deploys is None:
        return ()
    since = found.began - desk.state.policy.change_window
    return tuple(
        Deploy(at=d.at, version=d.version, previous=d.previous, by=quoted(d.by, 60), kind=d.kind)
        for d in found.deploys.of(desk.state.service)
        if d.at >= since
    )


def _external(found: Findings) -> tuple[External, ...]:
    return (*_load(found), *(_outside(found, one) for one in found.causes))


def _outside(found: Findings, cause: Cause) -> External:
    return External(
        kind=cause.kind,
        score=cause.score,
        why=claim_of(cause),
        part=cause.part,
        params=dict(cause.params),
        explains=cause is found.outside,
        refuted_by=cause.refuted_by,
    )


def _load(found: Findings) -> tuple[External, ...]:
    if found.traffic is None or found.figures is None or not found.traffic.explains:
        return ()
    text = (
        f"Traffic rose from {figure('requests', found.traffic.usual)} to "
        f"{figure('requests', found.traffic.during)} before the trouble began."
    )
    why = claim(text, found.figures.cite(found.traffic.rose_at or found.began))
    return (External(kind="traffic", score=found.traffic.score, why=why, explains=True),)


def _cited(said: Claim) -> str:
    return "".join(f" [{item}]" for item in said.evidence)
