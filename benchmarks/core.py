"""What the core costs without an engine: a whole P0, one look, one append, folding."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, p50, timed
from orchestrator.flow.handle import handle
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.flow.simulate import KIM, War
from tests.flow.test_thin_path import closed

A_P0 = 15.0
"""Milliseconds of all decisions of one incident: less than one frame of the screen."""


def core() -> Iterator[Figure]:
    """Medians of many runs."""
    war = closed(War())
    many = f"{len(war.journal)} events from alert to closed review"
    yield Figure("a whole P0, no engine", p50(timed(lambda: closed(War()), 25)), "ms", A_P0, many)
    look = timed(lambda: handle(war.state, None, war.now), 200)
    yield Figure("one look at a whole incident (handle)", p50(look), "ms", beside="of that P0")
    yield Figure("one event onto the disk", p50(_appending()), "ms", beside="append and fsync")
    notes = [Event(n, f"note/{n}", 1e9, KIM, ev.NoteAdded("words")) for n in range(1, 100_001)]
    folding = timed(lambda: fold_all(State(), notes), 3)
    yield Figure("folding", p50(folding), "ms", beside="100,000 notes in memory")


def _appending() -> list[float]:
    event = Event(1, "note/1", 1e9, KIM, ev.NoteAdded("a sentence for the timeline"))
    with tempfile.TemporaryDirectory() as folder:
        writer = JournalWriter(Path(folder) / "journal.jsonl")
        found = timed(lambda: writer.append([event]), 300)
        writer.close()
    return found
