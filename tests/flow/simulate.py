"""A war room without an engine: the pure core, a heap of things to come, and time that jumps.

Agents are stood in for by canned reports of fixed durations, because what is under test is the
flow: what it asks for, when, and what it does with the answers.
"""

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.flow.handle import handle
from orchestrator.model import events as ev
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.policy import Policy
from orchestrator.model.records import Task
from orchestrator.model.state import State

T0 = 1_763_906_400.0
KIM = Actor("human", "a.kim")
PEOPLE: tuple[Mapping[str, Any], ...] = (
    {"name": "a.kim", "roles": ["on-call", "commander"]},
    {"name": "j.ortiz", "roles": ["tier2", "technical-lead"]},
    {"name": "m.sato", "roles": ["communications-lead", "tier3"]},
    {"name": "e.manager", "roles": ["engineering-manager"]},
)
SHA = "a" * 64

Report = Mapping[str, Any]
Answers = dict[str, Report | Callable[[Task, State], Report]]


def claim(text: str, *evidence: str) -> dict[str, Any]:
    return {"text": text, "evidence": list(evidence), "assumption": not evidence}


def indicators(**answers: str) -> list[dict[str, Any]]:
    return [
        {"name": name.replace("_", "-"), "holds": holds, "why": claim(name, "E1")}
        for name, holds in answers.items()
    ]


REGRESSION = indicators(
    worked_before="yes", after_deployment="yes", correlates_with_change="yes", metrics_inflect="yes"
)
CARD = {
    "action": "rollback",
    "title": "roll orders back to 1111111",
    "risk": "medium",
    "sha256": SHA,
    "why": [{"text": "deploy", "evidence": ["E1"]}],
    "undo": ["deploy", "2222222"],
}
PASSED = {
    "checks": [{"name": "errors", "state": "pass"}, {"name": "traffic", "state": "pass"}],
    "passes": 5,
    "needed": 5,
    "stable_for": 20.0,
    "window": 20.0,
    "restored_at": T0 + 300,
    "gave_up": False,
}
FAILED = {**PASSED, "passes": 0, "checks": [{"name": "errors", "state": "fail"}], "gave_up": True}


def answers() -> Answers:
    """Reports of a clear regression: a leak, a suspect, a safe rollback that works."""
    whys = {
        "root_cause": claim("connections are not given back", "E1", "E2"),
        "culprit": "c0ffee1",
        "verdict": "LIKELY",
    }
    suspect = {"sha": "c0ffee1", "confidence": 0.8}
    return {
        "detect/record": {
            "impact_started_at": T0 - 40,
            "impact_started_how": "first failed share above the baseline",
            "impact_evidence": ["E1"],
        },
        "detect/alert": {},
        "regression/verdict": {
            "indicators": REGRESSION,
            "suspects": [suspect],
            "good_version": "1111111",
            "bad_version": "2222222",
        },
        "regression/feasibility": {
            "options": [
                {"name": "rollback", "feasibility": "SAFE", "why": claim("no schema", "E1")}
            ]
        },
        "regression/bisect": {"culprit": "c0ffee1", "summary": claim("it fails first", "E1")},
        "triage/impact": {"affected_share": 0.9, "data_loss": "no"},
        "triage/urgency": {"level": "HIGH"},
        "tier1/data": {"escalate": True, "reasons": ["a code change is suspected"]},
        "tier2/analysis": {"hypotheses": [], "escalate": False, "reasons": []},
        "rca/5whys": whys,
        "rca/ishikawa": {},
        "mitigation/strategy": {
            "selected": "rollback",
            "action": "rollback",
            "params": {"version": "1111111"},
        },
        "mitigation/prepare": {"possible": True, "card": CARD},
        "mitigation/execute": {"exit": 0},
        "mitigation/validate": PASSED,
        "mitigation/watch": FAILED,
        "vendor/ask": {"contacts": [{"name": "Payments", "contact": "line 2"}], "text": "help"},
        "hotfix/patch": {"good": True, "fact": "f1xed00"},
        "hotfix/tests": {"good": True, "fact": "E1: exit 0"},
        "emergency/options": {"options": []},
        "relapse/watch": {"relapsed": False, "checks": []},
        "review/pir": {},
        "review/actions": {},
        "review/runbook": {},
        "review/knowledge": {},
        "mitigation/resolution": {},
        "mitigation/prepare-undo": {"possible": True, "card": {**CARD, "sha256": "c" * 64}},
        "mitigation/undo": {"exit": 0},
        "notify/management": {},
        "notify/executive": {},
        "notify/status-page": {},
        "tier3/architecture": {},
        "security/assessment": {},
        "security/preserve": {"files": []},
        "security/prepare-isolation": {"possible": False, "why": "the catalogue has none"},
        "deliver": {"delivered": True, "detail": "taken"},
        "page": {"delivered": True, "detail": "taken"},
    }


