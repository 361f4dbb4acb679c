"""Five whys and the fishbone, from what the earlier tasks and a fresh look at the sources found."""

from orchestrator.agents.rules.blame import blamed, cleared_by, contributing
from orchestrator.agents.rules.board import outweighed, ranked_otherwise
from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.findings import Findings
from orchestrator.agents.rules.given import cause as given
from orchestrator.agents.rules.investigation import investigate
from orchestrator.agents.rules.opinion import folder
from orchestrator.agents.rules.outside import claim_of, signs_of
from orchestrator.agents.rules.regression_analyst import deploy_claim, diff_line
from orchestrator.agents.rules.reviewed import reviewed
from orchestrator.agents.rules.telling import tell_bones, tell_whys
from orchestrator.agents.rules.turned import linked, turn_claim, turn_line
from orchestrator.agents.rules.words import figure, lasting, opened, percent, plural, quoted
from orchestrator.evidence.analysis.changes import Suspicion
from orchestrator.evidence.analysis.external import FULL
from orchestrator.evidence.analysis.outside.cause import Cause
from orchestrator.evidence.analysis.risk import is_test
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.root_cause import Bone, FishboneReport, Why, WhysReport


async def whys(desk: Desk) -> WhysReport:
    """From the symptom down to the change; an answer nobody can give reads UNKNOWN."""
    desk.steers()
    found = await investigate(desk)
    if folder(desk) is not None:
        return given.whys(desk, found)
    top = blamed(found)
    service = desk.state.service or "the service"
    pairs = [
        Why(question=f"Why were users of {service} hit?", answer=_symptom(found)),
        Why(question="Why did that happen?", answer=_mechanism(found)),
        Why(question="Why did it come to that?", answer=_origin(found, top)),
        Why(question="Why did that reach production?", answer=_release(found, top)),
        Why(question="Why was it not caught before?", answer=_gap(found, top)),
    ]
    tell_whys(desk, pairs)
    cause = _cause(found, top)
    kinds = _kinds(desk, cause)
    culprit = top.candidate.sha if top is not None else ""
    if found.bisected and not found.external:
        culprit = found.bisected
    restored = desk.state.resolution == "RESOLVED" and bool(desk.state.resolution_action)
    verdict = "INCONCLUSIVE"
    if cause.evidence:
        known = top is not None or cleared_by(found) is not None or found.turned is not None
        proven = (restored and known) or bool(culprit and found.bisected)
        verdict = "CONFIRMED" if proven and len(kinds) >= 2 else "LIKELY"
    for other in ranked_otherwise(found) if top is not None else ():
        desk.say(f"Two methods disagree: {other.text} [{other.evidence[0]}]")
        if outweighed(found):
            verdict = "INCONCLUSIVE"
    desk.say(f"Root cause, {verdict}: {cause.text}")
    return WhysReport(
        summary=cause,
        problem=quoted(desk.state.symptoms or desk.state.title, 300) or "UNKNOWN",
        whys=tuple(pairs),
        root_cause=cause,
        culprit=culprit,
        verdict=verdict,  # type: ignore[arg-type]
        evidence_kinds=kinds,
        test=_test(found, top),
        unknown=tuple(desk.unknown),
    )


async def ishikawa(desk: Desk) -> FishboneReport:
    """Contributing factors by category; what was ruled out, and how."""
    desk.steers()
    found = await investigate(desk)
    if folder(desk) is not None:
        return given.ishikawa(desk, found)
    top = blamed(found)
    primary = _cause(found, top)
    technical = [_full(found)] if found.external else [primary, _mechanism(found)]
    technical += [_second(found), *_beside(found)]
    technology = [one for one in technical if one.evidence]
    sha = found.bisected or (top.candidate.sha if top is not None else "")
    told = (_gap(found, top), await reviewed(desk, sha), _batch(found))
    process = [one for one in told if one.evidence]
    environment = [_traffic(found)] if found.external else []
    environment += [claim_of(one) for one in found.causes if one is not found.outside]
    bones = (
        Bone(category="People", factors=()),
        Bone(category="Process", factors=tuple(process)),
        Bone(category="Technology", factors=tuple(dict.fromkeys(technology))),
        Bone(category="Environment", factors=tuple(environment)),
    )
    tell_bones(desk, bones)
    return FishboneReport(
        summary=primary,
        bones=bones,
        primary=primary,
        ruled_out=tuple(_ruled_out(found, top)),
        unknown=tuple(desk.unknown),
    )


def _second(found: Findings) -> Claim:
    """The change without which the first would have hurt less."""
    second = contributing(found)
    if second is None or second.reason is None:
        return UNKNOWN
    said = f'{second.candidate.sha[:8]} "{quoted(second.candidate.subject, 60)}"'
    text = f"{said} adds to it: {second.reason.what} ({second.reason.path})."
    return claim(text, diff_line(found, second))


def _beside(found: Findings) -> list[Claim]:
    """A fault of its own beside the change that is blamed."""
    if found.outside is None or blamed(found) is None:
        return []
    return [claim_of(found.outside)]


