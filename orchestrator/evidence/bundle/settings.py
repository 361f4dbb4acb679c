"""Numbers that a diff gives to the same name before and after, and what less room that leaves."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.evidence.analysis.names import parts
from orchestrator.evidence.bundle.hunks import Hunk, Statement

_UNITS = {
    "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0,
    "nanosecond": 1e-9, "microsecond": 1e-6, "millisecond": 1e-3, "second": 1.0, "minute": 60.0,
    "hour": 3600.0, "k": 1e3, "ki": 1024.0, "mi": 1024.0**2, "gi": 1024.0**3, "kb": 1e3,
    "mb": 1e6, "gb": 1e9, "g": 1e9,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.#])(-?\d[\d_]*(?:\.\d+)?)\s?(?:\*\s*(?:time|Duration|chrono)[.:]+(\w+?)s?\b"
    r"|(ns|us|ms|s|m|h|d|Ki|Mi|Gi|[KMG]B|k|g)\b)?(?![\w.]*\d)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"""["']v?\d+(?:[.-]\d+)+[^"']*["']""")
_NAME = re.compile(r"[A-Za-z_][\w-]*")

ROOM = frozenset(
    re.findall(
        r"\w+",
        """max maximum
    limit size pool capacity worker workers thread threads quota connections conns
    conn buffer memory cpu replicas slots concurrency maxsize attempts retries retry budget burst
    rate depth heap ceiling batch partitions shards ulimit open
    timeout ttl deadline wait delay backoff leeway grace skew expiry lease keepalive tolerance
    interval period window age idle jitter cooldown retention""",
    )
)
"""Words of names where less is tighter: capacities and times allowed."""

PRESSURE = frozenset(
    re.findall(
        r"\w+",
        """concurrency
    worker workers thread threads batch retries retry attempts parallelism prefetch
    rate burst fanout replicas""",
    )
)
"""Words of names where more presses harder on something else."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One number that changed, in base units where it has any."""

    name: str
    old: float
    new: float
    line: int

    @property
    def said(self) -> frozenset[str]:
        return frozenset(parts(self.name))

    @property
    def times(self) -> float:
        """How far it moved, in doublings."""
        return abs(math.log2(max(abs(self.new), 1e-9) / max(abs(self.old), 1e-9)))

    @property
    def tighter(self) -> bool:
        return bool(self.said & ROOM) and self.new < self.old and self.new >= 0

    @property
    def weight(self) -> float:
        """0..0.8. More room is no danger by itself; much more of what presses on others is some."""
        if self.tighter:
            return min(0.8, 0.1 + 0.25 * self.times)
        if self.said & ROOM:
            step = 0.06 if self.said & PRESSURE else 0.02
            return min(0.35, 0.06 + step * self.times)
        return 0.3


def settings(hunk: Hunk) -> list[Setting]:
    """By name; where a name stands several times, by the order it stands in."""
    old: dict[str, list[tuple[float, int]]] = {}
    for name, value, line in _all(hunk.removed):
        old.setdefault(name, []).append((value, line))
    found = []
    for name, value, line in _all(hunk.added):
        if old.get(name):
            was, _ = old[name].pop(0)
            if was != value:
                found.append(Setting(name, was, value, line))
    return found


def _all(side: tuple[Statement, ...]) -> Iterator[tuple[str, float, int]]:
    for one in side:
        text = _VERSION.sub('""', one.text)
        for number in _NUMBER.finditer(text):
            names = _NAME.findall(_bare(text[: number.start()]))
            if not names:
                continue
            unit = (number.group(2) or number.group(3) or "").lower()
            value = float(number.group(1).replace("_", "")) * _UNITS.get(unit, 1.0)
            yield _name(names), value, one.line


def _bare(text: str) -> str:
    """Without the language's own types, so that `TTL: int = 30` is about TTL."""
    return re.sub(r":\s*(?:int|float|str|number|u?int\d+|u?size|long|Duration)\b", "", text)


def _name(names: list[str]) -> str:
    """The last name before the number; with the call's when that is only a carrier (`ctx`)."""
    last = names[-1]
    return f"{names[-2]}_{last}" if len(last) <= 3 and len(names) > 1 else last
