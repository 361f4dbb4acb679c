"""State from events: total (an unknown type or a repeated id changes nothing) and free of I/O.

`fold` is the pure form. `advance` is the same step in place, for the journal reader and the flow's
own draft, which hold a state that nobody else has.
"""

import dataclasses
import hashlib
import json
import typing
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from orchestrator.model import events as ev
from orchestrator.model import fold_crew
from orchestrator.model.codec import decode, encode
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold_answering import ANSWERING
from orchestrator.model.fold_attempts import ATTEMPTS
from orchestrator.model.fold_cancelling import CANCELLING
from orchestrator.model.fold_crew import CREW
from orchestrator.model.fold_delivery import DELIVERY
from orchestrator.model.fold_follow_up import FOLLOW_UP
from orchestrator.model.fold_major import MAJOR
from orchestrator.model.fold_people import PEOPLE
from orchestrator.model.fold_step import Step
from orchestrator.model.hotfix_state import HOTFIX
from orchestrator.model.policy import Policy
from orchestrator.model.records import Approval, Deadline, Document, Evidence, Task, Tier
from orchestrator.model.state import NO_REASON, State

STEPS: dict[type[Payload], Step] = {
    **PEOPLE,
    **ANSWERING,
    **MAJOR,
    **FOLLOW_UP,
    **CREW,
    **DELIVERY,
    **ATTEMPTS,
    **CANCELLING,
    **HOTFIX,
}
S = TypeVar("S", bound=Step)


def folds(payload: type[Payload]) -> Callable[[S], S]:
    def register(step: S) -> S:
        STEPS[payload] = step
        return step

    return register


def fold(state: State, event: Event) -> State:
    """The state after `event`; the one given is left as it was."""
    return advance(state.copy(), event)


def fold_all(state: State, events: Iterable[Event]) -> State:
    """The state after all `events`; the one given is left as it was."""
    twin = state.copy()
    for event in events:
        advance(twin, event)
    return twin


def advance(state: State, event: Event) -> State:
    """`fold` in place. Only for a state that nobody else holds."""
    if event.id in state.ids:
        return state
    state.ids.add(event.id)
    state.seq = event.seq
    if event.at > state.last_at:
        state.last_at = event.at
    if event.actor.kind == "human" and not isinstance(event.data, ev.CommandRefused):
        state.person_at = event.at
    step = STEPS.get(type(event.data))
    if step is not None:
        step(state, event.data, event)
    return state


@cache
def shape() -> str:
    """The fields a state has in this release, as a short hash.

    A release that knows more of an incident has another hash of the same state; only hashes of one
    shape can be held against each other.
    """
    found: set[str] = set()
    waiting: list[Any] = [State]
    while waiting:
        kind = waiting.pop()
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            hints = typing.get_type_hints(kind)
            for field in dataclasses.fields(kind):
                name = f"{kind.__name__}.{field.name}"
                if name not in found:
                    found.add(name)
                    waiting.append(hints[field.name])
        waiting.extend(typing.get_args(kind))
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:12]


def state_hash(state: State) -> str:
    """SHA-256 over the canonical JSON of all but the ids, which the journal itself proves."""
    body = encode(state)
    del body["ids"]
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@folds(ev.IncidentDetected)
def _detected(state: State, data: ev.IncidentDetected, event: Event) -> None:
    for name in ("incident", "title", "service", "symptoms", "reporter", "method", "category"):
        setattr(state, name, getattr(data, name))
    state.project, state.guidance, state.drill = data.project, data.guidance, data.drill
    state.flow_version, state.alert, state.people = data.flow_version, data.alert, data.people
    state.policy = decode(Policy, data.policy)
    state.asked_themes = data.themes
    state.answers = {str(k): str(v) for k, v in data.answers.items()}
    state.status, state.detected_at = "DETECTED", event.at
    state.severity, state.severity_by = data.severity, "report" if data.severity else ""
    state.bisects = data.bisects
    fold_crew.began(state, data, event)


