"""Everything that can happen to an incident, as typed facts in the past tense.

An `Event` is the envelope (one line of the journal); its `data` is one of the payloads below.
A payload of a type this release does not know is kept as `Unknown`, so it survives a round trip.
Ids come from meaning (`tier1/data#1/requested`), so that drafting a fact twice writes it once.
Times are seconds since the epoch, UTC; lengths of time are seconds; shares are 0..1.
"""

from orchestrator.model.events.approvals import (
    ActionStarted,
    ApprovalDenied,
    ApprovalExpired,
    ApprovalGranted,
    ApprovalRequested,
    ApprovalVoided,
    LineReleased,
    LineStopped,
)
from orchestrator.model.events.clocks import (
    DeadlineDropped,
    DeadlineFired,
    DeadlineMet,
    DeadlineMissed,
    DeadlinePlanned,
)
from orchestrator.model.events.envelope import (
    FLOW,
    FLOW_VERSION,
    PAYLOADS,
    RUNNER,
    SCHEMA,
    Actor,
    Event,
    Json,
    P,
    Payload,
    Unknown,
    journalled,
)
from orchestrator.model.events.incident import (
    Acknowledged,
    AlertRepeated,
    CommandRefused,
    Engaged,
    ImpactDated,
    IncidentDetected,
    NoteAdded,
    PriorityComputed,
    QuestionOpened,
    RoleAssigned,
    SeveritySet,
    StatusChanged,
)
from orchestrator.model.events.judgement import (
    CauseConcluded,
    RegressionJudged,
    ResolutionDecided,
    TierEscalated,
)
from orchestrator.model.events.record import (
    DocumentFailed,
    DocumentWritten,
    FlowFailed,
    RunnerStarted,
    StateHashed,
)
from orchestrator.model.events.work import (
    EvidenceAdded,
    ReportRefused,
    Steered,
    StopRequested,
    TaskFinished,
    TaskRequested,
)

__all__ = [
    "FLOW",
    "FLOW_VERSION",
    "PAYLOADS",
    "RUNNER",
    "SCHEMA",
    "Acknowledged",
    "ActionStarted",
    "Actor",
    "AlertRepeated",
    "ApprovalDenied",
    "ApprovalExpired",
    "ApprovalGranted",
    "ApprovalRequested",
    "ApprovalVoided",
    "CauseConcluded",
    "CommandRefused",
    "DeadlineDropped",
    "DeadlineFired",
    "DeadlineMet",
    "DeadlineMissed",
    "DeadlinePlanned",
    "DocumentFailed",
    "DocumentWritten",
    "Engaged",
    "Event",
    "EvidenceAdded",
    "FlowFailed",
    "ImpactDated",
    "IncidentDetected",
    "Json",
    "LineReleased",
    "LineStopped",
    "NoteAdded",
    "P",
    "Payload",
    "PriorityComputed",
    "QuestionOpened",
    "RegressionJudged",
    "ReportRefused",
    "ResolutionDecided",
    "RoleAssigned",
    "RunnerStarted",
    "SeveritySet",
    "StateHashed",
    "StatusChanged",
    "Steered",
    "StopRequested",
    "TaskFinished",
    "TaskRequested",
    "TierEscalated",
    "Unknown",
    "journalled",
]
