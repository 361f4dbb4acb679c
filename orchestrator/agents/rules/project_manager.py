"""The project manager: what management and executives are told, and what is done about it after."""

from orchestrator.agents.rules import briefing
from orchestrator.agents.rules.desk import Desk, assumed, claim
from orchestrator.agents.rules.earlier import known
from orchestrator.agents.rules.moments import moments
from orchestrator.agents.rules.prevention import Finding, findings
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.communication import MessageReport
from orchestrator.model.reports.follow_up import ActionsReport, PreventiveAction


async def message(desk: Desk) -> MessageReport:
    """What management and executives are told; asked to decide only when something is stuck."""
    desk.steers()
    state = desk.state
    users = await briefing.users_hit(desk)
    money = await briefing.business(desk)
    cause = await briefing.cause(desk)
    eta = await briefing.prospect(desk)
    decision = briefing.waits_for_decision(state)
    if not known(users):
        desk.ask("user impact", "What do users notice?")
    if eta == claims_of.UNKNOWN:
        desk.ask("eta", "When will it be over?")
    summary = users if known(users) else assumed(quoted(state.title, 200) or claims_of.UNKNOWN)
    asked: list[Claim] = []
    if decision:
        journal = await moments(desk)
        asked.append(claim(f"To decide: {decision}.", journal.eid))
    needed = "NONE" if state.resolution == "RESOLVED" else "AWARENESS ONLY"
    if decision:
        needed = "DECISION REQUIRED"
    told = [("User impact", users), ("Business impact", money), ("Cause", cause)]
    for what, said in [*told, *(("To decide", one) for one in asked)]:
        desk.tell(what, said)
    desk.say(f"Action needed: {needed}.")
    compliance = await briefing.compliance(desk)
    reputation = await briefing.reputation(desk)
    return MessageReport(
        summary=summary,
        claims=tuple(asked),
        user_impact=users,
        business_impact=money,
        cause=cause,
        eta=eta,
        compliance=compliance,
        reputation=reputation,
        action_needed=needed,  # type: ignore[arg-type]
        public_symptom="",
        unknown=tuple(desk.unknown),
    )


async def actions(desk: Desk) -> ActionsReport:
    """One action for each thing this incident showed; where nothing showed, nothing is listed."""
    desk.steers()
    found = await findings(desk)
    for one in found:
        desk.say(f"{one.term}: {one.action.text} [{one.action.evidence[0]}] Owner: {one.owner}.")
    if not found:
        desk.say("Nothing was found that calls for an action.")
    if any(one.owner == claims_of.UNKNOWN for one in found):
        desk.ask(
            "owner of preventive actions", "Who takes the preventive actions without an owner?"
        )
    journal = await moments(desk)
    text = f"{plural(len(found), 'preventive action')}, each from a finding here."
    return ActionsReport(
        summary=claim(text, journal.eid),
        immediate=_of(found, "immediate"),
        short_term=_of(found, "short-term"),
        long_term=_of(found, "long-term"),
        unknown=tuple(desk.unknown),
    )


def _of(found: list[Finding], term: str) -> tuple[PreventiveAction, ...]:
    return tuple(
        PreventiveAction(action=one.action, owner=one.owner) for one in found if one.term == term
    )