@folds(ev.AlertRepeated)
def _repeated(state: State, data: ev.AlertRepeated, event: Event) -> None:
    state.alerts_repeated += 1
    if data.status == "resolved":
        state.alert_over = True
    elif state.alert_over:
        state.alert_over, state.alerted_again_at = False, event.at


@folds(ev.ImpactDated)
def _impact(state: State, data: ev.ImpactDated, event: Event) -> None:
    state.impact_started_at, state.impact_how = data.started_at, data.how
    state.impact_evidence = data.evidence


_STATUS_TIMES = {
    "MITIGATING": "mitigated_at",
    "RESOLVED": "resolved_at",
    "REVIEWED": "reviewed_at",
    "CLOSED": "closed_at",
}


@folds(ev.StatusChanged)
def _status(state: State, data: ev.StatusChanged, event: Event) -> None:
    state.status, state.status_why = data.status, data.why
    if data.status == "REOPENED":
        state.reopened, state.reopened_at = state.reopened + 1, event.at
        for step in ("tiers", "root-cause", "review"):
            state.repeats[step] = state.repeats.get(step, 0) + 1
        state.resolution, state.resolved_at, state.reviewed_at = "", 0.0, 0.0
    if data.status in _STATUS_TIMES:
        setattr(state, _STATUS_TIMES[data.status], event.at)


@folds(ev.SeveritySet)
def _severity(state: State, data: ev.SeveritySet, event: Event) -> None:
    state.severity, state.severity_by, state.severity_why = data.severity, data.by, data.why
    state.severity_human = event.actor.is_person
    fold_crew.ranked(state, data, event)


@folds(ev.PriorityComputed)
def _priority(state: State, data: ev.PriorityComputed, event: Event) -> None:
    state.triaged_at = state.triaged_at or event.at
    state.impact, state.urgency = data.impact, data.urgency


@folds(ev.TaskRequested)
def _requested(state: State, data: ev.TaskRequested, event: Event) -> None:
    state.differing.pop(data.key, None)  # of the attempt before
    state.tasks[data.key] = Task(
        key=data.key,
        attempt=data.attempt,
        kind=data.kind,
        role=data.role,
        title=data.title,
        step=data.step,
        inputs=data.inputs,
        requested_at=event.at,
    )


@folds(ev.TaskFinished)
def _finished(state: State, data: ev.TaskFinished, event: Event) -> None:
    task = state.tasks.get(data.key)
    if task is None or task.attempt != data.attempt or not task.running:
        return
    state.tasks[data.key] = replace(
        task,
        outcome=data.outcome,
        finished_at=event.at,
        report=data.report,
        backend=data.backend,
        why=data.why,
        transcript=data.transcript,
        dropped=data.dropped,
    )


@folds(ev.ActionStarted)
def _action_started(state: State, data: ev.ActionStarted, event: Event) -> None:
    if data.key in state.tasks:
        state.tasks[data.key] = replace(state.tasks[data.key], pid=data.pid, ticks=data.ticks)


@folds(ev.EvidenceAdded)
def _evidence(state: State, data: ev.EvidenceAdded, event: Event) -> None:
    state.evidence[data.eid] = Evidence(
        eid=data.eid,
        kind=data.kind,
        source=data.source,
        command=data.command,
        summary=data.summary,
        path=data.path,
        sha256=data.sha256,
        size=data.size,
        lines=data.lines,
        taint=data.taint,
        at=event.at,
        by=data.by,
        truncated=data.truncated,
        redactions=data.redactions,
        from_at=data.from_at,
        to_at=data.to_at,
        left_out=data.left_out,
        instructions=data.instructions,
        computed_from=data.computed_from,
    )


@folds(ev.RegressionJudged)
def _regression(state: State, data: ev.RegressionJudged, event: Event) -> None:
    if data.verdict != state.regression.get("verdict"):
        state.verdict_at = event.at
    state.regression = encode(data)
    if not state.regression_at:
        state.regression_at = event.at


