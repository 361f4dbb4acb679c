"""What people outside may be told: impact, business, cause and prospect, each as far as known."""

from orchestrator.agents.rules.answers import answer, share, told
from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.earlier import attempts, known, named, restated
from orchestrator.agents.rules.words import lasting, percent, quoted
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim
from orchestrator.model.state import State


async def users_hit(desk: Desk) -> Claim:
    """What users notice: measured first, then in the words of whoever reported it."""
    state = desk.state
    triaged, recorded = state.told("triage/impact"), state.told("detect/record")
    measured = restated(triaged.get("why"))
    if not known(measured):
        measured = restated(recorded.get("user_impact"))
    said = await answer(desk, "q1", "user impact")
    if said is None:
        return measured
    if not known(measured):
        return told(said)
    if said.eid in {item.partition(":")[0] for item in measured.evidence}:
        return measured
    text = f'{measured.text} Reported by a person: "{said.text}"'
    return claim(text, *measured.evidence, said.eid)


async def business(desk: Desk) -> Claim:
    """What it costs, from answers and settings alone; UNKNOWN and asked for otherwise."""
    said = await answer(desk, "business impact", "revenue", "q6")
    people = await _people(desk)
    if said is None and not known(people):
        desk.ask("business impact", "What does this cost the business?")
        return UNKNOWN
    if said is None:
        desk.ask("business impact", "What does this cost the business?")
        return people
    if not people.evidence:
        return told(said)
    return claim(f"{told(said).text} {people.text}", said.eid, *people.evidence)


async def _people(desk: Desk) -> Claim:
    """How many people that is, where the settings say how many there are."""
    state, service = desk.state, desk.service
    said = await answer(desk, "q2")
    part = share(said.text) if said is not None else None
    evidence: tuple[str, ...] = (said.eid,) if said is not None and part is not None else ()
    if part is None:
        report = state.told("triage/impact")
        measured = report.get("affected_share")
        part = float(measured) if measured is not None else None
        evidence = restated(report.get("why")).evidence
    if service is None or not service.users or part is None or not evidence:
        return UNKNOWN
    count = round(part * service.users)
    how = percent(part) if said is not None else f"{percent(part)}, if hit as requests are"
    return claim(f"About {count} of {service.users} users ({how}).", *evidence)


async def cause(desk: Desk) -> Claim:
    """The cause, said as what it is: confirmed, likely, a hypothesis, a word, or not known."""
    found = _cause(desk.state)
    said = await answer(desk, "root cause")
    return told(said) if said is not None and not known(found) else found


def _cause(state: State) -> Claim:
    concluded = state.cause
    if concluded and concluded.get("statement") not in (None, "", claims_of.UNKNOWN):
        word = "Confirmed" if concluded.get("verdict") == "CONFIRMED" else "Likely, not confirmed"
        evidence = tuple(str(item) for item in concluded.get("evidence", ()))
        if evidence:
            return claim(f"{word}: {concluded['statement']}", *evidence)
    for one in state.told("tier2/analysis").get("hypotheses", ()):
        evidence = tuple(e for said in one["supporting"] for e in said["evidence"])
        if one["status"] in ("supported", "confirmed") and evidence:
            return claim(f"Hypothesis: {one['statement']}.", *evidence)
    verdict = state.regression.get("verdict")
    summary = restated(state.told("regression/verdict").get("summary"))
    if verdict in ("CONFIRMED", "LIKELY") and summary.evidence:
        return claim(f"Hypothesis: {summary.text}", *summary.evidence)
    return UNKNOWN


async def prospect(desk: Desk) -> str:
    """When it may be over, only where a person or something under way says so; else UNKNOWN."""
    state = desk.state
    if state.resolution == "RESOLVED":
        return "over: the service is well again"
    said = await answer(desk, "eta")
    if said is not None:
        return f"{said.text} (a person's word)"
    if state.stopped:
        return claims_of.UNKNOWN
    window = state.policy.validation.window
    for task in attempts(state, "mitigation/validate"):
        if task.running:
            return f"{lasting(window)} after signals are back at their usual, if they stay there"
    way = next(
        (
            option
            for option in state.told("mitigation/strategy").get("options", ())
            if option["name"] == state.told("mitigation/strategy").get("selected")
        ),
        None,
    )
    waiting = any(approval.open for approval in state.approvals.values())
    running = any(task.running for task in attempts(state, "mitigation/execute"))
    if way is not None and running:
        return f"usual for a {way['name']}: {way['minutes']} min from now"
    if way is not None and waiting:
        return f"usual for a {way['name']}: {way['minutes']} min from its approval, which waits"
    return claims_of.UNKNOWN


async def compliance(desk: Desk) -> str:
    """Duties that may arise, as far as a person named them or the path declared says so."""
    told_so = await answer(desk, "compliance")
    if told_so is not None:
        return told_so.text
    assessed = desk.state.told("security/assessment").get("disclosure", ())
    if assessed:
        rules = "; ".join(str(item) for item in assessed[1:])
        return quoted(f"legal decides which of these apply: {rules}", 500)
    impact = named(desk.state.told("triage/impact").get("compliance"))
    if impact:
        return impact
    if "compliance" in desk.state.themes:
        return "named by the guidance; which duties apply is for legal to say"
    desk.ask("compliance", "Is there a legal or contractual duty to report this?")
    return claims_of.UNKNOWN


async def reputation(desk: Desk) -> str:
    told_so = await answer(desk, "reputation")
    if told_so is not None:
        return told_so.text
    said = named(desk.state.told("triage/impact").get("reputation"))
    if not said:
        desk.ask("reputation", "Is this seen in public, or likely to be?")
    return said or claims_of.UNKNOWN


def waits_for_decision(state: State) -> str:
    """What of this somebody above has to decide; empty when nothing waits for them."""
    if state.resolution == "RESOLVED":
        return ""
    if state.stopped:
        return f"the line is stopped ({quoted(state.stopped, 120)}): which emergency measure"
    if "rollback-failed" in state.exceptions:
        return "the rollback failed: which emergency measure"
    if "sla-exceeded" in state.exceptions:
        return "the promise to resolve is broken: which emergency measure"
    chosen = state.told("mitigation/strategy")
    granted = any(a.decision in ("", "granted") for a in state.approvals.values())
    denied = any(a.decision == "denied" for a in state.approvals.values())
    if chosen and chosen.get("selected") == "none" and not granted:
        return "no change in the catalogue fits: what should be done"
    if denied and not granted:
        return "the change offered was denied: what should be done instead"
    return ""
