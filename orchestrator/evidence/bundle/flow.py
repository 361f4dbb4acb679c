"""Where the course of the code changed: which statement no longer follows which, inside a span.

For every service the statements that are logged inside one span are counted as steps from one to
the next, its start and its end included. A step that was usual and has become rare, or the other
way round, is a sign at the service that logs it: what a callee does is not charged to its caller.
"""

import math
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from orchestrator.evidence.analysis.grouping import Grouping, place
from orchestrator.evidence.bundle.contents import Notes, Windows
from orchestrator.evidence.redaction import redact

USUAL = 0.5
"""Share of the steps from a statement that makes its successor the usual one."""

ENOUGH = 4
"""Steps from a statement, on each side, without which nothing is said of it."""

OPEN_SPANS = 200_000
"""Spans whose last statement is remembered at once; the oldest are closed first."""

END = "the end"

STEPS = 200_000
"""Different steps that are counted at once, on each side; later ones are left out."""

_MARKED = 2_000
"""Characters of a message that are looked at."""

_LOUD = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC|[Ee]xception)\b|Traceback")


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
    kinds: int = 0
    left_out: int = 0

    def take(self, service: str, before: str, after: str) -> None:
        known = self.steps.get((service, before))
        if known is not None and after in known:
            known[after] += 1
        elif self.kinds < STEPS:
            self.steps.setdefault((service, before), Counter())[after] += 1
            self.kinds += 1
        else:
            self.left_out += 1

    def cry(self, service: str, said: str) -> None:
        if (service, said) in self.loud or len(self.loud) < STEPS:
            self.loud[service, said] += 1
        else:
            self.left_out += 1


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


class Course:
    """Follows a stream of records, each as it comes, and compares its two sides at the end."""

    def __init__(self, start: Callable[[str], str], found: Windows, grouping: Grouping) -> None:
        self._start, self._windows, self._grouping = start, found, grouping
        self._sides = (_Side(), _Side())
        self._last: OrderedDict[tuple[str, str], tuple[bool, str]] = OrderedDict()
        self._closed = 0

    def take(self, at: float, service: str, span: str, severity: str, message: str) -> None:
        """One line: its statement, and the step to it from the one before in its span."""
        side = self._windows.holds(at)
        if side is None:
            return
        loud = bool(_LOUD.search(severity)) or bool(_LOUD.search(message, 0, 120))
        said = place(message)
        if not said:
            said = self._grouping.key(redact(message[:_MARKED])[0], loud)
        one = self._sides[side]
        if loud:
            one.cry(service, said)
        if not span:
            return
        key = (service, span)
        before = self._last.pop(key, None)
        if before is not None:
            one.take(service, before[1], said)
        elif start := self._start(span):
            one.take(service, start, said)
        self._last[key] = (side, said)
        if len(self._last) > OPEN_SPANS:
            (service, _), (side, said) = self._last.popitem(last=False)
            self._sides[side].take(service, said, END)
            self._closed += 1

    def flow(self, notes: Notes) -> Flow:
        """What changed; what was left out is noted."""
        for (service, _), (side, said) in self._last.items():
            self._sides[side].take(service, said, END)
        self._last.clear()
        normal, incident = self._sides
        if left_out := normal.left_out + incident.left_out:
            notes.add(f"logs.ndjson: {left_out} steps between statements were not counted, for "
                      "there are too many different ones")  # fmt: skip
        if self._closed:
            notes.add(f"logs.ndjson: {self._closed} spans were taken as ended, for too many "
                      "were open at once")  # fmt: skip

        def name(key: str) -> str:
            return self._grouping.template(key) or "a statement given up for newer ones"

        return Flow(_changed(normal, incident, name), _louder(normal, incident, name))


def _changed(
    normal: _Side, incident: _Side, name: Callable[[str], str]
) -> dict[str, tuple[Step, ...]]:
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
                step = Step(service, name(before), name(after), usual, during, seen, score)
                found.setdefault(service, []).append(step)
    return {
        service: tuple(sorted(steps, key=lambda s: (-s.score, s.before, s.after)))
        for service, steps in found.items()
    }


def _surprise(usual: float, during: float, seen: int) -> float:
    """Standard deviations of a share among so many steps."""
    width = math.sqrt(max(usual * (1 - usual), 0.02) / seen)
    return (usual - during) / width


def _louder(
    normal: _Side, incident: _Side, name: Callable[[str], str]
) -> dict[str, tuple[tuple[str, int, int], ...]]:
    found: dict[str, list[tuple[str, int, int]]] = {}
    for (service, said), now in sorted(incident.loud.items()):
        before = normal.loud[service, said]
        if now > 3 * before + 2:
            found.setdefault(service, []).append((name(said), before, now))
    return {name: tuple(sorted(own, key=lambda e: (-e[2], e[0]))) for name, own in found.items()}
