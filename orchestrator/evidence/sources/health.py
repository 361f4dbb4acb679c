"""A health check over HTTP: what the service says of itself, how long that took, word for word."""

import json
from dataclasses import dataclass
from typing import Any

from orchestrator.clock import Clock
from orchestrator.evidence.sources.source import SourceError
from orchestrator.evidence.sources.web import ask
from orchestrator.settings import Service

TIMEOUT = 2.0
_BYTES = 64 * 1024
_ILL = frozenset({"down", "fail", "failed", "failing", "unhealthy", "error", "critical",
                  "out_of_service", "not_serving"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """One look. `status` is 0 when nothing answered; that is a finding, not a failed source."""

    address: str
    status: int
    well: bool
    said: str
    """the body, or why there is none"""
    why: str
    """one line"""
    took: float
    """seconds"""


async def check(address: str, clock: Clock, timeout: float = TIMEOUT) -> Health:
    """Ask once. A redirect, a refusal or a body that says `down` is not well."""
    begun = clock.now()
    try:
        answer = await ask(address, timeout, _BYTES, follow=False)
    except SourceError as error:
        why = str(error).removeprefix(f"{address}: ")
        return Health(address, 0, False, str(error), why, _since(begun, clock))
    took = _since(begun, clock)
    word = _own_word(answer.body)
    well = answer.good and word.lower() not in _ILL
    why = f"answers {answer.status}" + (f", status {word}" if word else "")
    return Health(address, answer.status, well, answer.body, why, took)


def address_of(service: Service) -> str:
    """Where the service says that it is well; empty when nothing tells."""
    if service.health:
        return service.health
    if service.metrics:
        return service.metrics.split("?")[0].rpartition("/")[0] + "/healthz"
    return ""


def _own_word(body: str) -> str:
    """The `status` of a JSON body, as health endpoints write it (`UP`, `pass`, `unhealthy`)."""
    try:
        data: Any = json.loads(body) if body.lstrip()[:1] == "{" else None
    except (ValueError, RecursionError):
        return ""
    word = data.get("status") if isinstance(data, dict) else None
    return " ".join(word.split())[:40] if isinstance(word, str) else ""


def _since(begun: float, clock: Clock) -> float:
    return round(max(0.0, clock.now() - begun), 3)
