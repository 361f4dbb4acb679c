"""Seeking in a replay of a long incident: the player alone, and with the whole screen.

Every seek is done twice and the shorter time counts: what the machine does besides is not ours.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks.figures import Figure, p50
from benchmarks.long_incident import LENGTH, write
from orchestrator.clock import FakeClock
from orchestrator.project import IncidentFolder, Project
from tui.app import Console
from tui.replay import Player, load
from tui.screens.replay import Replay
from tui.widgets.scrubber import Scrubber

SEEKS, MOST = 200, 50.0


def seeking() -> Iterator[Figure]:
    """The slowest of 200 seeks, the two ends among them."""
    with tempfile.TemporaryDirectory(prefix="warroom-") as root:
        folder = write(Path(root))
        player = load(folder)
        places = _places(player)
        alone = _better([_alone(player, places) for _ in range(2)])
        screen = asyncio.run(_on_screen(folder, player, places))
    beside = f"{SEEKS} in {LENGTH:,} events, median {{:.1f}} ms"
    yield Figure("slowest seek: player", max(alone), "ms", MOST, beside.format(p50(alone)))
    yield Figure("slowest seek: screen", max(screen), "ms", MOST, beside.format(p50(screen)))


def _places(player: Player) -> list[float]:
    chance = Random(11)
    between = [chance.uniform(player.start, player.end) for _ in range(SEEKS - 4)]
    return [player.end, player.start, *between, player.start, player.end]


def _alone(player: Player, places: list[float]) -> list[float]:
    found = []
    for at in places:
        begun = time.perf_counter()
        player.seek(at)
        player.poll()
        assert player.state.seq == player.index
        found.append((time.perf_counter() - begun) * 1000)
    return found


async def _on_screen(folder: IncidentFolder, player: Player, places: list[float]) -> list[float]:
    """Until every region was told and the screen is painted anew."""
    clock = FakeClock(player.start)
    app = Console(Project(folder.path.parent), saved=player, clock=clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        room = app.screen
        assert isinstance(room, Replay)
        rounds = [[await _painted(room, at) for at in places] for _ in range(2)]
    return _better(rounds)


def _better(rounds: list[list[float]]) -> list[float]:
    return [min(tries) for tries in zip(*rounds, strict=True)]


async def _painted(room: Replay, at: float) -> float:
    painted = asyncio.Event()
    begun = time.perf_counter()
    span = room.player.end - room.player.start
    room.on_scrubber_seek_requested(Scrubber.SeekRequested((at - room.player.start) / span))
    room.call_after_refresh(painted.set)
    await painted.wait()
    return (time.perf_counter() - begun) * 1000
