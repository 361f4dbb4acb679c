"""Work that was asked for, how it ended, and the evidence it brought."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Json, Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class TaskRequested(Payload):
    """Work was asked for. Written and fsynced before any of it starts: it is also the intent."""

    type: ClassVar[str] = "task.requested"
    key: str
    attempt: int
    kind: str
    """agent | prepare | action | probe | preserve | options | page | deliver: who performs it"""
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
    """log | metric | change | deploy | code | health | human | alert | analysis | ..."""
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
    left_out: int = 0
    """bytes of its middle that are kept nowhere"""
    instructions: tuple[str, ...] = ()
    """lines that read like instructions to an agent (`line 3 gives the reader a role`): shown to
    people, never followed"""
    computed_from: tuple[str, ...] = ()
    """of an analysis: the items it was computed from; without them it is no source of its own"""
