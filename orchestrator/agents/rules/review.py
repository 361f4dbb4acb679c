"""The review's judgement: what went well, what could improve, and what was learned."""

from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.earlier import latest
from orchestrator.agents.rules.moments import moments
from orchestrator.agents.rules.words import lasting, plural
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.review import ReviewReport
from orchestrator.model.state import State


async def review(desk: Desk) -> ReviewReport:
    """Everything here rests on the timeline computed from the journal, or on earlier evidence."""
    desk.steers()
    state = desk.state
    told = await moments(desk)
    for line in told.lines:
        desk.bench.out(line)
    place, eid = told.place, told.eid
    cause = _cause(state)
    resolution = _resolution(state, place, eid)
    well, better = _went_well(state, place, eid), _could_improve(state, place, eid)
    desk.say(f"{resolution.text} [{resolution.evidence[0]}]")
    for one in (*well, *better):
        desk.say(f"{one.text} [{one.evidence[0]}]")
    desk.ask("lessons", "What did the people in the room learn that no record shows?")
    whys = latest(state, "rca/5whys")
    technical = [cause] if cause.evidence else []
    return ReviewReport(
        summary=resolution,
        root_cause=cause,
        resolution=resolution,
        symptoms=_symptoms(state),
        went_well=tuple(well),
        could_improve=tuple(better),
        technical=tuple(technical),
        process=tuple(_lesson(whys)),
        communication=(_communication(state, place, eid),),
        unknown=tuple(desk.unknown),
    )


def _cause(state: State) -> Claim:
    cause = state.cause
    if not cause or cause.get("statement") in (None, "", "UNKNOWN"):
        return UNKNOWN
    return Claim(text=str(cause["statement"]), evidence=tuple(cause["evidence"]))


def _resolution(state: State, place: dict[str, str], eid: str) -> Claim:
    text = state.resolution or "No resolution is recorded"
    if state.resolution_action:
        text += f": {state.resolution_action}"
    elif state.resolution == "RESOLVED":
        text += " without any change: the signals recovered by themselves"
    began = state.impact_started_at or state.detected_at
    if state.restored_at > began:
        text += f"; users were hit for {lasting(state.restored_at - began)}"
    return claim(text + ".", place.get("restored", eid), place.get("resolved", ""))


def _symptoms(state: State) -> Claim:
    report = latest(state, "triage/impact") or latest(state, "detect/record")
    said: Json = report.get("why") or report.get("user_impact") or {}
    if not said.get("evidence"):
        return UNKNOWN
    return Claim(text=str(said["text"]), evidence=tuple(said["evidence"]))


def _went_well(state: State, place: dict[str, str], eid: str) -> list[Claim]:
    found: list[Claim] = []
    policy = state.policy
    if state.impact_started_at:
        delay = max(0.0, state.detected_at - state.impact_started_at)
        if delay <= policy.detection_target:
            text = f"It was detected {lasting(delay)} after impact began."
            found.append(claim(text, place["detected"]))
    if "judged" in place and state.regression_at - state.detected_at <= policy.regression_target:
        took = lasting(state.regression_at - state.detected_at)
        verdict = state.regression.get("verdict", "UNKNOWN")
        found.append(claim(f"Whether a change brought it ({verdict}) was known in {took}.",
                           place["judged"]))  # fmt: skip
    if "triaged" in place and state.triaged_at - state.detected_at <= policy.triage_target:
        took = lasting(state.triaged_at - state.detected_at)
        found.append(claim(f"It was triaged as {state.severity} in {took}.", place["triaged"]))
    if "restored" in place and state.resolution_action:
        found.append(claim("One approved change restored the signals.", place["restored"]))
    if state.evidence:
        text = f"{len(state.evidence)} pieces of evidence were kept while it lasted."
        found.append(claim(text, eid))
    return found


def _could_improve(state: State, place: dict[str, str], eid: str) -> list[Claim]:
    found: list[Claim] = []
    tier1 = latest(state, "tier1/data")
    if tier1.get("runbook") == "UNKNOWN":
        found.append(claim("No runbook covers this service.", eid))
    if not state.acknowledged_at:
        found.append(claim("Nobody acknowledged the alert.", place.get("detected", eid)))
    if {"offered", "approved"} <= place.keys():
        granted = next(a for a in state.approvals.values() if a.decision == "granted")
        waited = granted.decided_at - granted.requested_at
        text = f"The approved change waited {lasting(waited)} for a decision."
        found.append(claim(text, place["approved"]))
    for whys in latest(state, "rca/5whys").get("whys", ())[4:5]:
        if whys["answer"]["evidence"]:
            found.append(
                Claim(text=whys["answer"]["text"], evidence=tuple(whys["answer"]["evidence"]))
            )
    if state.questions:
        text = f"{plural(len(state.questions), 'question')} stayed open when this was written."
        found.append(claim(text, eid))
    if state.impact_started_at and "detected" in place:
        delay = max(0.0, state.detected_at - state.impact_started_at)
        text = f"Users were hit {lasting(delay)} before anybody was told."
        found.append(claim(text, place["detected"]))
    restored = state.restored_at or state.resolved_at
    if restored > state.detected_at:
        text = f"From detection to recovery it took {lasting(restored - state.detected_at)}."
        found.append(claim(text, place.get("restored", place.get("resolved", eid))))
    return found


def _lesson(whys: Json) -> list[Claim]:
    found = []
    for pair in whys.get("whys", ())[3:5]:
        if pair["answer"]["evidence"]:
            found.append(
                Claim(text=pair["answer"]["text"], evidence=tuple(pair["answer"]["evidence"]))
            )
    return found


def _communication(state: State, place: dict[str, str], eid: str) -> Claim:
    missing = [role for role in ("commander", "communications-lead") if role not in state.roles]
    if missing:
        return claim(f"Nobody held the role of {' and '.join(missing)}.", eid)
    return claim("Commander and communications lead were named.", place.get("triaged", eid))