@dataclass
class War:
    """One incident under a clock that jumps to the next thing to come."""

    answers: Answers = field(default_factory=answers)
    durations: dict[str, float] = field(default_factory=lambda: {"mitigation/watch": 1800.0})
    policy: Policy = field(default_factory=Policy)
    severity: str = ""
    people: tuple[Mapping[str, Any], ...] = PEOPLE
    themes: tuple[Mapping[str, Any], ...] = ()
    intake: dict[str, str] = field(default_factory=dict)
    duty: tuple[Mapping[str, Any], ...] = ()
    bisects: tuple[str, ...] = ()
    journal: list[Event] = field(default_factory=list)
    state: State = field(default_factory=State)
    now: float = T0
    approves: bool = True
    acknowledges_after: float | None = 30.0

    def __post_init__(self) -> None:
        self._heap: list[tuple[float, int, Command | None]] = []
        self._count = itertools.count()
        self._started: set[str] = set()
        self._next_due: float | None = None
        self._answered: set[str] = set()

    def open(self) -> None:
        detected = ev.IncidentDetected(
            incident="INC-1",
            title="orders: error ratio high",
            service="orders",
            symptoms="errors",
            reporter="alertmanager",
            method="automated-alert",
            severity=self.severity,
            category="availability",
            project="shop",
            alert={},
            policy=encode(self.policy),
            people=self.people,
            themes=self.themes,
            answers=self.intake,
            duty=self.duty,
            bisects=self.bisects,
        )
        self.give(Command("open", "open", self.now, Actor("alert", "am"), encode(detected)))
        for eid, kind in (("E1", "metric"), ("E2", "code")):
            stored = {
                "kind": kind,
                "source": kind,
                "command": f"read {kind}",
                "summary": "seen",
                "path": "evidence/x.txt",
                "sha256": SHA,
                "size": 1,
                "lines": 1,
                "taint": "outside",
            }
            self.give(Command(f"evidence/{eid}", "evidence", self.now, ev.RUNNER, stored))
        if self.acknowledges_after is not None:
            self.later(self.acknowledges_after, self.human("ack"))

    def human(self, name: str, /, **args: Any) -> Command:
        return Command(f"cmd/{next(self._count)}/{name}", name, 0.0, KIM, args)

    def later(self, seconds: float, command: Command | None) -> None:
        heapq.heappush(self._heap, (self.now + seconds, next(self._count), command))

    def give(self, command: Command | None) -> list[Event]:
        """One input through the core, as the runner does it."""
        if command is not None and not command.at:
            command = Command(command.id, command.name, self.now, command.actor, command.args)
        handled = handle(self.state, command, self.now)
        self.journal += handled.events
        self.state, self._next_due = handled.state, handled.next_due
        self._start_outstanding()
        self._decide()
        return handled.events

    def crash(self, down: float, torn: int = 0) -> None:
        """Lose the state, the running work and the end of the last batch; come back later."""
        self.journal = self.journal[: len(self.journal) - torn] if torn else self.journal
        self.now = round(self.now + down, 3)
        self.state = fold_all(State(), self.journal)
        self._started.clear()
        self._answered.clear()
        self._heap = [entry for entry in self._heap if _human(entry[2])]
        heapq.heapify(self._heap)
        self.give(None)

    def run(self, until: float = 30 * 86400.0, stop: Callable[[State], bool] | None = None) -> None:
        """Jump from one thing to come to the next until nothing is left or time is up."""
        end = T0 + until
        while True:
            if self.state.status == "CLOSED" or (stop and stop(self.state)):
                return
            at = self._heap[0][0] if self._heap else float("inf")
            due = self._next_due if self._next_due is not None else float("inf")
            moment = min(at, due)
            if moment > end:
                return
            self.now = round(max(self.now, moment), 3)
            told = self.give(heapq.heappop(self._heap)[2] if at <= due else None)
            again = self._next_due if self._next_due is not None else float("inf")
            assert told or at <= due or again > self.now, "time alone has to change something"

    def types(self) -> list[str]:
        return [event.type for event in self.journal]

    def of(self, payload: type[ev.P]) -> list[ev.P]:
        return [event.data for event in self.journal if isinstance(event.data, payload)]

    def _start_outstanding(self) -> None:
        for task in self.state.outstanding():
            if task.id in self._started:
                continue
            self._started.add(task.id)
            kind = task.key.split("@")[0]
            if task.kind == "page" and kind not in self.answers:
                kind = "page"
            if task.kind == "deliver":
                own = f"deliver/{task.inputs['channel']}"
                kind = own if own in self.answers else "deliver"
            answer = self.answers[kind]
            report = answer(task, self.state) if callable(answer) else answer
            outcome = str(report.get("__outcome__", "done"))
            finished = ev.TaskFinished(task.key, task.attempt, outcome, report)
            report_id = f"{task.id}/finished"
            command = Command(report_id, "report", 0.0, Actor("agent", "rules"), encode(finished))
            self.later(self.durations.get(kind, 2.0), command)

    def _decide(self) -> None:
        """The human at the keys: approves what opens and sends what is due, after ten seconds."""
        for text in self.state.messages.values():
            if self.approves and text.state == "due" and text.path not in self._answered:
                self._answered.add(text.path)
                self.later(10.0, self.human("sent", path=text.path, channel="mail"))
        for approval in self.state.approvals.values():
            if self.approves and approval.open and approval.approval not in self._answered:
                self._answered.add(approval.approval)
                args = {"approval": approval.approval, "sha256": approval.sha256}
                self.later(10.0, self.human("approve", **args))


def _human(command: Command | None) -> bool:
    return command is not None and command.actor.kind == "human"
