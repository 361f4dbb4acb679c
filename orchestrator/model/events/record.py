"""Facts about the record itself: documents, runners, hashes, failures of our own."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


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
    shape: str = ""
    """which fields a state had in the release that wrote it; another one's hash is another"""


@journalled
@dataclass(frozen=True, slots=True)
class FlowFailed(Payload):
    """The flow itself raised: the input is kept and commands go on working."""

    type: ClassVar[str] = "flow.failed"
    where: str
    error: str
