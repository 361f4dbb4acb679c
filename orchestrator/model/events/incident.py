"""The incident as a whole: detected, dated, acknowledged, ranked, moved on."""

from dataclasses import dataclass, field
from typing import ClassVar

from orchestrator.model.events.envelope import FLOW_VERSION, Json, Payload, journalled


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
    answers: Json = field(default_factory=dict)
    """the eight questions of the intake, those that were answered"""
    themes: tuple[Json, ...] = ()
    """what the guidance asks for: {"name", "effect"}, as parsed at intake"""
    drill: bool = False
    flow_version: int = FLOW_VERSION
    duty: tuple[Json, ...] = ()
    """who is on call by the rotations: {"role", "people", "until"}"""
    bisects: tuple[str, ...] = ()
    """services whose settings have a test for a bisect"""


@journalled
@dataclass(frozen=True, slots=True)
class IncidentForked(Payload):
    """All before this is another incident's history; from here on it is a drill."""

    type: ClassVar[str] = "incident.forked"
    source: str
    """the incident it was forked from"""
    seq: int
    """that incident's last event in it"""
    head: str
    """the hash of that event, so that it can be found again"""
    by: str


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
    """settings | rotation | cover | handoff, or the person who said so"""
    why: str = ""
    before: str = ""
    """who held it until now; empty where nobody did, or the same person"""


@journalled
@dataclass(frozen=True, slots=True)
class Acknowledged(Payload):
    """A person has seen the alert and says so."""

    type: ClassVar[str] = "incident.acknowledged"
    by: str


@journalled
@dataclass(frozen=True, slots=True)
class AcknowledgementLapsed(Payload):
    """Nothing followed an acknowledgement in its time: it counts no more, and people are called
    again."""

    type: ClassVar[str] = "acknowledgement.lapsed"
    by: str
    """whose it was"""


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
