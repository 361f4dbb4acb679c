"""Changes that were tried, what each did, the ones a person chose, and a recovery that broke."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Json, Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class AttemptJudged(Payload):
    """What a change that was carried out did, decided by code from the looks before and after."""

    type: ClassVar[str] = "attempt.judged"
    number: int
    approval: str
    action: str
    kind: str
    title: str
    params: Json
    effect: str
    """failed | worse | unmeasured | none | improved | restored"""
    resolution: str
    """RESOLVED | PARTIALLY_RESOLVED | NOT_RESOLVED; empty where the command failed"""
    why: str
    undo: bool = False
    """the catalogue can take it back"""


@journalled
@dataclass(frozen=True, slots=True)
class ChangeChosen(Payload):
    """A person wants a card of exactly this action; it still needs its own approval."""

    type: ClassVar[str] = "change.chosen"
    action: str
    params: Json
    why: str
    by: str
    kinds: tuple[str, ...] = ()
    """what kind of action it has to be; empty: any"""


@journalled
@dataclass(frozen=True, slots=True)
class Relapsed(Payload):
    """The checks fail again soon after the resolution: that resolution was provisional."""

    type: ClassVar[str] = "incident.relapsed"
    resolution: int
    """the how manieth resolution it was"""
    action: str
    why: str
    evidence: tuple[str, ...] = ()
