"""The deploy log: what went live, when, by whom, instead of what. One JSON object a line."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.evidence.sources.files import read_tail
from orchestrator.evidence.sources.source import TIMEOUT, within
from orchestrator.evidence.sources.timestamps import value


@dataclass(frozen=True, slots=True)
class Deployed:
    """One line of the log; `line` is its place in the content that goes into the ledger."""

    at: float
    service: str
    version: str
    previous: str
    by: str
    kind: str
    ok: bool
    line: int
    took: float | None = None
    """seconds from its beginning to its end, where the log says so"""

    @property
    def configures(self) -> bool:
        """Whether it changed the configuration, and the version is that of the configuration."""
        return self.kind == CONFIGURATION


CONFIGURATION = "configuration"
"""How a line says that it put a configuration live, not a program."""


@dataclass(frozen=True, slots=True)
class DeployLog:
    """The log as read: its lines, and how many of them are no deploys."""

    deploys: tuple[Deployed, ...]
    content: str
    malformed: int
    truncated: bool

    def of(self, service: str) -> list[Deployed]:
        """What changed a service, oldest first; failed and repeated deploys changed nothing."""
        changed = (d for d in self.deploys if d.ok and d.version != d.previous)
        return sorted((d for d in changed if d.service == service), key=_at)

    def live_at(self, service: str, at: float) -> Deployed | None:
        """The deploy whose version was live at a moment."""
        return next((d for d in reversed(self.of(service)) if d.at <= at), None)


async def read(path: Path, timeout: float = TIMEOUT) -> DeployLog:
    """The deploy log at `path`. SourceError when it cannot be read."""
    tail = await within(timeout, path.name, lambda: read_tail(path, lines=2000))
    return parse(tail.text, tail.truncated)


def parse(content: str, truncated: bool = False) -> DeployLog:
    """Deploys from lines; a line that is none is counted, never fatal."""
    found: list[Deployed] = []
    malformed = 0
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        deploy = _deploy(line, number)
        if deploy is None:
            malformed += 1
        else:
            found.append(deploy)
    return DeployLog(tuple(found), content, malformed, truncated)


def _deploy(line: str, number: int) -> Deployed | None:
    try:
        data: Any = json.loads(line)
        when = value(_first(data, "at", "ts", "time", "timestamp"))
        if when is None:
            return None
        status = data.get("ok", data.get("status"))
        return Deployed(
            at=when,
            service=str(data["service"]),
            version=str(_first(data, "version", "sha", "commit")),
            previous=str(data.get("previous") or data.get("prev") or ""),
            by=str(data.get("by") or ""),
            kind=str(data.get("kind") or "deploy"),
            ok=status not in (False, "failed", "failure", "error"),
            line=number,
            took=_seconds(data),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _seconds(data: dict[str, Any]) -> float | None:
    for key in ("seconds", "took", "duration"):
        given = data.get(key)
        if isinstance(given, int | float) and not isinstance(given, bool) and 0 < given < 86400:
            return float(given)
    return None


def _first(data: dict[str, Any], *keys: str) -> Any:
    """The first of several usual names of a field. KeyError when there is none of them."""
    for key in keys:
        if data.get(key) not in (None, ""):
            return data[key]
    raise KeyError(keys[0])


def _at(deploy: Deployed) -> float:
    return deploy.at
