"""Twenty incidents in one runner: how long a command takes until its event is in the journal.

A real runner in a process of its own works on all of them at once (agents, documents, clocks) while
a person writes notes into one after the other; each is answered once it is on the disk.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

from benchmarks.figures import Figure, p50
from orchestrator.journal.read import load_state
from orchestrator.model.policy import SEVERITIES
from tests.e2e.runners import running, tell

INCIDENTS, NOTES = 20, 600
MOST = 250.0
"""Milliseconds."""

BETWEEN = 0.02
"""Seconds between two notes, so that a command meets every part of the runner's work."""


def many() -> Iterator[Figure]:
    """Command to event, p50 and p99, while all incidents are worked on."""
    with tempfile.TemporaryDirectory(prefix="warroom-") as root, running(Path(root)) as project:
        names = [f"INC-{number}" for number in range(1, INCIDENTS + 1)]
        for number, name in enumerate(names):
            report = {
                "title": f"{name} fails",
                "service": "orders",
                "reporter": "user",
                "severity": SEVERITIES[number % len(SEVERITIES)],
            }
            assert tell(project, "open", incident=name, report=report).accepted
        took = []
        for number in range(NOTES):
            begun = time.perf_counter()
            answer = tell(project, "note", incident=names[number % INCIDENTS], text="looking")
            took.append(1000 * (time.perf_counter() - begun))
            assert answer.accepted, answer.why
            time.sleep(BETWEEN)
        events = sum(load_state(project.incident(name).journal)[0].seq for name in names)
    beside = f"{INCIDENTS} incidents, {events} events"
    yield Figure("command to event, p50", p50(took), "ms", beside=beside)
    yield Figure("command to event, p99", quantiles(took, n=100)[98], "ms", MOST)
