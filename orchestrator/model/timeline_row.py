"""A line of the timeline, and how one is put together: shared by all that write lines."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.model.wording import ids

MARKS = ("done", "now", "info", "warn", "wait", "star", "late")
KINDS = ("incident", "task", "evidence", "deadline", "approval", "people", "cause", "record")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the timeline. A screen may clip `text`; a document prints all of it."""

    at: float
    mark: str
    """done | now | info | warn | wait | star | late"""
    text: str
    who: str
    """the right-hand fact: a person, evidence ids, a role's code, a length of time"""
    evidence: tuple[str, ...]
    kind: str
    """incident | task | evidence | deadline | approval | people | cause | record"""


def line(
    mark: str, text: str, who: str = "", evidence: Sequence[str] = (), kind: str = "incident"
) -> Row:
    """A row whose time is not known yet; without a name its evidence stands at the right."""
    return Row(0.0, mark, " ".join(text.split()), who or ids(evidence), tuple(evidence), kind)


def with_reason(text: str, more: str) -> str:
    """`denied`, `payday` as `denied: payday`."""
    return f"{text}: {more}" if more else text


def spoken(name: str) -> str:
    """A name from settings or commands as words."""
    return re.sub(r"[_-]+", " ", name).strip()
