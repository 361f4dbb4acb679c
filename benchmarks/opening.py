"""Opening a long incident, beside the cost of parsing its lines as JSON.

Processor time, in turn and with the same garbage collection, so that other work on the machine and
the way it falls do not decide.
"""

import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figures import Figure, p50
from benchmarks.long_incident import LENGTH, write
from orchestrator.clock import WallClock
from orchestrator.journal.read import load_state
from orchestrator.model.fold import state_hash
from orchestrator.project import IncidentFolder, Project
from tui.feed import LiveFeed

ROUNDS = 3
FROM_SNAPSHOT, FROM_NOTHING = 0.5, 2.0


def opening() -> Iterator[Figure]:
    """Until the state and the newest lines are there to be shown, as the war room gets them."""
    with tempfile.TemporaryDirectory(prefix="warroom-") as root:
        project = Project(Path(root))
        project.create()
        folder = write(project.incidents)
        kept = folder.snapshots.rename(folder.path / "kept")

        def opened() -> LiveFeed:
            feed = LiveFeed(project, folder.incident, WallClock())
            feed.poll()
            return feed

        def from_snapshot() -> LiveFeed:
            kept.rename(folder.snapshots)
            try:
                return opened()
            finally:
                folder.snapshots.rename(kept)

        _agree(from_snapshot(), folder)
        parsing, short, long = [], [], []
        for _ in range(ROUNDS):
            parsing.append(_cost(lambda: _parsed(folder)))
            short.append(_cost(from_snapshot))
            long.append(_cost(opened))
    beside = f"{LENGTH:,} events, {p50(parsing) * 1000:.0f} ms to parse"
    ratio = p50([a / b for a, b in zip(short, parsing, strict=True)])
    yield Figure("opening from its snapshot / json", ratio, "x", FROM_SNAPSHOT, beside)
    ratio = p50([a / b for a, b in zip(long, parsing, strict=True)])
    yield Figure("opening from nothing / json", ratio, "x", FROM_NOTHING, beside)


def _agree(feed: LiveFeed, folder: IncidentFolder) -> None:
    whole, _ = load_state(folder.journal)
    assert state_hash(feed.state) == state_hash(whole), "the snapshot gives another state"


def _parsed(folder: IncidentFolder) -> list[object]:
    with folder.journal.open("rb") as file:
        return [json.loads(line) for line in file]


def _cost(work: Callable[[], object]) -> float:
    """Seconds of processor time; what came of it is kept until the end."""
    gc.collect()
    begun = time.process_time()
    kept = work()
    took = time.process_time() - begun
    del kept
    return took