def _symptom(found: Findings) -> Claim:
    errors = found.new_errors()
    if errors:
        template, kept = errors[0]
        name = template.error or "errors"
        said = template.sample.error_text if template.sample is not None else ""
        text = f"{name} was logged {plural(template.after, 'time')} since it began and "
        text += f"{plural(template.before, 'time')} before: {quoted(said or template.text, 100)}."
        return claim(text, kept.at(template.first_line))
    if found.impact is not None and found.impact.evidence:
        return claim(f"{opened(found.impact.how)}.", *found.impact.evidence)
    return UNKNOWN


def _mechanism(found: Findings) -> Claim:
    if found.external:
        return _traffic(found)
    if cleared_by(found) is not None:
        return _consequence(found)
    if found.drain is not None and found.figures is not None:
        text = (
            f"{found.resource} rose from {percent(found.drain.from_share)} to "
            f"{percent(found.drain.to_share)} of capacity while traffic stayed the same: "
            "something takes and does not give back."
        )
        return claim(text, found.figures.cite(found.drain.began_at))
    return _full(found)


def _consequence(found: Findings) -> Claim:
    """What the cause outside did to the service itself."""
    other = cleared_by(found)
    assert other is not None
    signs = signs_of(other)
    if found.filled is not None and found.figures is not None:
        text = (
            f"{found.resource} rose to {percent(found.filled.to_share)} of capacity as a "
            "consequence: whoever holds it waits for something else."
        )
        return claim(text, found.figures.cite(found.filled.began_at))
    return signs[0] if signs else _full(found)


def _full(found: Findings) -> Claim:
    """That a bounded resource was used up, whatever by."""
    figures = found.figures
    full = figures.during("saturation", found.began) if figures is not None else None
    if figures is None or full is None or full < FULL:
        return UNKNOWN
    text = f"{found.resource} stood at {percent(full)} of its capacity."
    return claim(text, figures.cite(found.began))


def _origin(found: Findings, top: Suspicion | None) -> Claim:
    if found.turned is not None:
        return claim(f"{opened(turn_claim(found))}.", turn_line(found))
    other = cleared_by(found)
    if other is not None and not found.external:
        return claim_of(other)
    second = contributing(found)
    if second is not None and top is not None and top.reason and second.reason:
        text = (
            f"{top.reason.path}: {top.reason.what}; and {second.candidate.sha[:8]} in "
            f"{second.reason.path}: {second.reason.what}."
        )
        return claim(text, diff_line(found, top), diff_line(found, second))
    if found.external or top is None or top.reason is None:
        return UNKNOWN
    return claim(f"{top.reason.path}: {top.reason.what}.", diff_line(found, top))


def _release(found: Findings, top: Suspicion | None) -> Claim:
    if top is None or found.bad is None:
        return UNKNOWN
    text = deploy_claim(found)
    count = plural(len(found.suspects or []), "commit")
    return claim(f"{text}, with {count}.", f"{found.deploys_eid}:{found.bad.line}", found.log_eid)


def _gap(found: Findings, top: Suspicion | None) -> Claim:
    """What the change itself shows about its own tests."""
    kept = (found.diffs or {}).get(top.candidate.sha) if top is not None else None
    if top is None or kept is None:
        return UNKNOWN
    tests = [f.patch.path for f in top.candidate.files if is_test(f.patch.path)]
    if not tests:
        return claim("The change came without any test of its own.", kept.eid)
    return claim(f"Its tests ({', '.join(tests[:3])}) did not show it.", kept.eid)


def _batch(found: Findings) -> Claim:
    count = len(found.suspects or [])
    if count < 2 or not found.log_eid or found.external:
        return UNKNOWN
    return claim(f"{count} commits went live at once, so none could be watched.", found.log_eid)


def _traffic(found: Findings) -> Claim:
    assert found.traffic is not None
    assert found.figures is not None
    text = (
        f"Traffic rose from {figure('requests', found.traffic.usual)} to "
        f"{figure('requests', found.traffic.during)} before the trouble began."
    )
    return claim(text, found.figures.cite(found.traffic.rose_at or found.began))


def _cause(found: Findings, top: Suspicion | None) -> Claim:
    """The root cause with every kind of evidence that stands for it; UNKNOWN without any."""
    if found.external:
        return _traffic(found)
    if found.turned is not None:
        return _turned(found)
    if found.bisected:
        return _tested(found, top)
    other = cleared_by(found)
    if other is not None:
        return claim_of(other)
    if top is None or top.reason is None or found.bad is None:
        return UNKNOWN
    evidence = [diff_line(found, top), f"{found.deploys_eid}:{found.bad.line}"]
    if found.drain is not None and found.figures is not None:
        evidence.append(found.figures.cite(found.drain.began_at))
    evidence += [kept.at(template.first_line) for template, kept in found.new_errors()[:1]]
    text = (
        f'Commit {top.candidate.sha[:8]} "{quoted(top.candidate.subject, 60)}": '
        f"{top.reason.what} ({top.reason.path})."
    )
    second = contributing(found)
    if second is not None and second.reason is not None:
        text += (
            f' With it {second.candidate.sha[:8]} "{quoted(second.candidate.subject, 60)}": '
            f"{second.reason.what} ({second.reason.path})."
        )
        evidence.append(diff_line(found, second))
    if found.outside is not None:
        beside = claim_of(found.outside)
        text += f" Beside it, by itself: {beside.text}"
        evidence += beside.evidence
    return claim(text, *evidence)


