"""Claims and their evidence: what reports are made of, and the check that drops what lacks it."""

from collections.abc import Set
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

UNKNOWN = "UNKNOWN"
"""What a field reads that nobody knows."""


class Strict(BaseModel):
    """No field that the schema does not name, and nothing changes once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Claim(Strict):
    """One statement. It cites evidence, or says of itself that it is an assumption."""

    text: str = Field(min_length=1, max_length=2000)
    evidence: tuple[str, ...] = ()
    """E-numbers, each as `E12` or with a line as `E12:340`"""
    assumption: bool = False


class OpenQuestion(Strict):
    """A field nobody knows, and the question a human could answer."""

    field: str
    question: str


class Report(Strict):
    """The parts all reports share."""

    summary: Claim
    """one or two sentences: what this task found"""
    claims: tuple[Claim, ...] = ()
    unknown: tuple[OpenQuestion, ...] = ()


R = TypeVar("R", bound=Report)


def checked(report: R, known: Set[str]) -> tuple[R, tuple[str, ...]]:
    """The report without the claims that do not hold, and the texts of those dropped.

    A claim holds when it cites at least one item and every item it cites is in `known` (E-numbers),
    or when it is marked as an assumption and cites nothing unknown. Claims are looked for at any
    depth; one that is a field of its own (not in a list) becomes UNKNOWN instead of vanishing.
    """
    dropped: list[str] = []
    kept = _checked_model(report, known, dropped)
    assert isinstance(kept, type(report))
    return kept, tuple(dropped)


def _holds(claim: Claim, known: Set[str]) -> bool:
    cited = {item.split(":")[0] for item in claim.evidence}
    return cited <= known and (bool(cited) or claim.assumption)


def _checked_model(model: BaseModel, known: Set[str], dropped: list[str]) -> BaseModel:
    changes: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Claim):
            if not _holds(value, known):
                dropped.append(value.text)
                changes[name] = Claim(text=UNKNOWN, assumption=True)
        elif isinstance(value, BaseModel):
            changes[name] = _checked_model(value, known, dropped)
        elif isinstance(value, tuple):
            changes[name] = _checked_items(value, known, dropped)
    return model.model_copy(update=changes)


def _checked_items(items: tuple[Any, ...], known: Set[str], dropped: list[str]) -> tuple[Any, ...]:
    kept: list[Any] = []
    for item in items:
        if isinstance(item, Claim):
            if _holds(item, known):
                kept.append(item)
            else:
                dropped.append(item.text)
        elif isinstance(item, BaseModel):
            kept.append(_checked_model(item, known, dropped))
        else:
            kept.append(item)
    return tuple(kept)
