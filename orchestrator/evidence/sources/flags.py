"""The change log of feature flags: which was turned when, by whom, from what. One JSON a line."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.source import TIMEOUT, within
from orchestrator.evidence.sources.timestamps import value


@dataclass(frozen=True, slots=True)
class Flip:
    """One turn of a flag; `line` is its place in the content that goes into the ledger."""

    at: float
    flag: str
    before: str
    after: str
    by: str
    service: str
    """empty where the log does not say: the log is then that of the service itself"""
    line: int


@dataclass(frozen=True, slots=True)
class FlagLog:
    """The log as read: its lines, and how many of them are no turns."""

    flips: tuple[Flip, ...]
    content: str
    malformed: int
    truncated: bool

    def of(self, service: str) -> list[Flip]:
        """What changed a service, oldest first; a flag set to what it was changed nothing."""
        turned = (one for one in self.flips if one.before != one.after)
        return sorted((one for one in turned if one.service in ("", service)), key=_at)


async def read(path: Path, timeout: float = TIMEOUT) -> FlagLog:
    """The flag log at `path`. SourceError when it cannot be read."""
    tail = await within(timeout, path.name, lambda: read_tail(path, lines=2000))
    return parse(tail.text, tail.truncated)


def parse(content: str, truncated: bool = False) -> FlagLog:
    """Turns from lines; a line that is none is counted, never fatal."""
    found: list[Flip] = []
    malformed = 0
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        flip = _flip(line, number)
        if flip is None:
            malformed += 1
        else:
            found.append(flip)
    return FlagLog(tuple(found), content, malformed, truncated)


def _flip(line: str, number: int) -> Flip | None:
    try:
        data: Any = json.loads(line)
        at = value(data["at"])
        name = data["flag"]
        if at is None or not isinstance(name, str) or not name or not name.isprintable():
            return None
        return Flip(
            at=at,
            flag=name,
            before=_word(data["from"]),
            after=_word(data["to"]),
            by=str(data.get("by") or ""),
            service=str(data.get("service") or ""),
            line=number,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _word(given: Any) -> str:
    """A value as a command would take it: `true`, `off`, `0.25`."""
    if isinstance(given, dict | list):
        raise ValueError("is no single value")
    return given if isinstance(given, str) else json.dumps(given)


def _at(flip: Flip) -> float:
    return flip.at