def _turned(found: Findings) -> Claim:
    """The turn of a flag, with what ties it to the errors."""
    why = linked(found)
    evidence = [turn_line(found), *(why[1] if why else ())]
    if found.figures is not None:
        evidence.append(found.figures.cite(found.began))
    evidence += [kept.at(template.first_line) for template, kept in found.new_errors()[:1]]
    text = opened(turn_claim(found)) + (f"; {why[0]}" if why else "")
    return claim(f"{text}.", *evidence)


def _tested(found: Findings, top: Suspicion | None) -> Claim:
    """The commit that the bisect names, with what its diff shows where that was read."""
    evidence = list(found.bisect["summary"]["evidence"])
    text = f'Commit {found.bisected[:8]} "{quoted(str(found.bisect["subject"]), 60)}" is the first '
    text += "that fails the test"
    if top is not None and top.reason is not None:
        text += f": {top.reason.what} ({top.reason.path})"
        evidence.append(diff_line(found, top))
    if found.bad is not None:
        evidence.append(f"{found.deploys_eid}:{found.bad.line}")
    evidence += [kept.at(template.first_line) for template, kept in found.new_errors()[:1]]
    return claim(f"{text}.", *evidence)


def _kinds(desk: Desk, cause: Claim) -> tuple[str, ...]:
    known = desk.state.evidence
    cited = [item.split(":")[0] for item in cause.evidence]
    return tuple(sorted({known[eid].kind for eid in cited if eid in known}))


def _test(found: Findings, top: Suspicion | None) -> str:
    if found.external:
        return "Errors end when traffic is usual again, with the same version running."
    if found.turned is not None:
        return f"Set {quoted(found.turned.flag, 60)} to {found.turned.before}: errors end."
    other = cleared_by(found)
    if other is not None:
        return f"Take it away and watch errors. It is refuted if {other.refuted_by}."
    if top is None:
        return "UNKNOWN"
    return f"Roll back to {found.good[:12]}: errors and what is in use return to their usual."


def _innocent(found: Findings, other: Cause) -> list[Claim]:
    """Why the release that went out before is not to blame, change by change."""
    said = []
    if found.bad is not None:
        text = f"The release {found.bad.version[:8]}: {claim_of(other).text} No diff of it "
        text += "touches that."
        said.append(claim(text, f"{found.deploys_eid}:{found.bad.line}", found.log_eid))
    for one in (found.suspects or [])[:3]:
        reason = one.reason.what if one.reason is not None else "nothing in it to worry about"
        name = f'{one.candidate.sha[:8]} "{quoted(one.candidate.subject, 60)}"'
        said.append(claim(f"{name}: {reason}, which does not bring this.", diff_line(found, one)))
    return said


def _ruled_out(found: Findings, top: Suspicion | None) -> list[Claim]:
    said: list[Claim] = []
    if found.traffic is not None and found.figures is not None and not found.external:
        text = f"More traffic: it was {found.traffic.factor:.1f} times the usual."
        said.append(claim(text, found.figures.cite(found.began)))
    if found.external and found.top is not None and found.log_eid:
        text = "A change: the trouble follows the traffic, and no diff explains it."
        said.append(claim(text, found.log_eid))
    other = cleared_by(found)
    if other is not None and found.top is not None and not found.external:
        said += _innocent(found, other)
    if found.filled is not None and found.figures is not None and other is not None:
        text = (
            f"A leak: {found.resource} ran full while {other.part} was in the way, and no diff "
            "keeps what it takes."
        )
        said.append(claim(text, found.figures.cite(found.filled.began_at)))
    ranked = (found.suspects or [])[:1]
    for one in ranked if found.bisected and ranked != [top] else []:
        name = f'{one.candidate.sha[:8]} "{quoted(one.candidate.subject, 60)}"'
        text = f"{name}: the ranking puts it first, but the test names {found.bisected[:8]}."
        said.append(claim(text, *found.bisect["summary"]["evidence"]))
    second = contributing(found)
    others = [one for one in (found.suspects or []) if one not in (top, second)][:3]
    for one in others if top is not None and not found.bisected else []:
        reason = one.reason.what if one.reason is not None else "nothing in it"
        name = f'{one.candidate.sha[:8]} "{quoted(one.candidate.subject, 60)}"'
        text = (
            f"{name}: its diff explains the signs far less ({percent(one.confidence)}): {reason}."
        )
        said.append(claim(text, diff_line(found, one)))
    if found.bad is not None and top is not None:
        after = lasting(max(0.0, found.began - found.bad.at))
        text = f"Chance: it began {after} after the deploy, within a window of two days."
        said.append(claim(text, f"{found.deploys_eid}:{found.bad.line}"))
    return [one for one in said if one.evidence]
