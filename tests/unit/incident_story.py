"""One P0 told from alert to review: a release of `orders` loses connections and is rolled back.

`story()` is the whole of it, `leak_story(upto)` the part up to a moment, `write_incident` puts it
on a disk as a real folder: chained journal, transcripts, evidence, documents. Times are seconds
after 14:00:00Z. The events are what the flow would draft, told by hand so that a screen or a
document can be tested while the flow changes.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from orchestrator.documents.edits import Rendered
from orchestrator.documents.write import drafts, store
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.codec import encode
from orchestrator.model.events import RUNNER, Actor, Event, Payload
from orchestrator.model.fold import advance, shape, state_hash
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, NOTICE, STATUS_PAGE
from orchestrator.model.policy import Policy
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, write_private
from tests.unit.incident_card import rollback_card
from tests.unit.incident_evidence import BAD, CULPRIT, GOOD, ITEMS, T0, Item
from tests.unit.incident_reports import REPORTS
from tests.unit.incident_telling import Telling
from tests.unit.incident_transcripts import write_transcript

INCIDENT = "INC-2031"
KIM, ORTIZ = Actor("human", "a.kim"), Actor("human", "j.ortiz")
NOVAK = Actor("human", "l.novak")
MONITOR = Actor("alert", "alertmanager")

PEOPLE = (
    {"name": "a.kim", "uid": 0, "roles": ["on-call", "commander"]},
    {"name": "j.ortiz", "uid": 1001, "roles": ["tier2", "technical-lead"]},
    {"name": "m.sato", "uid": 1002, "roles": ["tier3"]},
    {"name": "l.novak", "uid": 1003, "roles": ["communications-lead"]},
)

ALERT = {
    "status": "firing",
    "labels": {"alertname": "ErrorRatioHigh", "service": "orders", "severity": "critical"},
    "annotations": {"summary": "orders answers 5xx", "description": "94 % of requests fail"},
    "startsAt": "2025-11-23T13:59:44Z",
    "fingerprint": "5f2b9c0d1e3a4b6c",
}

WAITING = 356.0
"""Seconds after detection at which the rollback waits for a key."""

CLOSED = 1502.0


def story() -> list[Event]:
    """The complete incident, detected 14:00:00 and closed 14:25:02."""
    return list(_complete())


def leak_story(upto: float = CLOSED) -> list[Event]:
    """The same incident as far as it was `upto` seconds after detection."""
    return [event for event in _complete() if event.at <= T0 + upto]


@cache
def _complete() -> tuple[Event, ...]:
    return tuple(recorded(_told().events()))


def detected(policy: Policy | None = None, severity: str = "P1") -> ev.IncidentDetected:
    """The first fact of a story; the alert calls it P1, triage will know better."""
    return ev.IncidentDetected(
        incident=INCIDENT,
        title="orders answers 5xx",
        service="orders",
        symptoms="94 % of requests to orders fail",
        reporter="alertmanager",
        method="automated-alert",
        severity=severity,
        category="availability",
        project="orders",
        alert=ALERT,
        policy=encode(policy or Policy()),
        people=PEOPLE,
    )


def evidence_added(number: int, item: Item) -> ev.EvidenceAdded:
    """The fact by which an item of the ledger got its number."""
    body = item.content.encode()
    digest = item.sha256
    return ev.EvidenceAdded(
        eid=f"E{number}",
        kind=item.kind,
        source=item.source,
        command=item.command,
        summary=item.summary,
        path=f"evidence/{digest}.txt",
        sha256=digest,
        size=len(body),
        lines=len(item.content.splitlines()),
        taint=item.taint,
        by=item.by,
    )


def _told() -> Telling:
    t = Telling(T0)
    t.say(0, "incident/detected", detected(), MONITOR)
    t.say(0, "runner/started/1", ev.RunnerStarted(4021, 0.0, "0.1.0"), RUNNER)
    for number, item in enumerate(ITEMS, start=1):
        t.say(item.at, f"evidence/{number}", evidence_added(number, item), RUNNER)
    detection(t)
    regression(t)
    triage(t)
    _messages(t)
    _investigation(t)
    _rollback(t)
    _cause_and_review(t)
    return t


def detection(t: Telling) -> None:
    t.plan("acknowledge", 0, 300)
    t.plan("engage", 0, 1800)
    t.plan("update", 0, 1800)
    t.plan("tier2", 0, 1800, kind="trigger")
    t.plan("management", 0, 7200, kind="trigger")
    t.plan("resolve", 0, 14400)
    t.say(0.1, "role/on-call", ev.RoleAssigned("on-call", "a.kim", "settings"))
    t.work("detect/record", "incident-responder", "incident record", 0.1, 6.2)
    t.work("detect/alert", "incident-responder", "initial alert", 0.1, 4.6)
    t.say(4.6, "question/dashboard", ev.QuestionOpened("dashboard", "Which dashboard shows it?"))
    t.say(6.2, "question/affected users", ev.QuestionOpened("affected users", "How many users?"))
    how = str(REPORTS["detect/record"]["impact_started_how"])
    t.say(6.3, "impact/dated", ev.ImpactDated(T0 - 38, how, ("E1",)))
    t.say(42, "ack/1", ev.Acknowledged("a.kim"), KIM)
    t.met("acknowledge", 42, 42)


def regression(t: Telling, verdict: dict[str, Any] | None = None) -> None:
    role = "regression-analyst"
    t.work("regression/verdict", role, "changes and suspects", 6.4, 182, report=verdict)
    note = "pool gauge was already odd in yesterday's canary, look there first"
    t.say(110, "note/1", ev.NoteAdded(note), KIM)
    t.say(110, "note/1/engaged", ev.Engaged("a.kim", "wrote a note"), KIM)
    t.met("engage", 110, 110)
    t.say(128, "steer/1", ev.Steered("regression/verdict", "look at the pool first"), KIM)
    t.work("regression/feasibility", "reliability-engineer", "rollback feasibility", 182.1, 221)
    t.say(221.1, "regression/judged/1", _judged("MEDIUM", "URGENT"))


def _judged(impact: str, urgency: str) -> ev.RegressionJudged:
    return ev.RegressionJudged(
        verdict="CONFIRMED",
        confidence="HIGH",
        share=1.0,
        rollback="SAFE",
        impact=impact,
        action="ROLLBACK",
        urgency=urgency,
        culprit=CULPRIT,
        culprit_confidence=0.88,
        good_version=GOOD,
        bad_version=BAD,
        evidence=("E3", "E6", "E1", "E5"),
    )


def triage(t: Telling) -> None:
    t.work("triage/impact", "incident-responder", "impact on users", 221.2, 320)
    t.work("triage/urgency", "reliability-engineer", "urgency and error budget", 221.2, 340)
    t.say(320, "question/revenue", ev.QuestionOpened("revenue", "What does an hour cost?"))
    t.say(340, "triage/priority", ev.PriorityComputed("HIGH", "HIGH", "P0"))
    t.say(340, "status/triaged", ev.StatusChanged("TRIAGED"))
    t.say(340, "triage/severity", ev.SeveritySet("P0", "matrix", "HIGH × HIGH"))
    t.say(340, "regression/judged/2", _judged("HIGH", "IMMEDIATE"))
    t.say(340, "role/commander", ev.RoleAssigned("commander", "a.kim", "settings"))
    t.say(340, "role/technical-lead", ev.RoleAssigned("technical-lead", "j.ortiz", "settings"))
    lead = ev.RoleAssigned("communications-lead", "l.novak", "settings")
    t.say(340, "role/communications-lead", lead)
    t.plan("update", 340, 900)
    t.plan("tier2", 340, 900, kind="trigger")
    t.plan("management", 340, 1800, kind="trigger")
    t.plan("executive", 340, 1800, kind="trigger")
    t.plan("tier3", 340, 1800, kind="trigger")
    t.plan("status-page", 340, 1800)
    t.plan("resolve", 340, 7200)
    t.say(340, "status/investigating", ev.StatusChanged("INVESTIGATING"))


def _messages(t: Telling) -> None:
    """Drafted as soon as the priority is known; only the status page goes out in time to matter."""
    for audience, path, role, ended in (
        ("management", MANAGEMENT, "project-manager", 362),
        ("executive", EXECUTIVE, "project-manager", 366),
        ("status-page", STATUS_PAGE, "incident-responder", 358),
    ):
        t.work(f"notify/{audience}", role, audience.replace("-", " "), 340.3, ended)
        t.say(ended, f"message/{path}/drafted", ev.MessageDrafted(path))
    answer = ev.QuestionAnswered("dashboard", "the orders board, second row")
    t.say(405, "answer/1", answer, KIM)
    t.say(530, "star/1", ev.EventStarred("action/started/1"), KIM)
    sent = ev.MessageSent(STATUS_PAGE, "status page", "l.novak")
    t.say(700, "sent/1", sent, NOVAK)
    t.met("status-page", 700, 700)


def _investigation(t: Telling) -> None:
    t.say(340.1, "tier/1", ev.TierEscalated(1, "a.kim", (), "reason"))
    t.work("tier1/data", "reliability-engineer", "tier 1 data gathering", 340.1, 392)
    t.work("mitigation/strategy", "incident-responder", "mitigation strategy", 340.1, 352)
    reasons = ("no runbook covers it", "a code change is suspected")
    t.say(392, "tier/2", ev.TierEscalated(2, "j.ortiz", reasons, "reason"))
    t.say(392, "deadline/tier2/dropped/2", ev.DeadlineDropped("tier2", "tier 2 is engaged"))
    t.say(400, "alert/2", ev.AlertRepeated("firing", "orders answers 5xx", ALERT), MONITOR)
    dropped = ("The database server was restarted at 13:50.",)
    t.work("tier2/analysis", "component-owner", "tier 2 analysis", 392.1, 560, dropped=dropped)


def _rollback(t: Telling) -> None:
    card = rollback_card()
    prepare = {"possible": True, "why": "", "card": card}
    inputs = {"kind": "rollback", "params": {"version": GOOD}}
    t.work(
        "mitigation/prepare@1",
        "devops-engineer",
        "prepare the rollback",
        340.2,
        355,
        kind="prepare",
        report=prepare,
        inputs=inputs,
    )
    sha, title = str(card["sha256"]), str(card["title"])
    t.say(
        WAITING,
        "approval/rollback@1/requested",
        ev.ApprovalRequested(
            approval="rollback@1",
            action="rollback",
            title=title,
            risk=str(card["risk"]),
            sha256=sha,
            expires=T0 + WAITING + 900,
            card=card,
            evidence=("E1", "E3", "E5", "E7"),
            role="devops-engineer",
        ),
    )
    why = "rollback@1 is another change than the one on your screen: look again"
    t.say(505, "approve/0", ev.CommandRefused("approve", why), ORTIZ)
    t.say(512, "approve/1", ev.ApprovalGranted("rollback@1", sha, "a.kim"), KIM)
    t.say(512, "status/mitigating", ev.StatusChanged("MITIGATING", title))
    started = ev.ActionStarted("mitigation/execute@1", 41852, 9_918_223)
    t.say(512.3, "action/started/1", started, RUNNER)
    t.work(
        "mitigation/execute@1",
        "devops-engineer",
        title,
        512,
        519.4,
        kind="action",
        report={"exit": 0, "output": ITEMS[15].content.strip(), "adopted": False},
        inputs={"approval": "rollback@1", "card": card},
    )
    t.work(
        "mitigation/validate@1",
        "reliability-engineer",
        "validate against the baseline",
        519.5,
        1449,
        kind="probe",
        report=REPORTS["mitigation/validate"],
        inputs={"action": title},
    )


def _cause_and_review(t: Telling) -> None:
    t.work("rca/5whys", "incident-responder", "five whys", 560.1, 690)
    t.work(
        "rca/ishikawa",
        "reliability-engineer",
        "contributing factors",
        560.1,
        622.6,
        outcome="failed",
        why="no answer within 60 s",
    )
    t.work("rca/ishikawa", "reliability-engineer", "contributing factors", 622.7, 672, attempt=2)
    late = ev.ReportRefused("rca/ishikawa", 1, "attempt 2 is in force")
    t.say(631, "report/late", late, Actor("agent", "reliability-engineer"))
    unreviewed = ev.QuestionOpened("review of 9c41d7e", "Who reviewed 9c41d7e, and how?")
    t.say(690.1, "question/review of 9c41d7e", unreviewed)
    t.say(690.1, "cause/concluded/1", cause("LIKELY", "no mitigation has proven it yet"))
    t.say(900, "deadline/update/over/2", ev.DeadlineFired("update", T0 + 900))
    t.plan("update", 900, 900, start=900)
    checks = tuple(REPORTS["mitigation/validate"]["checks"])
    title = str(rollback_card()["title"])
    t.say(1449.1, "resolution/1", ev.ResolutionDecided("RESOLVED", title, checks, T0 + 549))
    t.say(1449.1, "status/resolved", ev.StatusChanged("RESOLVED", title))
    t.say(1449.1, "cause/concluded/2", cause("CONFIRMED", "its mitigation restored the metrics"))
    for name in ("update", "management", "executive", "tier3"):
        t.drop(name, 1449.1, "resolved")
    for path in (MANAGEMENT, EXECUTIVE):
        never = ev.MessageNotRequired(path, "resolved before it fell due")
        t.say(1449.1, f"message/{path}/not-required", never)
    t.met("resolve", 1449.1, 1449.1)
    t.plan("review", 1449.1, 86400, start=1449.1)
    t.work("review/pir", "incident-responder", "post-incident review", 1449.2, 1500)
    follow_up(t, 1449.2)
    t.say(1501, "status/reviewed", ev.StatusChanged("REVIEWED", "the review is written"))
    t.met("review", 1501, 51.9)
    t.say(CLOSED, "status/closed", ev.StatusChanged("CLOSED", "reviewed"))


def follow_up(t: Telling, begun: float) -> None:
    """What a resolution brings: the notice that it is over, and the rest of the review."""
    t.work("mitigation/resolution", "incident-responder", "resolution notice", begun, begun + 12)
    t.say(begun + 12, f"message/{NOTICE}/drafted", ev.MessageDrafted(NOTICE))
    t.say(begun + 12, f"message/{NOTICE}/due", ev.MessageDue(NOTICE, "the incident is resolved"))
    t.work("review/actions", "project-manager", "preventive actions", begun, begun + 31)
    t.work("review/runbook", "reliability-engineer", "runbook update", begun, begun + 28)
    t.work("review/knowledge", "reliability-engineer", "knowledge article", begun, begun + 35)
    sent = ev.MessageSent(NOTICE, "status page and team channel", "l.novak")
    t.say(begun + 41, "sent/2", sent, NOVAK)


def cause(verdict: str, why: str) -> ev.CauseConcluded:
    root = REPORTS["rca/5whys"]["root_cause"]
    why = f"3 kinds of evidence; {why}"
    return ev.CauseConcluded(verdict, root["text"], CULPRIT, ("E5", "E12", "E14"), "CONFIRMED", why)


def recorded(events: Iterable[Event]) -> list[Event]:
    """The events with what the runner itself adds: documents after a change of status, hashes."""
    state, out = State(), list[Event]()

    def add(at: float, name: str, data: Payload, actor: Actor) -> None:
        event = Event(state.seq + 1, name, at, actor, data)
        advance(state, event)
        out.append(event)

    for event in events:
        add(event.at, event.id, event.data, event.actor)
        if isinstance(event.data, (ev.StatusChanged, ev.CauseConcluded, ev.ImpactDated)):
            for made in drafts(state, out):
                fact = ev.DocumentWritten(made.path, made.sha256, len(made.text.encode()))
                add(event.at, f"document/{made.path}/{state.seq}", fact, RUNNER)
        if state.seq - state.hashed_upto >= 100:
            upto, digest = state.seq, state_hash(state)
            add(event.at, f"state/hashed/{upto}", ev.StateHashed(upto, digest, shape()), RUNNER)
    return out


def write_incident(
    root: Path, events: Sequence[Event] | None = None, *, transcripts: bool = True
) -> IncidentFolder:
    """The incident as a real folder below `root`: what a console opens and `verify` accepts."""
    events = story() if events is None else list(events)
    first = events[0].data
    assert isinstance(first, ev.IncidentDetected)
    folder = IncidentFolder(root / first.incident)
    folder.create()
    writer = JournalWriter(folder.journal)
    writer.append(events)
    writer.close()
    contents = {item.sha256: item.content for item in ITEMS}
    for event in events:
        data = event.data
        if isinstance(data, ev.EvidenceAdded):
            write_private(folder.path / data.path, contents[data.sha256])
        elif isinstance(data, ev.TaskFinished) and transcripts:
            write_transcript(folder.transcript(data.key), data.key, data.attempt)
    _write_documents(folder, events)
    return folder


def _write_documents(folder: IncidentFolder, events: Sequence[Event]) -> None:
    """Each document as it was when it was journalled last."""
    told = tuple((event.id, event.at) for event in events)
    if told not in _RENDERED:
        _RENDERED[told] = _rendered(events)
    for made in _RENDERED[told]:
        store(folder, made)


_RENDERED: dict[tuple[tuple[str, float], ...], list[Rendered]] = {}
"""Documents of stories that were written before: rendering them is most of the work."""


def _rendered(events: Sequence[Event]) -> list[Rendered]:
    last = {e.data.path: e for e in events if isinstance(e.data, ev.DocumentWritten)}
    state, seen, found = State(), list[Event](), list[Rendered]()
    for event in events:
        data = event.data
        if isinstance(data, ev.DocumentWritten) and last[data.path] is event:
            found += [made for made in drafts(state, seen) if made.path == data.path]
        advance(state, event)
        seen.append(event)
    return found
