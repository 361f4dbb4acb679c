"""The envelope of every event (one line of the journal), and the register of payloads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    credential: str = field(default="", compare=False)
    """what proved who a person is: `uid:1000` or `token:9f86d081`; not part of who it is"""

    @property
    def is_person(self) -> bool:
        """True for those whose word counts as a person's; in a drill that is the autopilot's."""
        return self.kind in ("human", "drill-autopilot")


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
