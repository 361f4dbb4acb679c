"""Two more incidents: one where everything goes wrong, and one that no change caused."""

from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import RUNNER, Event
from orchestrator.model.messages import EXECUTIVE
from tests.unit.incident_card import rollback_card
from tests.unit.incident_claims import UNKNOWN, c
from tests.unit.incident_evidence import BAD, GOOD, ITEMS, T0
from tests.unit.incident_reports import REPORTS
from tests.unit.incident_story import KIM, MONITOR, ORTIZ, detected, evidence_added, recorded
from tests.unit.incident_telling import Telling


def trouble_story() -> list[Event]:
    """Late, denied, expired, voided, failed and stopped: the line is stopped, and lifted again."""
    t = _begun("P1")
    for name, seconds in (("acknowledge", 300), ("engage", 1800), ("resolve", 14400)):
        t.plan(name, 0, seconds)
    t.say(301, "deadline/acknowledge/over/1", ev.DeadlineFired("acknowledge", T0 + 300))
    t.say(2000, "runner/started/2", ev.RunnerStarted(4388, 400.0, "0.1.0"), RUNNER)
    missed = ev.DeadlineMissed("engage", T0 + 1800, 200.0)
    t.say(2000, "deadline/engage/over/1", missed)
    t.say(2010, "ack/1", ev.Acknowledged("a.kim"), KIM)
    t.work("regression/verdict", "regression-analyst", "changes and suspects", 7, 90)
    judged = ev.RegressionJudged(
        verdict="LIKELY",
        confidence="MEDIUM",
        share=0.75,
        rollback="SAFE",
        impact="HIGH",
        action="ROLLBACK_AFTER_VALIDATION",
        urgency="URGENT",
        culprit="",
        culprit_confidence=0.0,
        good_version=GOOD,
        bad_version=BAD,
        evidence=("E3",),
    )
    t.say(91, "regression/judged/1", judged)
    t.say(92, "severity/1", ev.SeveritySet("P0", "a.kim", "customers call"), KIM)
    t.work("tier1/data", "reliability-engineer", "tier 1 data", 92, 140, outcome="stopped")
    t.say(130, "stop/1", ev.StopRequested("tier1/data"), KIM)
    t.work("mitigation/strategy", "incident-responder", "mitigation strategy", 92, 120)
    _offers(t)
    _together(t)
    _crew(t)
    return list(recorded(t.events()))


def _together(t: Telling) -> None:
    """Another incident joins it: somebody coordinates, and changes rest for a while."""
    t.say(2020, "coordinate/1", ev.CoordinatorNamed("j.ortiz", "a.kim"), KIM)
    order = ev.IncidentsOrdered(("INC-7", "INC-9"), ("P0, impact HIGH", "P1"))
    t.say(2021, "ordered/1", order, RUNNER)
    t.say(2030, "admit/1", ev.PersonAdmitted("l.novak", "a.kim"), KIM)
    t.say(2200, "freeze/1", ev.FreezeDeclared("one at a time", "a.kim"), KIM)
    t.say(2300, "lift/1", ev.FreezeLifted("the other one is over", "a.kim"), KIM)
    t.say(2311, "acknowledgement/lapsed/1", ev.AcknowledgementLapsed("a.kim"))


def _crew(t: Telling) -> None:
    """People are called, cannot be had, hand roles on; a change is approved by a first person."""
    shift = ev.OnCallResolved("on-call", ("j.ortiz", "a.kim"), T0 + 9000)
    t.say(2030, "oncall/1", shift, RUNNER)
    unpaged = ev.PageFailed("page/on-call/1/a.kim", "on-call", "a.kim", "+49 30 1", "no answer")
    t.say(302, "page/1/failed", unpaged)
    t.say(2040, "away/1", ev.PersonAway("m.sato", "on a plane", "a.kim"), KIM)
    sought = ev.CommanderSought("j.ortiz", "deputy", "nobody commands this P0")
    t.say(2041, "sought/1", sought)
    for number, at in enumerate((2050, 2060, 2070), start=1):
        offer = ev.HandoffOffered(number, "scribe", "", "j.ortiz", "a.kim", T0 + at + 900)
        t.say(at, f"handoff/{number}", offer, KIM)
    t.say(2051, "decline/1", ev.HandoffDeclined(1, "scribe", "j.ortiz", "driving"), ORTIZ)
    t.say(2061, "handoff/2/over", ev.HandoffExpired(2, "scribe", "j.ortiz", "nobody holds it"))
    t.say(2071, "accept/1", ev.HandoffAccepted(3, "scribe", "j.ortiz"), ORTIZ)
    t.say(2071, "accept/1/role", ev.RoleAssigned("scribe", "j.ortiz", "handoff"), ORTIZ)
    sha = str(rollback_card(confirm="orders", risk="destructive")["sha256"])
    endorsed = ev.ApprovalEndorsed("rollback@4", sha, "j.ortiz", "uid:1001")
    t.say(2105, "endorse/1", endorsed, ORTIZ)


