"""Everything that can happen to an incident, as typed facts in the past tense.

An `Event` is the envelope (one line of the journal); its `data` is one of the payloads below.
A payload of a type this release does not know is kept as `Unknown`, so it survives a round trip.
Ids come from meaning (`tier1/data#1/requested`), so that drafting a fact twice writes it once.
Times are seconds since the epoch, UTC; lengths of time are seconds; shares are 0..1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

SCHEMA = 1
"""Version of the line format, written as `v` in every line."""

FLOW_VERSION = 1
"""Raised when a step is added in territory that a running incident may have passed."""

Json = Mapping[str, Any]
"""A JSON object: reports, cards and task inputs travel as these, already validated."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. `kind`: human, agent, flow, runner, alert or drill-autopilot."""

    kind: str
    name: str


FLOW = Actor("flow", "flow")
RUNNER = Actor("runner", "runner")


class Payload:
    """What an event says. Subclasses are frozen dataclasses whose `type` names the fact."""

    __slots__ = ()
    type: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Unknown(Payload):
    """A fact from another release: kept word for word, changes nothing."""

    type: ClassVar[str] = "unknown"
    name: str
    data: Json


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the journal: `prev` and `hash` chain it to the line before."""

    seq: int
    id: str
    at: float
    actor: Actor
    data: Payload
    prev: str = ""
    hash: str = ""

    @property
    def type(self) -> str:
        return self.data.name if isinstance(self.data, Unknown) else self.data.type


PAYLOADS: dict[str, type[Payload]] = {}
"""Every known payload by the type it is journalled under."""

P = TypeVar("P", bound=Payload)


def journalled(cls: type[P]) -> type[P]:
    PAYLOADS[cls.type] = cls
    return cls


# --- the incident as a whole ----------------------------------------------------------------------


@journalled
@dataclass(frozen=True, slots=True)
class IncidentDetected(Payload):
    """The first line of every journal: what is known at detection, and the policy in force."""

    type: ClassVar[str] = "incident.detected"
    incident: str
    title: str
    service: str
    symptoms: str
    reporter: str
    method: str
    """automated-alert | user-report | monitoring | manual"""
    severity: str
    """P0..P3 as reported, provisional until triage; empty when nobody said"""
    category: str
    """availability | performance | functionality | security | data-integrity"""
    project: str
    alert: Json
    """the alert as received, after validation; empty for a report in words"""
    policy: Json
    people: tuple[Json, ...]
    guidance: str = ""
    drill: bool = False
    flow_version: int = FLOW_VERSION


@journalled
@dataclass(frozen=True, slots=True)
class AlertRepeated(Payload):
    """Another notification about the same trouble: recorded, no second incident."""

    type: ClassVar[str] = "alert.repeated"
    status: str
    summary: str
    alert: Json


@journalled
@dataclass(frozen=True, slots=True)
class ImpactDated(Payload):
    """When users were first hit, computed from evidence; an alert's own time is not that."""

    type: ClassVar[str] = "impact.dated"
    started_at: float
    how: str
    evidence: tuple[str, ...]


@journalled
@dataclass(frozen=True, slots=True)
class StatusChanged(Payload):
    """DETECTED → TRIAGED → INVESTIGATING → MITIGATING → RESOLVED → REVIEWED → CLOSED; STOPPED."""

    type: ClassVar[str] = "status.changed"
    status: str
    why: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class SeveritySet(Payload):
    """The severity in force. `by`: report, matrix, or the person who overrode it."""

    type: ClassVar[str] = "severity.set"
    severity: str
    by: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class PriorityComputed(Payload):
    """What the impact × urgency matrix says; recorded even when a human's word stands above it."""

    type: ClassVar[str] = "priority.computed"
    impact: str
    urgency: str
    severity: str


@journalled
@dataclass(frozen=True, slots=True)
class RoleAssigned(Payload):
    """commander, technical-lead, communications-lead or on-call."""

    type: ClassVar[str] = "role.assigned"
    role: str
    person: str
    how: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class Acknowledged(Payload):
    """A person has seen the alert and says so."""

    type: ClassVar[str] = "incident.acknowledged"
    by: str


@journalled
@dataclass(frozen=True, slots=True)
class Engaged(Payload):
    """A person, not an agent, has begun to work on it."""

    type: ClassVar[str] = "incident.engaged"
    by: str
    how: str


