"""Who is let into the circle of those who know of a possible breach."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class PersonAdmitted(Payload):
    """Somebody inside the circle lets another person act on a possible breach."""

    type: ClassVar[str] = "person.admitted"
    person: str
    by: str
