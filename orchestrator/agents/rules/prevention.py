"""What this incident itself showed that should be different: each finding with its evidence.

Nothing is listed because it is always good advice. Whoever reads an action can follow its evidence
to what happened here.
"""

from dataclasses import dataclass
from typing import Literal

from orchestrator.agents.rules.desk import Desk, claim
from orchestrator.agents.rules.earlier import grounded, known, named, restated
from orchestrator.agents.rules.moments import Moments, moments
from orchestrator.agents.rules.words import lasting, plural, quoted
from orchestrator.evidence.analysis.tokens import words
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim

Term = Literal["immediate", "short-term", "long-term"]

_ROLES = {
    "component": ("component-owner", "tier2", "technical-lead"),
    "operations": ("technical-lead", "on-call", "component-owner"),
    "release": ("deployment-manager", "technical-lead", "component-owner"),
    "people": ("engineering-manager", "commander"),
    "security": ("security", "component-owner", "technical-lead"),
}
"""Who a kind of action belongs to: the first of these roles that somebody has."""

_LATE = {
    "acknowledge": "Make sure that an alert reaches somebody who can acknowledge it in time",
    "engage": "Make sure that somebody can begin to work on an alert in time",
    "update": "Send updates when they are promised",
    "status-page": "Update the status page when it is promised",
    "resolve": "Find what kept this open past its promise",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to do, by when roughly, by whom, and what showed that it is needed."""

    term: Term
    action: Claim
    owner: str


async def findings(desk: Desk) -> list[Finding]:
    """Everything this incident showed, the most urgent first."""
    journal = await moments(desk)
    found = [
        *_cause(desk),
        *_release(desk),
        *_noticing(desk, journal),
        *_guidance(desk, journal),
        *_pace(desk, journal),
        *_outside(desk),
    ]
    order = ("immediate", "short-term", "long-term")
    return sorted(found, key=lambda one: order.index(one.term))


def owner(desk: Desk, kind: str) -> str:
    """The person an action belongs to by the settings or this incident's roles, or UNKNOWN."""
    service = desk.service
    if kind == "component" and service is not None and service.owner:
        return service.owner
    for role in _ROLES[kind]:
        if role in desk.state.roles:
            return desk.state.roles[role]
        holders = desk.bench.settings.holders(role)
        if holders:
            return holders[0].name
    if service is not None and service.owner:
        return service.owner
    return claims_of.UNKNOWN


def _cause(desk: Desk) -> list[Finding]:
    """The change that brought it: mended before it goes out again, tested, and looked for."""
    state = desk.state
    whys = state.told("rca/5whys")
    culprit = str(state.cause.get("culprit") or "")
    pairs = whys.get("whys", ())
    origin = restated(pairs[2]["answer"]) if len(pairs) > 2 else restated(None)
    gap = restated(pairs[4]["answer"]) if len(pairs) > 4 else restated(None)
    mine = owner(desk, "component")
    found: list[Finding] = []
    if culprit and origin.evidence:
        text = f"Mend {culprit[:8]} before it goes out again. {origin.text}"
        found.append(Finding("immediate", claim(text, *origin.evidence), mine))
    if culprit and gap.evidence:
        text = f"Write a test that fails on {culprit[:8]} as it was. {gap.text}"
        found.append(Finding("immediate", claim(text, *gap.evidence), mine))
    if culprit and origin.evidence:
        text = f"Look for the same pattern in the rest of the code. {origin.text}"
        found.append(Finding("long-term", claim(text, *origin.evidence), mine))
    return found


def _release(desk: Desk) -> list[Finding]:
    """Several changes live at once, when one of them brought it; a rollback that failed."""
    state = desk.state
    verdict = state.told("regression/verdict")
    bad = str(verdict.get("bad_version", ""))
    lists = [e for e in state.evidence.values() if e.kind == "change" and bad[:12] in e.source]
    found: list[Finding] = []
    if state.cause.get("culprit") and bad and lists and lists[-1].lines > 1:
        count = plural(lists[-1].lines, "commit")
        text = f"Release fewer changes at a time: {count} went live in the one deploy that hurt."
        found.append(Finding("short-term", claim(text, lists[-1].eid), owner(desk, "release")))
    feasible = state.told("regression/feasibility").get("options", ())
    rollback = next((o for o in feasible if o["name"] == "rollback"), None)
    if rollback is not None and rollback["feasibility"] != "SAFE" and bad not in ("", "UNKNOWN"):
        why = restated(rollback["why"])
        if why.evidence:
            text = f"Make releases of {state.service} possible to take back. {why.text}"
            said = claim(text, *why.evidence)
            found.append(Finding("long-term", said, owner(desk, "release")))
    return found


def _noticing(desk: Desk, journal: Moments) -> list[Finding]:
    """How it was noticed: late, by people, or by an alert on something else than what ran full."""
    state = desk.state
    mine = owner(desk, "operations")
    found: list[Finding] = []
    dated = state.impact_evidence
    late = state.detected_at - state.impact_started_at if state.impact_started_at else 0.0
    if state.method in ("user-report", "manual"):
        text = f"Alert on what users of {state.service or 'the service'} feel: no alert told of it."
        found.append(Finding("immediate", claim(text, journal.cite("detected"), *dated), mine))
    elif late > state.policy.detection_target:
        text = f"Alert earlier: users were hit {lasting(late)} before detection, "
        text += f"against a target of {lasting(state.policy.detection_target)}."
        found.append(Finding("short-term", claim(text, journal.cite("detected"), *dated), mine))
    full = next(
        (c for c in state.told("tier1/data").get("checks", ()) if c["name"] == "what is in use"),
        None,
    )
    if full is not None and full["state"] == "bad" and not _alerted_on_use(desk):
        why = restated(full["finding"])
        if why.evidence:
            text = f"Alert before {_resource(desk)} is used up; what alerted named only effects. "
            said = claim(text + why.text, *why.evidence)
            found.append(Finding("short-term", said, mine))
    shown = [e for e in state.evidence.values() if e.kind == "log" and e.redactions]
    if shown:
        most = max(shown, key=lambda e: e.redactions)
        text = f"Keep secrets out of the log: {plural(most.redactions, 'value')} looked like one."
        found.append(Finding("immediate", claim(text, most.eid), owner(desk, "security")))
    return found


def _guidance(desk: Desk, journal: Moments) -> list[Finding]:
    """A runbook that was missing when tier 1 looked for one."""
    if "runbook" not in journal.place:
        return []
    if named(desk.state.told("tier1/data").get("runbook")):
        return []
    text = f"Write a runbook for {desk.state.service or 'this'}: tier 1 found none."
    said = claim(text, journal.cite("runbook"))
    return [Finding("short-term", said, owner(desk, "operations"))]


def _pace(desk: Desk, journal: Moments) -> list[Finding]:
    """Promises broken, people who could not be had, a decision that was long in coming."""
    state = desk.state
    found: list[Finding] = []
    for name, text in _LATE.items():
        if f"late {name}" in journal.place:
            said = claim(f"{text}: it was late here.", journal.cite(f"late {name}"))
            found.append(Finding("short-term", said, owner(desk, "people")))
    if "exception path-blocked" in journal.place:
        text = "Name somebody who stands in: the escalation path was blocked."
        said = claim(text, journal.cite("exception path-blocked"))
        found.append(Finding("immediate", said, owner(desk, "people")))
    if "exception rollback-failed" in journal.place:
        text = f"Rehearse the rollback of {state.service}: it failed when it was needed."
        said = claim(text, journal.cite("exception rollback-failed"))
        found.append(Finding("immediate", said, owner(desk, "release")))
    granted = next((a for a in state.approvals.values() if a.decision == "granted"), None)
    waited = granted.decided_at - granted.requested_at if granted is not None else 0.0
    if granted is not None and waited > state.policy.table[state.severity or "P0"].acknowledge:
        text = f"Have somebody at hand who may approve: the change waited {lasting(waited)}."
        said = claim(text, journal.cite("offered"), journal.cite("approved"))
        found.append(Finding("short-term", said, owner(desk, "people")))
    return found


def _outside(desk: Desk) -> list[Finding]:
    """Load it could not carry; a cause nobody knows, which may come back."""
    state = desk.state
    found: list[Finding] = []
    for said in grounded(e["why"] for e in state.told("regression/verdict").get("external", ())):
        text = (
            f"Decide what {state.service} does under such load: carry it, or shed it. {said.text}"
        )
        action = claim(text, *said.evidence)
        found.append(Finding("long-term", action, owner(desk, "component")))
    if state.cause and not known(restated({"text": state.cause.get("statement"), "evidence": ()})):
        symptom = grounded(p["answer"] for p in state.told("rca/5whys").get("whys", ())[:1])
        if symptom:
            text = f"Go on looking for the cause: it is not known and may return. {symptom[0].text}"
            action = claim(text, *symptom[0].evidence)
            found.append(Finding("immediate", action, owner(desk, "component")))
    return found


def _alerted_on_use(desk: Desk) -> bool:
    """True when what raised the alarm spoke of the bounded resource itself."""
    state = desk.state
    labels = " ".join(str(v) for v in dict(state.alert.get("labels") or {}).values())
    told = words(f"{state.title} {state.symptoms} {labels}")
    return bool(told & (words(_resource(desk)) | {"saturation", "capacity", "exhausted"}))


def _resource(desk: Desk) -> str:
    service = desk.service
    in_use = service.signals.in_use if service is not None else ""
    return quoted(in_use) or "its capacity"


def prevented(found: list[Finding], *terms: str) -> tuple[Claim, ...]:
    """The actions of some terms, as statements of their own."""
    return tuple(one.action for one in found if one.term in terms)