@journalled
@dataclass(frozen=True, slots=True)
class NoteAdded(Payload):
    """A sentence of the responder's, for the timeline."""

    type: ClassVar[str] = "note.added"
    text: str


@journalled
@dataclass(frozen=True, slots=True)
class QuestionOpened(Payload):
    """A field nobody knows: it reads UNKNOWN until a human fills it."""

    type: ClassVar[str] = "question.opened"
    field: str
    text: str


@journalled
@dataclass(frozen=True, slots=True)
class CommandRefused(Payload):
    """Somebody asked for something that could not be done then, and was told why."""

    type: ClassVar[str] = "command.refused"
    command: str
    why: str


# --- work -----------------------------------------------------------------------------------------


@journalled
@dataclass(frozen=True, slots=True)
class TaskRequested(Payload):
    """Work was asked for. Written and fsynced before any of it starts: it is also the intent."""

    type: ClassVar[str] = "task.requested"
    key: str
    attempt: int
    kind: str
    """agent | prepare | action | probe: who in the conductor performs it"""
    role: str
    title: str
    step: str
    inputs: Json


@journalled
@dataclass(frozen=True, slots=True)
class TaskFinished(Payload):
    """The end of one attempt. `outcome`: done | failed | stopped | unknown."""

    type: ClassVar[str] = "task.finished"
    key: str
    attempt: int
    outcome: str
    report: Json
    backend: str = ""
    why: str = ""
    transcript: str = ""
    transcript_sha256: str = ""
    dropped: tuple[str, ...] = ()
    """claims that did not hold (their evidence does not exist): shown as dropped, never rendered"""


@journalled
@dataclass(frozen=True, slots=True)
class ReportRefused(Payload):
    """A report for an attempt that is not in force (late or foreign)."""

    type: ClassVar[str] = "report.refused"
    key: str
    attempt: int
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class StopRequested(Payload):
    """A human asked a running agent to stop."""

    type: ClassVar[str] = "task.stop_requested"
    key: str


@journalled
@dataclass(frozen=True, slots=True)
class Steered(Payload):
    """A human gave a running agent a sentence to go by."""

    type: ClassVar[str] = "task.steered"
    key: str
    text: str


@journalled
@dataclass(frozen=True, slots=True)
class EvidenceAdded(Payload):
    """One numbered observation; its content lies in the ledger under its hash."""

    type: ClassVar[str] = "evidence.added"
    eid: str
    """E1, E2, ...: what claims cite; `[E12:340]` names line 340 of it"""
    kind: str
    """log | metric | change | deploy | code | health | human | analysis"""
    source: str
    command: str
    """the exact command, query or address that gave it"""
    summary: str
    path: str
    sha256: str
    size: int
    lines: int
    taint: str
    """outside (telemetry, commits: untrusted) | ours | human"""
    truncated: bool = False
    redactions: int = 0
    from_at: float = 0.0
    to_at: float = 0.0
    by: str = ""
    """key of the task that gathered it"""


# --- judgement ------------------------------------------------------------------------------------


@journalled
@dataclass(frozen=True, slots=True)
class RegressionJudged(Payload):
    """Verdict by code from the analyst's indicators, and the row of the decision matrix."""

    type: ClassVar[str] = "regression.judged"
    verdict: str
    confidence: str
    share: float
    """share of the indicators that hold, 0..1"""
    rollback: str
    impact: str
    action: str
    urgency: str
    culprit: str
    """the introducing commit, or empty"""
    culprit_confidence: float
    good_version: str
    bad_version: str
    evidence: tuple[str, ...]


@journalled
@dataclass(frozen=True, slots=True)
class TierEscalated(Payload):
    """The functional ladder went up one rung, and why."""

    type: ClassVar[str] = "tier.escalated"
    tier: int
    who: str
    reasons: tuple[str, ...]
    by: str
    """reason | time | human"""


@journalled
@dataclass(frozen=True, slots=True)
class CauseConcluded(Payload):
    """The root cause as far as code lets it stand: CONFIRMED | LIKELY | INCONCLUSIVE."""

    type: ClassVar[str] = "cause.concluded"
    verdict: str
    statement: str
    culprit: str
    evidence: tuple[str, ...]
    claimed: str
    """what was claimed before code capped it"""
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class ResolutionDecided(Payload):
    """RESOLVED | PARTIALLY_RESOLVED | NOT_RESOLVED, by the checks alone."""

    type: ClassVar[str] = "resolution.decided"
    resolution: str
    action: str
    """what brought it about; empty when it recovered by itself"""
    checks: tuple[Json, ...]
    restored_at: float = 0.0


