"""Several serious incidents at once: who coordinates, in which order, and whether changes rest."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class FreezeDeclared(Payload):
    """Changes rest in every open incident of the project: none can be approved."""

    type: ClassVar[str] = "freeze.declared"
    why: str
    by: str
    source: str = ""
    """the incident it was declared in, where that is another one"""


@journalled
@dataclass(frozen=True, slots=True)
class FreezeLifted(Payload):
    """Changes may be approved again."""

    type: ClassVar[str] = "freeze.lifted"
    why: str
    by: str
    source: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class CoordinatorNamed(Payload):
    """Somebody coordinates all incidents of a major one; each keeps its own commander."""

    type: ClassVar[str] = "coordinator.named"
    person: str
    by: str
    source: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class IncidentsOrdered(Payload):
    """Which incident of a major one comes first, by business impact."""

    type: ClassVar[str] = "incidents.ordered"
    order: tuple[str, ...]
    why: tuple[str, ...]
    """for each of them, what put it there"""
