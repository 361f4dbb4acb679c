"""Where the course of the code changed: which statement no longer follows which, inside a span.

For every service the statements that are logged inside one span are counted as steps from one to
the next, its start and its end included. A step that was usual and has become rare, or the other
way round, is a sign at the service that logs it: what a callee does is not charged to its caller.
"""

import math
import re
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.evidence.analysis.templates import mask
from orchestrator.evidence.bundle.contents import Windows
from orchestrator.evidence.sources import timestamps

USUAL = 0.5
"""Share of the steps from a statement that makes its successor the usual one."""

ENOUGH = 4
"""Steps from a statement, on each side, without which nothing is said of it."""

OPEN_SPANS = 200_000
"""Spans whose last statement is remembered at once; the oldest are closed first."""

END = "the end"

_PLACE = re.compile(
    r"(?<![\w.$/-])([A-Za-z_$][\w$]*(?:[./][\w$]+)*(?:#|\.(?:py|go|java|js|ts|rb|kt|cs|php):)\d+)(?!\w)"
)
_LOUD = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|[Ee]xception)\b|Traceback")


def statement(message: str) -> str:
    """Where a message was logged, if that is printed, else what it says without its particulars."""
    place = _PLACE.search(message, 0, 200)
    return place.group(1) if place is not None else mask(message)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that changed: how often it was taken, of all steps from its first statement."""

    service: str
    before: str
    after: str
    usual: float
    during: float
    """shares of the steps from `before`"""
    seen: int
    """steps from `before` in the incident"""
    score: float


@dataclass(slots=True)
class _Side:
    """Steps on one side of the beginning of the trouble."""

    steps: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    """(service, statement) → what came next"""
    loud: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(service, statement) of errors"""

    def take(self, service: str, before: str, after: str) -> None:
        self.steps.setdefault((service, before), Counter())[after] += 1


@dataclass(frozen=True, slots=True)
class Flow:
    """What the logs say of each service."""

    steps: Mapping[str, tuple[Step, ...]]
    """by service, the strongest first"""
    loud: Mapping[str, tuple[tuple[str, int, int], ...]]
    """by service: error statements that are new or many more: statement, before, now"""

    def score(self, service: str) -> float:
        """The strongest changed step; new errors count weakly, for callers log them too."""
        steps = self.steps.get(service, ())
        loud = sum(now for _, _, now in self.loud.get(service, ()))
        return max(steps[0].score if steps else 0.0, 0.5 * math.log1p(loud))


def flow(records: Iterable[Mapping[str, Any]], names: Mapping[str, str], found: Windows) -> Flow:
    """Compare the incident's steps with the normal ones. `names`: span id → name of the span."""
    normal, incident = _Side(), _Side()
    for side, service, before, after, loud in _steps(records, names, found):
        one = incident if side else normal
        if after:
            one.take(service, before, after)
        if loud:
            one.loud[service, before] += 1
    return Flow(_changed(normal, incident), _louder(normal, incident))


def _steps(
    records: Iterable[Mapping[str, Any]], names: Mapping[str, str], found: Windows
) -> Iterator[tuple[bool, str, str, str, bool]]:
    """(in the incident, service, statement, the next one or nothing yet, it is an error)."""
    last: OrderedDict[tuple[str, str], tuple[bool, str]] = OrderedDict()
    for record in records:
        at = timestamps.value(record.get("timestamp"))
        side = found.holds(at) if at is not None else None
        if side is None:
            continue
        service, message = str(record.get("service") or ""), str(record.get("message") or "")
        said = statement(message)
        loud = bool(_LOUD.search(str(record.get("severity") or ""))) or bool(
            _LOUD.search(message, 0, 120)
        )
        yield side, service, said, "", loud
        span = str(record.get("span_id") or "")
        if not span:
            continue
        key = (service, span)
        before = last.pop(key, None)
        if before is None:
            yield side, service, f"{names.get(span, 'a span')} start", said, False
        else:
            yield side, service, before[1], said, False
        last[key] = (side, said)
        if len(last) > OPEN_SPANS:
            (service, _), (side, said) = last.popitem(last=False)
            yield side, service, said, END, False
    for (service, _), (side, said) in last.items():
        yield side, service, said, END, False


def _changed(normal: _Side, incident: _Side) -> dict[str, tuple[Step, ...]]:
    found: dict[str, list[Step]] = {}
    for (service, before), usually in sorted(normal.steps.items()):
        now = incident.steps.get((service, before), Counter())
        total, seen = usually.total(), now.total()
        if total < ENOUGH or seen < ENOUGH:
            continue
        for after, count in sorted(usually.items()):
            if after == END:  # that more is said than usual is no sign of a course broken off
                continue
            usual, during = count / total, now[after] / seen
            if usual >= USUAL and during <= usual / 2:
                score = _surprise(usual, during, seen) * (1 - during / usual) ** 2
                step = Step(service, before, after, usual, during, seen, score)
                found.setdefault(service, []).append(step)
    return {
        service: tuple(sorted(steps, key=lambda s: (-s.score, s.before, s.after)))
        for service, steps in found.items()
    }


def _surprise(usual: float, during: float, seen: int) -> float:
    """Standard deviations of a share among so many steps."""
    width = math.sqrt(max(usual * (1 - usual), 0.02) / seen)
    return (usual - during) / width


def _louder(normal: _Side, incident: _Side) -> dict[str, tuple[tuple[str, int, int], ...]]:
    found: dict[str, list[tuple[str, int, int]]] = {}
    for (service, said), now in sorted(incident.loud.items()):
        before = normal.loud[service, said]
        if now > 3 * before + 2:
            found.setdefault(service, []).append((said, before, now))
    return {name: tuple(sorted(own, key=lambda e: (-e[2], e[0]))) for name, own in found.items()}
