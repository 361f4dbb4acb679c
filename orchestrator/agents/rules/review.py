"""The review's judgement: what went well, what could improve, and what was learned."""

from orchestrator.agents.rules.could_improve import could_improve
from orchestrator.agents.rules.desk import UNKNOWN, Desk, claim
from orchestrator.agents.rules.moments import moments
from orchestrator.agents.rules.went_well import went_well
from orchestrator.agents.rules.words import lasting
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.review import ReviewReport
from orchestrator.model.state import State

AGAIN = "from the first harm to the last recovery"
"""What a length means where the trouble came back: the well time in between is part of it."""


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
    well, better = went_well(state, told), could_improve(state, told)
    desk.say(f"{resolution.text} [{resolution.evidence[0]}]")
    for one in (*well, *better):
        desk.say(f"{one.text} [{one.evidence[0]}]")
    desk.ask("lessons", "What did the people in the room learn that no record shows?")
    if len(well) < 3:
        desk.ask("what else went well", "What else went well that no record shows?")
    if len(better) < 3:
        desk.ask("what else could improve", "What else could improve that no record shows?")
    whys = state.told("rca/5whys")
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
        took = lasting(state.restored_at - began)
        text += (
            f"; users were hit for {took}" if not state.reopened else f"; {AGAIN} it took {took}"
        )
    return claim(text + ".", place.get("restored", eid), place.get("resolved", ""))


def _symptoms(state: State) -> Claim:
    report = state.told("triage/impact") or state.told("detect/record")
    said: Json = report.get("why") or report.get("user_impact") or {}
    if not said.get("evidence"):
        return UNKNOWN
    return Claim(text=str(said["text"]), evidence=tuple(said["evidence"]))


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
