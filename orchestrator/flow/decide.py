"""The words the flow is written in: task, ask, all, branch, deadline, approval, emit.

One `Incident` is one evaluation: a draft of the state, the time, and the events drafted so far.
Keys, not call order, are identity: whatever the journal already says is answered from it, whatever
is missing is drafted once, and `Pending` ends a part of the flow that has to wait.
"""

from collections.abc import Callable, Iterable
from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.deadlines import Plan
from orchestrator.model.events import FLOW, Actor, Event, Json, Payload
from orchestrator.model.fold import advance
from orchestrator.model.policy import Policy
from orchestrator.model.records import Deadline, Task
from orchestrator.model.state import State

Part = Callable[["Incident"], None]

STEP_OF = {
    "detect": "detection",
    "impact": "detection",
    "regression": "regression",
    "triage": "triage",
    "tier1": "tiers",
    "tier2": "tiers",
    "tier3": "tiers",
    "notify": "notify",
    "rca": "root-cause",
    "cause": "root-cause",
    "review": "review",
}
"""First word of a key → the step that a person may skip or repeat."""


class Pending(Exception):
    """This part of the flow waits: for a report, a key, or a time."""


class Incident:
    """One evaluation of the flow. It owns `state`, a draft nobody else holds."""

    def __init__(self, state: State, now: float) -> None:
        self.state = state
        self.now = now
        self.drafted: list[Event] = []

    @property
    def policy(self) -> Policy:
        return self.state.policy

    def emit(self, event_id: str, data: Payload, actor: Actor = FLOW) -> bool:
        """Draft a fact and fold it at once. False when the journal has it already."""
        if event_id in self.state.ids:
            return False
        at = max(self.now, self.state.last_at)
        event = Event(self.state.seq + 1, event_id, at, actor, data)
        advance(self.state, event)
        self.drafted.append(event)
        return True

    def ask(
        self,
        key: str,
        role: str,
        title: str,
        *,
        kind: str = "agent",
        tries: int = 2,
        inputs: Json | None = None,
    ) -> Task:
        """Ask for work and go on. A failed attempt is asked again until `tries` are used."""
        key = self.nth(key)
        task = self.state.tasks.get(key)
        if task is None:
            self._request(key, 1, role, title, kind, inputs or {})
        elif task.outcome == "failed" and task.attempt < tries:
            self._request(key, task.attempt + 1, role, title, kind, inputs or task.inputs)
        return self.state.tasks[key]

    def nth(self, key: str) -> str:
        """The key of this repetition of its step: `triage/impact`, then `triage/impact@2`."""
        if not self.state.repeats or "@" in key:
            return key
        times = self.state.repeats.get(STEP_OF.get(key.split("/")[0], ""), 0)
        return f"{key}@{times + 1}" if times else key

    def skipped(self, step: str) -> bool:
        """True when a person said to leave a step out."""
        return step in self.state.skipped

    def task(
        self,
        key: str,
        role: str,
        title: str,
        *,
        kind: str = "agent",
        tries: int = 2,
        inputs: Json | None = None,
    ) -> Json | None:
        """The report once it is there; None when every attempt ended without one."""
        return self.result(self.ask(key, role, title, kind=kind, tries=tries, inputs=inputs))

    def all(self, *asked: Task) -> list[Json | None]:
        """The reports of tasks that run side by side; Pending until each has ended."""
        if any(task.running for task in asked):
            raise Pending
        return [self.result(task) for task in asked]

    def result(self, task: Task) -> Json | None:
        """The report of a task that has ended; Pending while it runs."""
        if task.running:
            raise Pending
        if task.outcome != "done":
            return None
        for item in task.report.get("unknown", ()):
            self.question(str(item["field"]), str(item["question"]))
        return task.report

    def branch(self, *parts: Part) -> None:
        """Overlap: each part goes as far as it can; Pending when one of them waits."""
        waits = False
        for part in parts:
            try:
                part(self)
            except Pending:
                waits = True
        if waits:
            raise Pending

    def deadline(self, plan: Plan) -> bool:
        """Plan, plan again, meet, drop, fire or miss one deadline; True once it is over."""
        name, known = plan.name, self.state.deadlines.get(plan.name)
        if plan.moot:
            if known is not None and known.counting:
                self.emit(
                    f"deadline/{name}/dropped/{known.rev}", ev.DeadlineDropped(name, plan.moot)
                )
            return True
        back = known is not None and (known.outcome == "dropped" or self._taken_back(known, plan))
        moved = known is None or back or (known.start, known.due) != (plan.start, plan.due)
        again = known is None or back or known.counting or plan.due > self.now
        if moved and again and not plan.met_at:
            rev = known.rev + 1 if known else 1
            self.emit(
                f"deadline/{name}/plan/{rev}",
                ev.DeadlinePlanned(name, plan.kind, plan.start, plan.due, rev, plan.why),
            )
            known = self.state.deadlines[name]
        if known is None or not known.counting:
            return True
        if plan.met_at:
            took = round(plan.met_at - known.start, 3)
            self.emit(f"deadline/{name}/met/{known.rev}", ev.DeadlineMet(name, took))
            return True
        if self.now < known.due:
            return False
        late = round(self.now - max(known.due, known.planned_at), 3)
        if late > self.policy.grace:
            self.emit(f"deadline/{name}/over/{known.rev}", ev.DeadlineMissed(name, known.due, late))
        else:
            self.emit(f"deadline/{name}/over/{known.rev}", ev.DeadlineFired(name, known.due))
        return True

    def _taken_back(self, known: Deadline, plan: Plan) -> bool:
        """Whether what met it is undone: the incident was reopened since, so its clock runs on."""
        undone = known.outcome == "met" and not plan.met_at
        return undone and known.ended_at <= self.state.reopened_at

    def approval(self, key: str, card: Json, role: str) -> bool:
        """True once a person granted it. Pending while it is open, the line stopped, or changes
        frozen.

        False when it was denied, voided or ran out; the caller decides whether to offer again,
        under a new key.
        """
        if (self.state.stopped or self.state.frozen) and key not in self.state.approvals:
            raise Pending
        self.emit(
            f"approval/{key}/requested",
            ev.ApprovalRequested(
                approval=key,
                action=str(card["action"]),
                title=str(card["title"]),
                risk=str(card["risk"]),
                sha256=str(card["sha256"]),
                expires=round(self.now + self.policy.approval_expires, 3),
                card=card,
                evidence=tuple(e for why in card.get("why", ()) for e in why["evidence"]),
                role=role,
            ),
        )
        approval = self.state.approvals[key]
        if approval.open:
            raise Pending
        return approval.decision == "granted"

    def expire(self) -> None:
        """Close every approval whose time has run out."""
        for approval in list(self.state.approvals.values()):
            if approval.open and self.now >= approval.expires:
                key = approval.approval
                self.emit(f"approval/{key}/expired", ev.ApprovalExpired(key))

    def void(self, why: str) -> None:
        """Close every open approval: what it would do is no longer what is wanted."""
        for approval in list(self.state.approvals.values()):
            if approval.open:
                self.emit(
                    f"approval/{approval.approval}/voided",
                    ev.ApprovalVoided(approval.approval, why),
                )

    def status(self, status: str, why: str = "") -> None:
        """Move on to a status, once an occurrence: the same status may come again later."""
        if self.state.status != status:
            self.emit(f"status/{self.state.seq + 1}/{status}", ev.StatusChanged(status, why))

    def question(self, field: str, text: str) -> None:
        """A field nobody knows becomes an open question, once."""
        self.emit(f"question/{field}", ev.QuestionOpened(field, text))

    def _request(
        self, key: str, attempt: int, role: str, title: str, kind: str, inputs: Json
    ) -> None:
        step = key.split("/")[0]
        self.emit(
            f"{key}#{attempt}/requested",
            ev.TaskRequested(key, attempt, kind, role, title, step, inputs),
        )


def text_of(report: Json | None, *path: str) -> str:
    """A claim's or field's text out of a report, or UNKNOWN."""
    value: Any = report or {}
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("text")
    return str(value) if value else "UNKNOWN"


def cited(claims: Iterable[Any]) -> tuple[str, ...]:
    """The evidence numbers of some claims, each once, in order, without line marks."""
    seen: dict[str, None] = {}
    for claim in claims:
        for item in (claim or {}).get("evidence", ()):
            seen[str(item).split(":")[0]] = None
    return tuple(seen)