@folds(ev.TierEscalated)
def _tier(state: State, data: ev.TierEscalated, event: Event) -> None:
    state.tier = data.tier
    state.tiers[data.tier] = Tier(data.tier, data.who, event.at, data.reasons, data.by)


@folds(ev.CauseConcluded)
def _cause(state: State, data: ev.CauseConcluded, event: Event) -> None:
    state.cause = encode(data)


@folds(ev.ResolutionDecided)
def _resolution(state: State, data: ev.ResolutionDecided, event: Event) -> None:
    state.resolution, state.resolution_action = data.resolution, data.action
    state.checks, state.restored_at = data.checks, data.restored_at
    state.resolutions += 1


@folds(ev.DeadlinePlanned)
def _planned(state: State, data: ev.DeadlinePlanned, event: Event) -> None:
    state.deadlines[data.name] = Deadline(
        data.name, data.kind, data.start, data.due, data.rev, planned_at=event.at
    )


def _ended(outcome: str) -> Step:
    def step(state: State, data: Any, event: Event) -> None:
        deadline = state.deadlines.get(data.name)
        if deadline is not None and deadline.counting:
            state.deadlines[data.name] = replace(deadline, outcome=outcome, ended_at=event.at)

    return step


STEPS[ev.DeadlineMet] = _ended("met")
STEPS[ev.DeadlineFired] = _ended("fired")
STEPS[ev.DeadlineMissed] = _ended("missed")
STEPS[ev.DeadlineDropped] = _ended("dropped")


@folds(ev.ApprovalRequested)
def _asked(state: State, data: ev.ApprovalRequested, event: Event) -> None:
    state.approvals[data.approval] = Approval(
        approval=data.approval,
        action=data.action,
        title=data.title,
        risk=data.risk,
        sha256=data.sha256,
        expires=data.expires,
        card=data.card,
        evidence=data.evidence,
        requested_at=event.at,
        role=data.role,
    )


@folds(ev.ApprovalEndorsed)
def _endorsed(state: State, data: ev.ApprovalEndorsed, event: Event) -> None:
    approval = state.approvals.get(data.approval)
    if approval is not None and approval.open:
        state.approvals[data.approval] = replace(
            approval,
            endorsed_by=(*approval.endorsed_by, data.by),
            endorsed_with=(*approval.endorsed_with, data.credential),
        )


def _decided(decision: str) -> Step:
    def step(state: State, data: Any, event: Event) -> None:
        approval = state.approvals.get(data.approval)
        if approval is not None and (approval.open or decision == "voided"):
            state.approvals[data.approval] = replace(
                approval,
                decision=decision,
                decided_at=event.at,
                by=getattr(data, "by", ""),
                why=getattr(data, "why", ""),
                override=getattr(data, "override", ""),
            )

    return step


STEPS[ev.ApprovalGranted] = _decided("granted")
STEPS[ev.ApprovalDenied] = _decided("denied")
STEPS[ev.ApprovalExpired] = _decided("expired")
STEPS[ev.ApprovalVoided] = _decided("voided")


@folds(ev.LineStopped)
def _line_stopped(state: State, data: ev.LineStopped, event: Event) -> None:
    state.stopped, state.assessment = data.why or NO_REASON, ""
    state.stops += 1


@folds(ev.LineReleased)
def _line_released(state: State, data: ev.LineReleased, event: Event) -> None:
    state.stopped, state.assessment = "", data.assessment


@folds(ev.DocumentWritten)
def _document(state: State, data: ev.DocumentWritten, event: Event) -> None:
    earlier = state.documents.get(data.path)
    revision = earlier.revision + 1 if earlier else 1
    state.documents[data.path] = Document(data.path, data.sha256, event.at, revision)


@folds(ev.StateHashed)
def _hashed(state: State, data: ev.StateHashed, event: Event) -> None:
    state.hashed_upto = data.upto


@folds(ev.ExceptionDeclared)
def _exception(state: State, data: ev.ExceptionDeclared, event: Event) -> None:
    state.exceptions[data.name] = {"why": data.why, "actions": list(data.actions), "at": event.at}
