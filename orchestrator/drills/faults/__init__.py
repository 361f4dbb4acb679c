"""What happens in a drill after its release, a family of events a module.

What the release itself holds is in `plan`, which answer is right in `scenarios`.
"""

from collections.abc import Awaitable, Callable

from orchestrator.drills.faults import config, dependency, disk, intruder, lock, release, spike
from orchestrator.drills.lab import Lab

Fault = Callable[[Lab], Awaitable[None]]
"""Called once the release runs; it may take its time, and it is cancelled when the drill ends."""

FAULTS: dict[str, Fault] = {
    "leak": release.runs,
    "slow-query": release.runs,
    "edge-config": config.goes_out,
    "dependency-down": dependency.dies,
    "report-lock": lock.is_kept,
    "schema-change": release.runs,
    "traffic-spike": spike.comes,
    "disk-limit": disk.fills,
    "data-leaving": intruder.comes,
    "two-faults": dependency.dies_too,
    "flapping": dependency.flaps,
}
"""Scenario → what happens."""
