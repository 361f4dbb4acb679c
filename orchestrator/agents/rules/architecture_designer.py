"""The architect, tier 3: design, capacity, trade-offs, vendors, and decisions put to people."""

from orchestrator.agents.rules.blame import blamed, cleared_by
from orchestrator.agents.rules.component_owner import outside_named
from orchestrator.agents.rules.desk import UNKNOWN, Desk, assumed, claim
from orchestrator.agents.rules.earlier import grounded, restated
from orchestrator.agents.rules.findings import UNNAMED, Findings
from orchestrator.agents.rules.investigation import investigate
from orchestrator.agents.rules.outside import claim_of
from orchestrator.agents.rules.regression_analyst import diff_line
from orchestrator.agents.rules.words import figure, lasting, percent, plural, quoted
from orchestrator.evidence.analysis.external import FULL
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import Claim
from orchestrator.model.reports.tiers import Decision, Tier3Report

WATCH = "watch traffic, errors and latency for 15 minutes after it"
_SHARED = 2
"""From this many ways in on, what they all end in is shared."""


async def architecture(desk: Desk) -> Tier3Report:
    """What the evidence says of the design, and no more; every decision waits for a person."""
    desk.steers()
    found = await investigate(desk)
    design, flawed = _design(desk, found)
    capacity = _capacity(found)
    trades = _trade_offs(desk, found)
    vendor = _vendor(desk, found)
    decisions = _decisions(desk, found, vendor)
    for said in (*design, *capacity, *trades, *vendor):
        cited = f" [{said.evidence[0]}]" if said.evidence else ""
        desk.say(f"{said.text}{cited}")
    for one in decisions:
        desk.bench.out(f"{one.decision:<24}{one.subject}: {one.why.text}")
    if not flawed:
        desk.ask("design", "Does whoever designed this see a flaw that the evidence does not show?")
    first = next((said for said in (*design, *capacity) if said.evidence), None)
    if flawed and first is not None:
        summary = first
    else:
        text = "No evidence of a design flaw was found"
        text += "; what the evidence shows points elsewhere." if first is not None else "."
        summary = claim(text, *first.evidence) if first is not None else assumed(text)
    desk.steers()
    return Tier3Report(
        summary=summary,
        design=tuple(design),
        capacity=tuple(capacity),
        trade_offs=tuple(trades),
        vendor=tuple(vendor),
        decisions=decisions,
        unknown=tuple(desk.unknown),
    )


def _design(desk: Desk, found: Findings) -> tuple[list[Claim], bool]:
    """What of the structure shows in the evidence, and whether any of it is a flaw of design."""
    top, figures = blamed(found), found.figures
    said: list[Claim] = []
    flawed = False
    ways = found.callers()
    full = figures.during("saturation", found.began) if figures is not None else None
    if figures is not None and full is not None and full >= FULL and len(ways) >= _SHARED:
        cited = found.new_errors()[0][1].at(found.new_errors()[0][0].first_line)
        text = (
            f"One bounded resource serves all: {plural(len(ways), 'caller')} failed at it "
            f"({', '.join(sorted(ways)[:4])}), {_resource(found)} {percent(full)} in use."
        )
        said.append(claim(text, figures.cite(found.began), cited))
    other = cleared_by(found)
    if other is not None:
        cause = claim_of(other)
        text = (
            f"Not the structure of its code: {cause.text} Nothing keeps that from reaching users."
        )
        said.append(claim(text, *cause.evidence))
    if found.external and figures is not None and full is not None and full >= FULL:
        text = f"Load it cannot carry is taken all the same: {_resource(found)} stood at "
        text += f"{percent(full)} while requests failed."
        said.append(claim(text, figures.cite(found.began)))
        flawed = True
    if top is not None and top.reason is not None:
        text = f"A defect of one change, not of the structure: {top.reason.what}"
        said.append(claim(f"{text} ({top.reason.path}).", diff_line(found, top)))
    for one in desk.bench.settings.services:
        if desk.state.service in one.dependencies:
            said.append(assumed(f"{one.name} depends on {desk.state.service}, by the settings."))
    return said, flawed


def _resource(found: Findings) -> str:
    return quoted(found.resource) if found.resource != UNNAMED else "its capacity"


def _capacity(found: Findings) -> list[Claim]:
    figures = found.figures
    if figures is None:
        return []
    said: list[Claim] = []
    usual, now = figures.usual("requests", found.began), figures.during("requests", found.began)
    if usual is not None and now is not None:
        text = (
            f"Load: {figure('requests', now)} since it began, {figure('requests', usual)} before."
        )
        said.append(claim(text, figures.cite(found.began)))
    before = figures.usual("saturation", found.began)
    during = figures.during("saturation", found.began)
    if before is not None and during is not None:
        text = f"{_resource(found)}: {percent(during)} in use since it began, "
        text += f"{percent(before)} before."
        said.append(claim(text, figures.cite(found.began)))
        if found.drain is not None and usual:
            text = f"More capacity would only delay it: {_resource(found)} fills at the usual load."
            said.append(claim(text, figures.cite(found.drain.began_at)))
        elif found.external and during >= FULL and usual and now:
            text = (
                f"It carries {figure('requests', usual)}; at {figure('requests', now)} it is full."
            )
            said.append(claim(text, figures.cite(found.began)))
    return said


