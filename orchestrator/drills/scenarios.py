"""What can be drilled: what each release holds, when things happen, and which answers are right.

All lengths are seconds. What happens after the release is in `faults`.
"""

from dataclasses import dataclass, field
from typing import Literal

Part = Literal["service", "edge", "dependency"]

CHANGES = (
    "rollback",
    "configuration",
    "restart",
    "database-repair",
    "workaround",
    "block-address",
    "maintenance",
)
"""Kinds of change that a drill's catalogue offers and that somebody could be wrong with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is right: what it was, and which change helps. `actions`: ids in the catalogue."""

    regression: bool
    cause_kind: str
    kinds: tuple[str, ...]
    actions: tuple[str, ...] = ()
    every: bool = False
    """all of `kinds` are needed, in any order"""
    harmless: tuple[str, ...] = ("maintenance",)
    """kinds that are neither right nor wrong"""

    @property
    def wrong(self) -> list[str]:
        return [kind for kind in CHANGES if kind not in (*self.kinds, *self.harmless)]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of trouble."""

    name: str
    title: str
    part: Part
    """whose rule fires"""
    answer: Answer
    release: tuple[str, ...] = ()
    """what the release holds besides harmless commits: leak, slow-query, migration"""
    edge: bool = False
    """the edge's next release is the guilty one"""
    baseline: float = 12.0
    """how long the stable release is watched before the next one is deployed"""
    calm: tuple[float, float] = (0.0, 0.0)
    """how long it stays quiet after the release: a seed chooses between these"""
    spike: float = 0.0
    """how long the load is several times higher; 0: not at all"""
    mix: dict[str, int] = field(default_factory=dict)
    """how often some kinds of request come in a round, where not as usual"""

    @property
    def leaks(self) -> bool:
        return "leak" in self.release


ASKING = {"summary": 10}
"""So much of the load asks the dependency that its end is felt."""

_QUIET = (8.0, 13.0)

_ALL = (
    Scenario(
        "leak",
        "a release that leaks database connections",
        "service",
        Answer(True, "commit", ("rollback",), ("rollback",), harmless=("restart", "maintenance")),
        release=("leak",),
    ),
    Scenario(
        "slow-query",
        "a release that asks the database too often, with fewer connections",
        "service",
        Answer(True, "commit", ("rollback",), ("rollback",)),
        release=("slow-query",),
    ),
    Scenario(
        "edge-config",
        "a change of configuration in front of a service that is well",
        "edge",
        Answer(True, "configuration", ("configuration",), ("edge-rollback",)),
        edge=True,
        calm=(7.0, 10.0),
    ),
    Scenario(
        "dependency-down",
        "what the service needs is gone and stays away",
        "service",
        Answer(False, "dependency", ("restart",), ("restart-{dependency}",)),
        calm=_QUIET,
        mix=ASKING,
    ),
    Scenario(
        "report-lock",
        "a report keeps the database locked after a harmless release",
        "service",
        Answer(False, "lock", ("database-repair",), ("end-blocker",)),
        calm=_QUIET,
    ),
    Scenario(
        "schema-change",
        "a release that is wrong, and that nobody can go back from",
        "service",
        Answer(
            True, "commit", ("hotfix", "none"), harmless=("restart", "maintenance", "workaround")
        ),
        release=("leak", "migration"),
    ),
    Scenario(
        "traffic-spike",
        "control: harmless commits, then several times the traffic for a while",
        "service",
        Answer(False, "traffic", ("none",), harmless=("maintenance", "silence")),
        calm=(6.0, 6.0),
        spike=25.0,
    ),
    Scenario(
        "disk-limit",
        "a file reaches its limit after a harmless release",
        "service",
        Answer(False, "capacity", ("workaround",), ("rotate-audit",)),
        calm=_QUIET,
    ),
    Scenario(
        "data-leaving",
        "somebody who should not takes data, and nothing is slow or fails",
        "edge",
        Answer(False, "intrusion", ("block-address",), ("block-address",)),
        calm=(4.0, 7.0),
    ),
    Scenario(
        "two-faults",
        "two faults at once, each with its own cure",
        "service",
        Answer(
            True,
            "commit",
            ("rollback", "restart"),
            ("rollback", "restart-{dependency}"),
            every=True,
        ),
        release=("leak",),
        calm=(7.0, 9.0),
        mix=ASKING,
    ),
    Scenario(
        "flapping",
        "what the service needs goes away and comes back, several times",
        "service",
        Answer(False, "dependency", ("none", "silence"), ("silence",)),
        calm=_QUIET,
        mix=ASKING,
    ),
)

SCENARIOS = {scenario.name: scenario for scenario in _ALL}


class DrillError(Exception):
    """Something about a drill that the person at the keyboard can put right: one clear line."""


def scenario(name: str) -> Scenario:
    """The scenario of that name. DrillError when there is none."""
    found = SCENARIOS.get(name)
    if found is None:
        known = ", ".join(SCENARIOS)
        raise DrillError(f"there is no drill scenario {name!r}; use one of: {known}")
    return found
