"""A long incident on disk, as the runner leaves one: its journal, and its newest snapshot.

Drawn from a seed, in proportions of an incident that went on for days: alerts repeat, people write
notes, agents are asked and report, what they cite is filed, promises are planned and kept.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from orchestrator.journal.append import JournalWriter
from orchestrator.journal.snapshot import EVERY, write_snapshot
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event, Payload
from orchestrator.model.fold import advance
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tests.unit.incident_story import ALERT, INCIDENT, KIM, MONITOR, detected

LENGTH = 100_000
BATCH = 500
"""Events a write: a fsync for each of 100,000 would measure the disk, not the console."""

BEHIND = 400
"""Events after the newest snapshot: it is written every 1,000, so the mean is half of that."""

T0 = 1_763_906_400.0
VOCABULARY = """connections pool orders checkout latency rollback version errors saturation replica
queue timeout retries deploy commit owner database handler request upstream partition"""
WORDS = VOCABULARY.split()
PIECES, PROMISES = 120, 60
"""Different pieces of work and different promises: the flow names them, so they are bounded, and
what goes on for long is asked for again under the next attempt and planned under the next rev."""


def events(count: int = LENGTH, seed: int = 7) -> Iterator[Event]:
    """`count` facts, of which about 60 % are people and alerts and 40 % the work of agents."""
    chance = Random(seed)
    at = T0
    facts = _facts(chance)
    for number in range(1, count + 1):
        at = round(at + chance.uniform(0.1, 5.0), 3)
        if number == 1:
            yield Event(1, "detected", at, MONITOR, detected())
            continue
        name, data = next(facts)
        actor = {"note": KIM, "alert": MONITOR}.get(name.split("/")[0], FLOW)
        yield Event(number, name, at, actor, data)


def _facts(chance: Random) -> Iterator[tuple[str, Payload]]:
    """Endless facts with ids of their own; what is asked for is answered."""
    n = 0
    while True:
        n += 1
        draw = chance.random()
        if draw < 0.35:
            yield f"alert/{n}", ev.AlertRepeated("firing", _words(chance, 6), ALERT)
        elif draw < 0.70:
            yield f"note/{n}", ev.NoteAdded(_words(chance, 12))
        elif draw < 0.84:
            yield from _evidence(chance, n)
        elif draw < 0.92:
            yield from _work(chance, n)
        else:
            yield from _promise(chance, n)


def _evidence(chance: Random, n: int) -> Iterator[tuple[str, Payload]]:
    sha = f"{chance.getrandbits(256):064x}"
    yield (
        f"evidence/E{n}",
        ev.EvidenceAdded(
            eid=f"E{n}",
            kind=chance.choice(("log", "metric", "change", "deploy")),
            source="orders.log",
            command=f"warroom logs orders --since {n}",
            summary=_words(chance, 9),
            path=f"evidence/{sha}.txt",
            sha256=sha,
            size=chance.randint(100, 90_000),
            lines=chance.randint(1, 900),
            taint="outside",
            by="tier1/data",
        ),
    )


def _work(chance: Random, n: int) -> Iterator[tuple[str, Payload]]:
    attempt, piece = divmod(n, PIECES)
    key, attempt = f"tier1/look-{piece}", attempt + 1
    role, title = "reliability-engineer", _words(chance, 4)
    asked = ev.TaskRequested(key, attempt, "agent", role, title, "tiers", {"since": n})
    yield f"{key}#{attempt}/requested", asked
    report = {
        "summary": {"text": _words(chance, 20), "evidence": ["E1", "E2"], "assumption": False},
        "findings": [{"text": _words(chance, 10), "evidence": ["E3"]} for _ in range(3)],
    }
    yield f"{key}#{attempt}/finished", ev.TaskFinished(key, attempt, "done", report, "rules")


def _promise(chance: Random, n: int) -> Iterator[tuple[str, Payload]]:
    rev, number = divmod(n, PROMISES)
    name, start = f"update-{number}", T0 + n
    planned = ev.DeadlinePlanned(name, "promise", start, start + 900, rev + 1, "severity")
    yield f"{name}/planned/{rev + 1}", planned
    yield f"{name}/met/{rev + 1}", ev.DeadlineMet(name, chance.uniform(1, 900))


def _words(chance: Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, k=count))


def write(root: Path, count: int = LENGTH) -> IncidentFolder:
    """The incident below `root`, with the snapshot that the runner would have left last."""
    folder = IncidentFolder(root / INCIDENT)
    folder.create()
    writer = JournalWriter(folder.journal)
    state, held = State(), list[Event]()
    snapshot_at = (count - BEHIND) // EVERY * EVERY
    for event in events(count):
        held.append(event)
        advance(state, event)
        if len(held) == BATCH or event.seq in (snapshot_at, count):
            writer.append(held)
            held.clear()
        if event.seq == snapshot_at:
            write_snapshot(folder, state, writer.head, folder.journal.stat().st_size)
    writer.close()
    return folder