def _offers(t: Telling) -> None:
    card = rollback_card(confirm="orders", risk="destructive")
    for number, asked in enumerate((150, 1100, 1300, 2100), start=1):
        fact = ev.ApprovalRequested(
            approval=f"rollback@{number}",
            action="rollback",
            title=str(card["title"]),
            risk="destructive",
            sha256=str(card["sha256"]),
            expires=T0 + asked + 900,
            card=card,
            evidence=("E3",),
        )
        t.say(asked, f"approval/rollback@{number}/requested", fact)
    t.say(1050, "approval/rollback@1/expired", ev.ApprovalExpired("rollback@1"))
    drift = ev.ApprovalVoided("rollback@2", "orders now runs 51f6c07")
    t.say(1200, "approval/rollback@2/voided", drift)
    t.say(1400, "deny/1", ev.ApprovalDenied("rollback@3", "j.ortiz", "payday, not now"), ORTIZ)
    sha = str(card["sha256"])
    t.say(2110, "approve/1", ev.ApprovalGranted("rollback@4", sha, "a.kim"), KIM)
    started = ev.ActionStarted("mitigation/execute@4", 5120, 77, adopted=True)
    t.say(2112, "action/1", started, RUNNER)
    cancel = ev.CancelRequested("mitigation/execute@4", "a.kim", "the wrong host")
    t.say(2120, "cancel/1", cancel, KIM)
    t.work(
        "mitigation/execute@4",
        "devops-engineer",
        str(card["title"]),
        2111,
        2130,
        kind="action",
        outcome="unknown",
        why="the runner died while it ran",
    )
    t.say(2131, "flow/failed/1", ev.FlowFailed("MITIGATING", "KeyError: 'exit'"))
    wrong = "templates/documents/timeline.md.j2 line 9: 'State' has no attribute 'x'"
    t.say(2131, "document/failed/1", ev.DocumentFailed(wrong), RUNNER)
    t.say(2132, "line/stopped/4", ev.LineStopped("the rollback failed"))
    t.say(2132, "status/stopped", ev.StatusChanged("STOPPED", "the rollback failed"))
    t.say(2400, "assess/1", ev.LineReleased("release folder was missing, restored"), KIM)
    same = "orders already runs 4d81f0a: this change would do nothing"
    t.work(
        "mitigation/prepare@5",
        "devops-engineer",
        "prepare the rollback",
        2401,
        2402,
        kind="prepare",
        report={"possible": False, "why": same},
    )
    t.work(
        "mitigation/execute@2",
        "devops-engineer",
        str(card["title"]),
        1190,
        1195,
        kind="action",
        report={"drifted": True, "why": "the target has moved: 51f6c07"},
    )
    _people(t)
    t.say(2403, "other/1", ev.Unknown("weather.changed", {"to": "rain"}))


def _people(t: Telling) -> None:
    """What persons said and did about the flow itself."""
    effect = "rollback preferred to investigation"
    t.say(1, "guidance/tight-sla", ev.GuidanceApplied("tight-sla", effect))
    t.plan("tier2", 0, 1800, kind="trigger")
    t.say(160, "hold/1", ev.DeadlineHeld("tier2", "the owner already listens in"), KIM)
    t.say(170, "step/1", ev.StepOverridden("root-cause", "skip", "mitigate first"), KIM)
    t.say(1500, "escalate/1", ev.EscalationRequested("executive", "payday is at risk"), ORTIZ)
    t.work("notify/executive", "project-manager", "executive notification", 1500, 1520)
    t.say(1520, "message/executive/drafted", ev.MessageDrafted(EXECUTIVE))
    due = ev.MessageDue(EXECUTIVE, "escalated by hand: payday is at risk")
    t.say(1520, "message/executive/due", due)
    t.say(2133, "exception/rollback-failed", _failed_rollback())
    t.say(2402, "undo/1", ev.UndoRequested("mitigation/execute@4"), KIM)
    failed = "the rollback failed: the runner died while it ran"
    judged = ev.AttemptJudged(
        number=1,
        approval="rollback@4",
        action="rollback",
        kind="rollback",
        title="roll orders back to 4d81f0a",
        params={"version": "4d81f0a"},
        effect="failed",
        resolution="",
        why=failed,
        undo=True,
    )
    t.say(2131.8, "attempt/4/judged", judged)
    back = {"version": "51f6c07"}
    t.say(2402.5, "choose/1", ev.ChangeChosen("redeploy", back, "it ran well", "a.kim"), KIM)
    branch = "hotfix/INC-9-pool-leak"
    fix = ev.HotfixStepped(1, "start", "pool leak", "a.kim", branch)
    t.say(2402.7, "hotfix/1", fix, KIM)
    t.say(2402.8, "relapse/1", ev.Relapsed(1, "", "errors failed again", ("E1",)))
    edited = ev.DocumentEdited("incident-record.md", "0" * 64, "1" * 64)
    t.say(2131.5, "edit/1", edited, ORTIZ)


