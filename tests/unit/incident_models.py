"""The told incident with a model beside the rules: two tasks it works on, one that was taken over,
and a disagreement about the cause. The figures are those of the told turns, measured by nobody."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from orchestrator.clock import FakeClock
from orchestrator.journal.transcript import TranscriptWriter
from orchestrator.model import events as ev
from orchestrator.model.events import RUNNER, Event
from orchestrator.project import IncidentFolder
from tests.unit.incident_claims import c
from tests.unit.incident_evidence import ITEMS, T0
from tests.unit.incident_reports import REPORTS
from tests.unit.incident_story import (
    MONITOR,
    detected,
    detection,
    evidence_added,
    recorded,
    regression,
    write_incident,
)
from tests.unit.incident_telling import Telling

AT_WORK, DIFFERING = 425.0, 570.0
"""Seconds after detection: two tasks are with a model, one was taken over; all have ended."""

OPUS, SONNET, UNPRICED = "claude-opus-5-5", "claude-sonnet-5-5", "claude-next-1"
LOST = f"{SONNET}: the connection was lost 3 times"
GUESS = "a slow query of the summary holds every connection"
RANKED = "9c41d7e returns before release() in the summary"

MODEL_HYPOTHESIS = {
    "id": "M1",
    "statement": GUESS,
    "status": "supported",
    "confidence": 0.6,
    "supporting": [c("pages answer after half a second", "E2:2")],
    "refuting": [],
    "missing": [],
    "test": "explain the summary's query",
    "culprit": "51f6c07",
    "by": "model",
}

Said = tuple[float, str, str]
SAID: dict[str, tuple[Said, ...]] = {
    "tier2/analysis": (
        (394.0, "say", "H1: 9c41d7e leaks a connection for every empty summary [E5:9].\n"),
        (399.0, "note", "The rules blame the early return. A slow query would look "),
        (401.0, "note", "the same from outside, so I read the log of the pool first.\n"),
        (402.0, "call", "read_evidence id=E11"),
        (402.2, "out", "13:59:24 PoolTimeout: no connection within 0.5 s"),
        (404.0, "note", "Timeouts begin at once, with no slow page before. "),
        (560.0, "say", "\nThe pool never gets its connections back [E12] [E15:4].\n"),
    ),
    "tier1/data": (
        (341.0, "say", "Collecting health, logs, metrics and the state of the pool.\n"),
        (412.0, "note", "The process is healthy; next is what the pool says."),
    ),
    "mitigation/strategy": (
        (341.5, "say", "Five ways out; the last version worked [E3] and is safe [E7].\n"),
        (360.0, "note", "A rollback fits, but"),
        (409.0, "warn", f"{LOST}; the rules' report stands"),
    ),
    "triage/urgency": (
        (340.5, "say", "How long does the error budget last?\n"),
        (420.0, "say", "At 18.5 failed requests a second it lasts 45 min [E9:4].\n"),
    ),
}
"""By task: seconds after detection, kind, text."""


@cache
def models_story() -> tuple[Event, ...]:
    """Detected, judged, and looked into by rules and a model until 14:09:30."""
    t = Telling(T0)
    t.say(0, "incident/detected", detected(), MONITOR)
    t.say(0, "runner/started/1", ev.RunnerStarted(4021, 0.0, "0.1.0"), RUNNER)
    for number, item in enumerate(ITEMS, start=1):
        t.say(item.at, f"evidence/{number}", evidence_added(number, item), RUNNER)
    detection(t)
    regression(t)
    _work(t)
    events = recorded(_answered(event) for event in t.events())
    return tuple(events)


def _work(t: Telling) -> None:
    board = REPORTS["tier2/analysis"]
    report = {**board, "hypotheses": [*board["hypotheses"], MODEL_HYPOTHESIS]}
    dropped = ("The database server was restarted at 13:50.",)
    t.work("tier2/analysis", "component-owner", "tier 2 analysis", 392.1, 561,
           report=report, dropped=dropped)  # fmt: skip
    t.work("tier1/data", "reliability-engineer", "tier 1 data gathering", 340.1, 562)
    t.work("mitigation/strategy", "incident-responder", "mitigation strategy", 340.2, 563)
    t.work("triage/urgency", "reliability-engineer", "urgency", 340, 564)
    engage(t, 392.2, "tier2/analysis", "rules")
    engage(t, 395, "tier2/analysis", "claude", OPUS)
    spend(t, 402, "tier2/analysis", 1, OPUS, 0.029, fresh=1_100, written=4_300, output=310)
    spend(t, 405, "tier2/analysis", 2, OPUS, 0.013, fresh=210, cached=5_400, output=420)
    engage(t, 341, "tier1/data", "claude", UNPRICED)
    spend(t, 411, "tier1/data", 1, UNPRICED, 0.0, fresh=2_600, output=150, priced=False)
    engage(t, 342, "mitigation/strategy", "claude", SONNET)
    engage(t, 409, "mitigation/strategy", "rules", why=LOST)
    engage(t, 340.1, "triage/urgency", "rules")
    differed = ev.MethodsDiffered(
        "tier2/analysis", 1, RANKED, ("E5:9", "E15:4"), GUESS, ("E2:2",), "rules"
    )
    t.say(560, "tier2/analysis#1/differed", differed, RUNNER)


def engage(t: Telling, at: float, key: str, backend: str, model: str = "", why: str = "") -> None:
    """Somebody begins to answer a task."""
    t.say(at, f"{key}#1/engaged/{at}", ev.TaskEngaged(key, 1, backend, model, why), RUNNER)


def spend(
    t: Telling, at: float, key: str, turn: int, model: str, usd: float, *,
    fresh: int = 0, cached: int = 0, written: int = 0, output: int = 0, priced: bool = True,
) -> None:  # fmt: skip
    """A turn of a model was answered."""
    used = ev.TurnSpent(key, 1, turn, model, fresh, cached, written, output, usd, 5.0, priced)
    t.say(at, f"{key}#1/spent/{turn}", used, RUNNER)


def _answered(event: Event) -> Event:
    """A report of a model says that it is one."""
    data = event.data
    if isinstance(data, ev.TaskFinished) and data.key in ("tier2/analysis", "tier1/data"):
        return replace(event, data=replace(data, backend="claude"))
    return event


def write_models_incident(root: Path) -> IncidentFolder:
    """The incident as a real folder, with what its agents wrote."""
    folder = write_incident(root, models_story())
    for key, said in SAID.items():
        path = folder.transcript(key)
        path.unlink(missing_ok=True)
        clock = FakeClock(T0)
        writer = TranscriptWriter(path, 1, clock)
        for at, kind, text in said:
            clock.advance(T0 + at - clock.now())
            running = {"say": writer.say, "note": writer.note}.get(kind)
            if running is None:
                writer.line(kind, text)
            else:
                running(text)
                writer.flush()
        writer.close()
    return folder