# --- clocks ---------------------------------------------------------------------------------------


@journalled
@dataclass(frozen=True, slots=True)
class DeadlinePlanned(Payload):
    """A promise with its time; planned again under the next `rev` whenever that time moves."""

    type: ClassVar[str] = "deadline.planned"
    name: str
    kind: str
    """promise: being late is a breach | trigger: something is done when it comes"""
    start: float
    due: float
    rev: int
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineMet(Payload):
    """The promise was kept."""

    type: ClassVar[str] = "deadline.met"
    name: str
    took: float


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineFired(Payload):
    """Its time came: a breach of a promise, or the moment a trigger acts."""

    type: ClassVar[str] = "deadline.fired"
    name: str
    due: float


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineMissed(Payload):
    """Its time came while no runner was looking; said so, not silently fired."""

    type: ClassVar[str] = "deadline.missed"
    name: str
    due: float
    late: float


@journalled
@dataclass(frozen=True, slots=True)
class DeadlineDropped(Payload):
    """It no longer applies (nothing left to escalate, nothing to promise)."""

    type: ClassVar[str] = "deadline.dropped"
    name: str
    why: str


# --- approvals and actions ------------------------------------------------------------------------


@journalled
@dataclass(frozen=True, slots=True)
class ApprovalRequested(Payload):
    """A change waits for a human's key; the card says exactly what would run."""

    type: ClassVar[str] = "approval.requested"
    approval: str
    action: str
    title: str
    risk: str
    sha256: str
    """of what will run: argv, parameters, target and pre-state"""
    expires: float
    card: Json
    evidence: tuple[str, ...]
    role: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class ApprovalGranted(Payload):
    type: ClassVar[str] = "approval.granted"
    approval: str
    sha256: str
    by: str


@journalled
@dataclass(frozen=True, slots=True)
class ApprovalDenied(Payload):
    type: ClassVar[str] = "approval.denied"
    approval: str
    by: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class ApprovalExpired(Payload):
    type: ClassVar[str] = "approval.expired"
    approval: str


@journalled
@dataclass(frozen=True, slots=True)
class ApprovalVoided(Payload):
    """What was approved is no longer what would happen: drift, STOP, or the flow moved on."""

    type: ClassVar[str] = "approval.voided"
    approval: str
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class ActionStarted(Payload):
    """The approved command is running: pid and start time let a later runner find it again."""

    type: ClassVar[str] = "action.started"
    key: str
    pid: int
    ticks: int
    """start time of the process in kernel clock ticks"""
    adopted: bool = False


@journalled
@dataclass(frozen=True, slots=True)
class LineStopped(Payload):
    """No change can be approved until an assessment is recorded."""

    type: ClassVar[str] = "line.stopped"
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class LineReleased(Payload):
    type: ClassVar[str] = "line.released"
    assessment: str


# --- the record itself ----------------------------------------------------------------------------


@journalled
@dataclass(frozen=True, slots=True)
class DocumentWritten(Payload):
    """A document of the incident was rendered to disk, relative to the incident's folder."""

    type: ClassVar[str] = "document.written"
    path: str
    sha256: str
    bytes: int


@journalled
@dataclass(frozen=True, slots=True)
class DocumentFailed(Payload):
    """A document could not be rendered (its template is wrong); it is tried again."""

    type: ClassVar[str] = "document.failed"
    why: str


@journalled
@dataclass(frozen=True, slots=True)
class RunnerStarted(Payload):
    """A runner took the incident up (again); `down` is how long nobody looked after it."""

    type: ClassVar[str] = "runner.started"
    pid: int
    down: float
    version: str


@journalled
@dataclass(frozen=True, slots=True)
class StateHashed(Payload):
    """Hash of the state after event `upto`: a replay must arrive at the same."""

    type: ClassVar[str] = "state.hashed"
    upto: int
    sha256: str


@journalled
@dataclass(frozen=True, slots=True)
class FlowFailed(Payload):
    """The flow itself raised: the input is kept and commands go on working."""

    type: ClassVar[str] = "flow.failed"
    where: str
    error: str
