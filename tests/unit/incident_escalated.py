"""The same leak, found by a new team: past half an hour, up to tier 3 and the executives."""

from dataclasses import replace
from functools import cache
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.events import RUNNER, Event
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, STATUS_PAGE
from tests.unit import incident_story as told
from tests.unit.incident_card import rollback_card
from tests.unit.incident_claims import c
from tests.unit.incident_evidence import ITEMS, T0
from tests.unit.incident_reports import CHANGES, REPORTS
from tests.unit.incident_story import KIM, MONITOR, NOVAK, ORTIZ
from tests.unit.incident_telling import Telling

RESOLVED = 3600.0

LATER: dict[int, dict[str, Any]] = {
    13: {"at": 1990.0},
    14: {"at": 1000.0},
    15: {"at": 1100.0},
    16: {"at": 2609.0},
    17: {"at": 3599.0, "command": "60 looks, 14:44:00..14:59:59"},
}
"""Evidence that this incident gathered at another time, by number."""

REVIEW = {
    **REPORTS["review/pir"],
    "summary": c("A release lost database connections; it was rolled back.", "E5", "E16", "E17"),
    "communication": [c("Executives heard of it when it fell due, not before.", "E8")],
}


def escalated_story() -> list[Event]:
    """Detected 14:00:00, resolved an hour later, told to everybody on the way."""
    return list(_escalated())


@cache
def _escalated() -> tuple[Event, ...]:
    t = Telling(T0)
    t.say(0, "incident/detected", told.detected(), MONITOR)
    for number, item in enumerate(ITEMS, start=1):
        moved = replace(item, **LATER.get(number, {}))
        t.say(moved.at, f"evidence/{number}", told.evidence_added(number, moved), RUNNER)
    effect = "comprehensive documentation, shorter interval of updates"
    t.say(0.1, "guidance/new-team", ev.GuidanceApplied("new-team", effect))
    told.detection(t)
    told.regression(t, {**REPORTS["regression/verdict"], "changes": CHANGES})
    t.work("regression/bisect", "regression-analyst", "bisect with the test", 221.2, 240)
    told.triage(t)
    _tiers(t)
    _messages(t)
    _rollback(t)
    _after(t)
    return tuple(told.recorded(t.events()))


def _tiers(t: Telling) -> None:
    t.say(340.1, "tier/1", ev.TierEscalated(1, "a.kim", (), "reason"))
    t.work("tier1/data", "reliability-engineer", "tier 1 data gathering", 340.1, 392)
    t.work("mitigation/strategy", "incident-responder", "mitigation strategy", 340.1, 352)
    t.say(900, "deadline/tier2/over/2", ev.DeadlineFired("tier2", T0 + 900))
    late = ("unresolved at the end of the tier 1 time",)
    t.say(900, "tier/2", ev.TierEscalated(2, "j.ortiz", late, "time"))
    analysis = {**REPORTS["tier2/analysis"], "escalate": True, "reasons": ["design flaw suspected"]}
    t.work("tier2/analysis", "component-owner", "tier 2 analysis", 900.1, 1200, report=analysis)
    t.say(1200, "tier/3", ev.TierEscalated(3, "m.sato", ("design flaw suspected",), "reason"))
    t.drop("tier3", 1200, "tier 3 is engaged")
    t.work("tier3/architecture", "architecture-designer", "architecture", 1200.1, 1500)
    for key in ("rca/5whys", "rca/ishikawa"):
        t.work(key, "incident-responder", "cause", 1200.1, 1400)
    t.say(1400, "cause/concluded/1", told.cause("LIKELY", "no mitigation has proven it yet"))


def _messages(t: Telling) -> None:
    for audience, path, role in (
        ("management", MANAGEMENT, "project-manager"),
        ("executive", EXECUTIVE, "project-manager"),
        ("status-page", STATUS_PAGE, "incident-responder"),
    ):
        t.work(f"notify/{audience}", role, audience, 340.3, 365)
        t.say(365, f"message/{path}/drafted", ev.MessageDrafted(path))
    for begun in (0, 900, 1800):
        t.say(
            begun + 900,
            f"deadline/update/over/{begun}",
            ev.DeadlineFired("update", T0 + begun + 900),
        )
        t.plan("update", begun + 900, 900, start=begun + 900)
    sent = ev.MessageSent(STATUS_PAGE, "status page", "l.novak")
    t.say(1000, "sent/page", sent, NOVAK)
    t.met("status-page", 1000, 1000)
    for number, (audience, path) in enumerate(
        (("management", MANAGEMENT), ("executive", EXECUTIVE))
    ):
        t.say(1800, f"deadline/{audience}/over/2", ev.DeadlineFired(audience, T0 + 1800))
        why = f"P0 {audience} time has come"
        t.say(1800, f"message/{path}/due", ev.MessageDue(path, why))
        gone = ev.MessageSent(path, "mail", "l.novak")
        t.say(1860 + 30 * number, f"sent/{audience}", gone, NOVAK)


def _rollback(t: Telling) -> None:
    card = rollback_card()
    sha, title = str(card["sha256"]), str(card["title"])
    asked = ev.ApprovalRequested(
        "rollback@1", "rollback", title, "medium", sha, T0 + 2900, card, ("E3",), "devops-engineer"
    )
    t.say(2000, "approval/rollback@1/requested", asked)
    t.say(2600, "approve/1", ev.ApprovalGranted("rollback@1", sha, "a.kim"), KIM)
    t.say(2600, "status/mitigating", ev.StatusChanged("MITIGATING", title))
    ran: dict[str, Any] = {"exit": 0, "output": "started", "adopted": False}
    inputs = {"approval": "rollback@1", "card": card}
    t.work(
        "mitigation/execute@1",
        "devops-engineer",
        title,
        2600,
        2610,
        kind="action",
        report=ran,
        inputs=inputs,
    )
    looks = {**REPORTS["mitigation/validate"], "restored_at": T0 + 2640}
    t.work(
        "mitigation/validate@1",
        "reliability-engineer",
        "validate",
        2611,
        RESOLVED - 0.1,
        kind="probe",
        report=looks,
        inputs={"action": title},
    )


def _after(t: Telling) -> None:
    title = str(rollback_card()["title"])
    checks = tuple(REPORTS["mitigation/validate"]["checks"])
    t.say(RESOLVED, "resolution/1", ev.ResolutionDecided("RESOLVED", title, checks, T0 + 2640))
    t.say(RESOLVED, "status/resolved", ev.StatusChanged("RESOLVED", title))
    restored = told.cause("CONFIRMED", "its mitigation restored the metrics")
    t.say(RESOLVED, "cause/concluded/2", restored)
    t.drop("update", RESOLVED, "resolved")
    t.met("resolve", RESOLVED, RESOLVED)
    t.plan("review", RESOLVED, 86400, start=RESOLVED)
    begun, title = RESOLVED + 1, "post-incident review"
    t.work("review/pir", "incident-responder", title, begun, RESOLVED + 60, report=REVIEW)
    told.follow_up(t, RESOLVED + 1)
    t.say(RESOLVED + 50, "star/1", ev.EventStarred("tier/3"), ORTIZ)
    t.say(RESOLVED + 61, "status/reviewed", ev.StatusChanged("REVIEWED", "the review is written"))
    t.met("review", RESOLVED + 61, 61)
    t.say(RESOLVED + 62, "status/closed", ev.StatusChanged("CLOSED", "reviewed"))
