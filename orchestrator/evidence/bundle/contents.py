"""What a bundle holds once it is read: the alert, the windows, series, changes, the call graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Span = tuple[float, float]
"""Start and end, seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What called for help. An alert's own time is not the start of the trouble."""

    at: float
    service: str = ""
    metric: str = ""
    severity: str = ""
    summary: str = ""
    observed: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one service, times ascending and unique, values finite."""

    service: str
    metric: str
    times: Floats
    values: Floats


@dataclass(frozen=True, slots=True)
class Commit:
    """A change of code as it was written down."""

    sha: str
    at: float
    author: str
    message: str
    files: tuple[str, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Deploy:
    """A commit that went live on a service; earlier ones ride in it."""

    at: float
    service: str
    sha: str
    version: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A switch that was turned."""

    at: float
    flag: str
    service: str
    change: str
    actor: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A log signature that a vendor has counted already."""

    signature: str
    service: str
    count: float
    delta: float
    negative: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that was changed on purpose. `judged` is False where nobody wrote it down."""

    commits: tuple[Commit, ...] = ()
    deploys: tuple[Deploy, ...] = ()
    flags: tuple[Flag, ...] = ()
    judged: bool = False


@dataclass(slots=True)
class Notes:
    """What was left out or could not be read, each said once with how often."""

    said: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int = 1) -> None:
        self.said[what] = self.said.get(what, 0) + count

    def lines(self) -> list[str]:
        """Sorted, so that the same input gives the same words."""
        return [f"{what} ({n} times)" if n > 1 else what for what, n in sorted(self.said.items())]


@dataclass(frozen=True, slots=True)
class Windows:
    """The incident, and the times that are known (or taken) as normal."""

    incident: Span
    normal: tuple[Span, ...]

    def holds(self, at: float) -> bool | None:
        """True in the incident, False in a normal time, None in neither."""
        if self.incident[0] <= at <= self.incident[1]:
            return True
        return False if any(start <= at <= end for start, end in self.normal) else None


@dataclass(frozen=True, slots=True)
class Graph:
    """Who calls whom."""

    callees: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, edges: Sequence[tuple[str, str]]) -> "Graph":
        found: dict[str, set[str]] = {}
        for caller, callee in edges:
            if caller != callee:
                found.setdefault(caller, set()).add(callee)
        return cls({caller: frozenset(called) for caller, called in sorted(found.items())})

    @property
    def nodes(self) -> frozenset[str]:
        called = frozenset[str]().union(*self.callees.values()) if self.callees else frozenset()
        return frozenset(self.callees) | called

    def reach(self, start: str) -> dict[str, int]:
        """Every node that a call from `start` may come to, with its distance; cycles end."""
        found, layer, depth = {start: 0}, [start], 0
        while layer:
            depth += 1
            layer = sorted({c for n in layer for c in self.callees.get(n, ()) if c not in found})
            found.update(dict.fromkeys(layer, depth))
        return found
