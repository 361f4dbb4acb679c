"""Changes that wait for a key, how they were decided, and the line that stops them."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Json, Payload, journalled


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
    """A person approved exactly what the hash names."""

    type: ClassVar[str] = "approval.granted"
    approval: str
    sha256: str
    by: str
    override: str = ""
    """why, although only one untrusted source speaks for it; empty where none was needed"""
    credential: str = ""
    """what proved who they are: `uid:1000` or `token:9f86d081`"""


@journalled
@dataclass(frozen=True, slots=True)
class ApprovalEndorsed(Payload):
    """One person approved it; it waits for the next one, with another credential."""

    type: ClassVar[str] = "approval.endorsed"
    approval: str
    sha256: str
    by: str
    credential: str
    """what proved who they are: `uid:1000` or `token:9f86d081`"""
    override: str = ""


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