def _failed_rollback() -> ev.ExceptionDeclared:
    return ev.ExceptionDeclared(
        "rollback-failed",
        "the rollback failed",
        ("no change until an assessment is recorded", "executives at once"),
    )


def control_story() -> list[Event]:
    """A spike of traffic: nothing is blamed, nothing is changed, it recovers by itself."""
    t = _begun("")
    t.work("detect/record", "incident-responder", "incident record", 0.1, 5)
    t.work("detect/alert", "incident-responder", "initial alert", 0.1, 5)
    t.work("regression/verdict", "regression-analyst", "changes", 5, 40, report=_innocent_verdict())
    judged = ev.RegressionJudged(
        "NOT_REGRESSION", "LOW", 0.2, "BLOCKED", "HIGH", "STANDARD_TRIAGE", "NORMAL", "", 0.0,
        "UNKNOWN", "UNKNOWN", ("E1",),
    )  # fmt: skip
    t.say(40, "regression/judged/1", judged)
    t.work("triage/impact", "incident-responder", "impact", 41, 60)
    t.work("triage/urgency", "reliability-engineer", "urgency", 41, 60)
    t.say(60, "triage/priority", ev.PriorityComputed("LOW", "MEDIUM", "P3"))
    t.say(60, "triage/severity", ev.SeveritySet("P3", "matrix", "LOW × MEDIUM"))
    t.say(60, "status/triaged", ev.StatusChanged("TRIAGED"))
    t.say(61, "tier/1", ev.TierEscalated(1, "a.kim", (), "reason"))
    tier1 = {**REPORTS["tier1/data"], "escalate": False, "reasons": []}
    t.work("tier1/data", "reliability-engineer", "tier 1 data", 61, 90, report=tier1)
    t.work("mitigation/watch@1", "reliability-engineer", "watch", 61, 160, kind="probe")
    t.work("mitigation/strategy", "incident-responder", "strategy", 61, 80)
    for key in ("rca/5whys", "rca/ishikawa"):
        t.work(key, "incident-responder", "cause", 91, 120)
    why = "nobody claims to know the cause"
    nothing = ev.CauseConcluded("INCONCLUSIVE", "UNKNOWN", "", (), "INCONCLUSIVE", why)
    t.say(121, "cause/concluded/1", nothing)
    checks = tuple(REPORTS["mitigation/validate"]["checks"])
    t.say(160, "resolution/1", ev.ResolutionDecided("RESOLVED", "", checks, T0 + 100))
    t.say(160, "status/resolved", ev.StatusChanged("RESOLVED", "recovered without a change"))
    never = ev.MessageNotRequired(EXECUTIVE, "P3 calls for no executive notification by itself")
    t.say(160, "message/executive/not-required", never)
    anew = ev.MessageRedrafted(EXECUTIVE, "the cause is known now")
    t.say(160, "message/executive/redrafted/1", anew)
    forked = ev.IncidentForked("INC-1999", 1, "0" * 64, "a.kim")
    t.say(160, "forked", forked)
    t.say(161, "status/closed", ev.StatusChanged("CLOSED", "no review is required at P3"))
    first, day = "INC-2031/A1", 86400.0
    tracked = ev.PreventiveActionTracked(first, "alert on it", "immediate", "a.kim", T0 + 7 * day)
    t.say(162, "action/A1/tracked", tracked)
    ticket = ev.TicketOpened(first, "https://example.org/issues/7", "a.kim")
    t.say(170, "ticket/A1", ticket, KIM)
    done = ev.PreventiveActionChanged(first, "a.kim", "DONE", why="the rule is live")
    t.say(2 * day, "action/A1/done", done, KIM)
    return list(recorded(t.events()))


def _innocent_verdict() -> dict[str, Any]:
    sign = {"name": "worked-before", "holds": "no", "why": c("It failed before too.", "E1")}
    return {
        **REPORTS["regression/verdict"],
        "summary": UNKNOWN,
        "indicators": [sign],
        "deploys": [],
        "suspects": [],
        "bad_version": "UNKNOWN",
        "good_version": "UNKNOWN",
        "bad_since": None,
    }


def _begun(severity: str) -> Telling:
    t = Telling(T0)
    t.say(0, "incident/detected", detected(severity=severity), MONITOR)
    for number, item in enumerate(ITEMS[:5], start=1):
        t.say(item.at, f"evidence/{number}", evidence_added(number, item), RUNNER)
    return t
