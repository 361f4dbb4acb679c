"""That it is over: what fixed it, what users went through, and one sentence for the public."""

from orchestrator.agents.rules.briefing import users_hit
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.earlier import attempts, known, restated
from orchestrator.agents.rules.moments import Moments, moments
from orchestrator.agents.rules.public import public_cause
from orchestrator.agents.rules.words import lasting
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.communication import ResolutionReport
from orchestrator.model.state import State


async def resolution(desk: Desk) -> ResolutionReport:
    """From the journal and the probes; a cause nobody knows stays UNKNOWN in public too."""
    desk.steers()
    state = desk.state
    journal = await moments(desk)
    fixed = _fix(state, journal)
    lived = await _experience(desk, journal)
    why = public_cause(state, state.told("regression/verdict"))
    if why == claims_of.UNKNOWN:
        desk.ask("root cause", "What caused this?")
    for said in (fixed, lived):
        cited = f" [{said.evidence[0]}]" if said.evidence else ""
        desk.say(f"{said.text}{cited}")
    return ResolutionReport(
        summary=fixed,
        public_cause=why,
        fix=fixed,
        experience=lived,
        unknown=tuple(desk.unknown),
    )


def _fix(state: State, journal: Moments) -> Claim:
    """What was done, and what the probes saw after it."""
    seen = _looks(state)
    if state.resolution_action:
        text = f"Done: {state.resolution_action}."
    elif state.resolution == "RESOLVED":
        text = "Nothing was changed: the signals recovered by themselves."
    else:
        text = f"Resolution: {state.resolution or claims_of.UNKNOWN}."
    if known(seen):
        text += f" After it: {seen.text}." if state.resolution_action else f" {seen.text}."
    names = [name for name in ("approved", "restored", "resolved") if name in journal.place]
    return claim(text, *(journal.cite(name) for name in names or ["resolved"]), *seen.evidence)


def _looks(state: State) -> Claim:
    """The last word of whoever watched for the recovery."""
    watched = [*attempts(state, "mitigation/validate"), *attempts(state, "mitigation/watch")]
    done = [task for task in watched if task.outcome == "done"]
    last = max(done, key=lambda task: task.finished_at, default=None)
    return restated(last.report.get("summary")) if last is not None else restated(None)


async def _experience(desk: Desk, journal: Moments) -> Claim:
    """What users noticed, and for how long where both ends are known."""
    state = desk.state
    hit = await users_hit(desk)
    began, ended = state.impact_started_at, state.restored_at or state.resolved_at
    length = ""
    if began and ended:
        length = f"Users were hit for {lasting(max(0.0, ended - began))}"
    if not known(hit):
        desk.ask("user impact", "What did users notice?")
        text = f"{length}; what they noticed is {claims_of.UNKNOWN}."
        return claim(text, journal.cite("impact")) if length else assumed(claims_of.UNKNOWN)
    names = [name for name in ("impact", "restored") if name in journal.place] if length else []
    text = f"{length}; as it was measured at triage: {hit.text}" if length else hit.text
    return claim(text, *hit.evidence, *(journal.cite(name) for name in names))
