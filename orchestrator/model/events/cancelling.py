"""A change that a person cuts short."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class CancelRequested(Payload):
    """A person wants a running change ended, whatever it has done by then."""

    type: ClassVar[str] = "change.cancel_requested"
    key: str
    by: str
    why: str