def _trade_offs(desk: Desk, found: Findings) -> list[Claim]:
    """What each way out costs, as far as evidence tells."""
    said: list[Claim] = []
    others = len(found.suspects or []) - 1
    if blamed(found) is not None and others > 0 and found.log_eid:
        text = (
            f"Going back takes back {plural(others, 'other commit')} as well; a fix forward none,"
        )
        text += " but takes longer."
        said.append(claim(text, found.log_eid))
    urgency = desk.state.told("triage/urgency")
    why = restated(urgency.get("why"))
    if urgency.get("breach_in") is not None and why.evidence:
        text = f"Waiting costs: at this rate the month's error budget lasts {_left(urgency)}."
        said.append(claim(text, *why.evidence))
    loss = _rollback(desk)
    if loss is not None and loss["feasibility"] != "SAFE":
        reason = restated(loss["why"])
        if reason.evidence:
            text = f"Going back is {loss['feasibility']}: {reason.text} Data: {loss['data_loss']}."
            said.append(claim(text, *reason.evidence))
    return said


def _left(urgency: Json) -> str:
    return lasting(float(urgency["breach_in"]))


def _vendor(desk: Desk, found: Findings) -> list[Claim]:
    """Systems outside this project that the new errors name."""
    service = desk.service
    if service is None:
        return []
    ours = {one.name for one in desk.bench.settings.services}
    outside = [quoted(name, 60) for name in service.dependencies if name not in ours]
    said = [named for _, named in outside_named(desk, found)]
    if outside and not said:
        desk.ask("vendor", f"Do those who run {', '.join(outside[:4])} see trouble of their own?")
    return said


def _rollback(desk: Desk) -> Json | None:
    options = desk.state.told("regression/feasibility").get("options", ())
    return next((option for option in options if option["name"] == "rollback"), None)


def _decisions(desk: Desk, found: Findings, vendor: list[Claim]) -> tuple[Decision, ...]:
    """Each of the four, always: as a proposal, with conditions, for a person to decide."""
    return (
        _change(desk, found),
        _call_vendor(desk, vendor),
        _hotfix(desk, found),
        _full_fix(desk, found),
    )


def _decision(subject: str, decision: str, why: Claim, *conditions: str) -> Decision:
    return Decision(
        subject=subject,  # type: ignore[arg-type]
        decision=decision,  # type: ignore[arg-type]
        conditions=conditions,
        why=why,
    )


def _change(desk: Desk, found: Findings) -> Decision:
    subject = "emergency change"
    option = _rollback(desk)
    guilty = blamed(found) is not None
    if desk.state.resolution == "RESOLVED":
        return _decision(subject, "not needed", assumed("The service is well again."))
    more = desk.bench.settings.way("scaling", desk.state.service)
    load = grounded(e["why"] for e in desk.state.told("regression/verdict").get("external", ()))
    if load and more is not None:
        by = f"by the catalogue: {more.id}, approved on its card"
        return _decision(subject, "approve with conditions", load[0], by, WATCH)
    chosen = desk.state.told("mitigation/strategy")
    if chosen.get("action") and chosen.get("selected") != "rollback":
        why = restated(chosen["rationale"])
        by = f"by the catalogue: {chosen['action']}, approved on its card"
        return _decision(subject, "approve with conditions", why, by, WATCH)
    if option is None or not guilty:
        why = assumed("No change is known that the evidence says would help.")
        return _decision(subject, "not needed", why)
    why = restated(option["why"])
    why = why if why.text != UNKNOWN.text else assumed("Nothing more is known of going back.")
    if option["feasibility"] == "BLOCKED":
        return _decision(subject, "reject", why)
    conditions = ["a person approves exactly the change on the card", WATCH]
    if option["feasibility"] == "RISKY":
        conditions.append("whoever owns the component says first that its data survive going back")
    return _decision(subject, "approve with conditions", why, *conditions)


def _call_vendor(desk: Desk, vendor: list[Claim]) -> Decision:
    subject = "vendor escalation"
    if vendor:
        return _decision(
            subject, "initiate", vendor[0], "a person calls; give times and errors, no user data"
        )
    service = desk.service
    known = service is not None and bool(service.dependencies)
    text = "No error names a system outside." if known else "No system outside is known."
    return _decision(subject, "not needed", assumed(text))


def _hotfix(desk: Desk, found: Findings) -> Decision:
    subject = "hotfix outside the process"
    top, option = blamed(found), _rollback(desk)
    if top is None or top.reason is None:
        return _decision(subject, "reject", assumed("Where to fix is not known."))
    why = claim(f"{top.reason.what} ({top.reason.path}).", diff_line(found, top))
    if desk.state.resolution == "RESOLVED" or (
        option is not None and option["feasibility"] == "SAFE"
    ):
        text = f"The usual process has time: going back is at hand. {why.text}"
        return _decision(subject, "not needed", claim(text, *why.evidence))
    return _decision(
        subject,
        "approve with conditions",
        why,
        "nothing but the fix in it, with a test that fails without it",
        "a second person reads it",
        "the deployment manager approves the deploy",
        WATCH,
    )


def _full_fix(desk: Desk, found: Findings) -> Decision:
    subject = "workaround or full fix"
    state = desk.state
    top = blamed(found)
    workaround = desk.bench.settings.way("workaround", state.service)
    if top is not None and top.reason is not None:
        why = claim(f"{top.reason.what} ({top.reason.path}).", diff_line(found, top))
        now = "go back now" if (_rollback(desk) or {}).get("feasibility") == "SAFE" else "stop harm"
        conditions = (f"{now}, as the workaround", "the full fix before that change goes out again")
        return _decision(subject, "approve with conditions", why, *conditions)
    if workaround is not None and state.resolution != "RESOLVED":
        why = assumed("The cause that a full fix would need is not known; a workaround is at hand.")
        conditions = (f"by the catalogue: {workaround.id}", WATCH)
        return _decision(subject, "approve with conditions", why, *conditions)
    why = assumed("Neither is at hand: no cause to fix in code, no workaround in the catalogue.")
    return _decision(subject, "not needed", why)
