"""From a key to its letter on the terminal while eight agents stream, beside stock widgets.

Each program has a pty of its own, read by this process as a terminal would. Ours is the real war
room over transcripts that another process writes; the stock widgets get the same chunks inside
their own process, which spares them the reading. A key that is not seen in time counts as its
patience.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil

from benchmarks.chunks import KEYS
from benchmarks.figures import Figure, p50, p95
from benchmarks.streamed import READY, STOCK
from benchmarks.terminal import Terminal
from orchestrator.clock import WallClock
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event
from orchestrator.project import IncidentFolder, Project
from tests.unit.incident_story import INCIDENT, WAITING, leak_story

RATES = (100, 800, 3200)
KEYS_OURS, KEYS_STOCK = 60, 15
PATIENCE_OURS, PATIENCE_STOCK = 5.0, 1.0
SIZE = (200, 50)
LETTERS = [chr(code) for code in range(0x410, 0x450)]
"""Cyrillic: none of them is in what is streamed, so a letter is seen only once its key was."""

PAUSE = (0.08, 0.2)
"""Seconds from a letter that was seen to the next key: keys meet every part of a frame."""

IDLE_TIMES, RICH_LOG_SHARE, CPU = 2.5, 0.3, 25.0


@dataclass(frozen=True, slots=True)
class Felt:
    """What one program at one rate was like."""

    keys: list[float]
    """milliseconds"""
    cpu: float
    """percent of one core while keys were pressed"""
    arrived: str
    """of the offered characters, those that reached the widgets"""


def streaming() -> Iterator[Figure]:
    """Ours at rest and at each rate, and the stock widgets at each rate."""
    with tempfile.TemporaryDirectory(prefix="warroom-") as root:
        idle = _ours(Path(root) / "idle", 0)
        yield Figure("key to paint, idle, p50", p50(idle.keys), "ms")
        yield Figure("key to paint, idle, p95", p95(idle.keys), "ms", beside=_cpu(idle))
        for rate in RATES:
            felt = _ours(Path(root) / str(rate), rate)
            stock = {name: _stock(name, rate, Path(root)) for name in STOCK}
            yield from _figures(rate, felt, stock, p95(idle.keys))


def _figures(rate: int, felt: Felt, stock: dict[str, Felt], idle: float) -> Iterator[Figure]:
    at = f"at {rate}/s"
    yield Figure(f"key to paint {at}, p50", p50(felt.keys), "ms", beside=felt.arrived)
    yield Figure(f"key to paint {at}, p95", p95(felt.keys), "ms", beside=f"{len(felt.keys)} keys")
    for name, other in stock.items():
        beside = f"p50 {p50(other.keys):.0f} ms, {_cpu(other)}, {other.arrived}"
        yield Figure(f"  {name} {at}, p95", p95(other.keys), "ms", beside=beside)
    yield Figure(f"p95 {at} / idle p95", p95(felt.keys) / idle, "x", IDLE_TIMES)
    ratio = p95(felt.keys) / p95(stock["RichLog"].keys)
    yield Figure(f"p95 {at} / RichLog p95", ratio, "x", RICH_LOG_SHARE)
    yield Figure(f"processor {at}", felt.cpu, "%", CPU, "of one core, everything included")


def _cpu(felt: Felt) -> str:
    return f"{felt.cpu:.0f} % of a core"


def _ours(root: Path, rate: int) -> Felt:
    folder = incident(root)
    report = root / "report"
    with _program("ours", rate, report, folder.path) as terminal:
        terminal.until(KEYS[-1].rpartition("/")[2])
        speaker = _speaker(folder, rate) if rate else None
        terminal.press(":")
        terminal.rest(2.0)
        keys, cpu = pressed(terminal, KEYS_OURS, PATIENCE_OURS)
        offered = _silenced(speaker) if speaker else 0
        terminal.rest(0.5)
        left = terminal.leave("\x11")
    arrived = int(json.loads(report.read_text())["characters"]) if left else 0
    return Felt(keys, cpu, f"{arrived:,} of {offered:,} characters arrived")


def _stock(name: str, rate: int, root: Path) -> Felt:
    report = root / f"{name}-{rate}"
    with _program(name, rate, report, root) as terminal:
        terminal.until(READY)
        terminal.rest(2.0)
        keys, cpu = pressed(terminal, KEYS_STOCK, PATIENCE_STOCK)
        left = terminal.leave("\x11", 4.0)
    if not left:
        return Felt(keys, cpu, "did not end when asked to")
    body = json.loads(report.read_text())
    return Felt(keys, cpu, f"{body['chunks']:,} of {body['offered']:,} chunks arrived")


def _program(name: str, rate: int, report: Path, folder: Path) -> Terminal:
    words = [name, str(rate), str(report), str(folder)]
    return Terminal([sys.executable, "-m", "benchmarks.streamed", *words], *SIZE)


def pressed(terminal: Terminal, count: int, patience: float) -> tuple[list[float], float]:
    """Key to paint of each key in milliseconds, and the processor's share meanwhile."""
    chance = Random(3)
    process = psutil.Process(terminal.pid)
    begun, before = time.perf_counter(), process.cpu_times()
    found = []
    for number in range(count):
        found.append(terminal.key(LETTERS[number % len(LETTERS)], patience))
        terminal.rest(chance.uniform(*PAUSE))
    after, took = process.cpu_times(), time.perf_counter() - begun
    used = after.user + after.system - before.user - before.system
    return found, 100 * used / took


def _speaker(folder: IncidentFolder, rate: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.chunks", str(folder.path), str(rate)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _silenced(speaker: subprocess.Popen[str]) -> int:
    """Characters it said."""
    speaker.terminate()
    return int(speaker.communicate(timeout=10)[0])


def incident(root: Path) -> IncidentFolder:
    """A told incident while its rollback waits, and eight more agents just asked for."""
    project = Project(root)
    project.create()
    folder = project.incident(INCIDENT)
    folder.create()
    told, now = leak_story(WAITING), WallClock().now()
    agents = [
        Event(
            len(told) + number,
            f"{key}#1/requested",
            now,
            FLOW,
            ev.TaskRequested(key, 1, "agent", "reliability-engineer", key, "tiers", {}),
        )
        for number, key in enumerate(KEYS, start=1)
    ]
    writer = JournalWriter(folder.journal)
    writer.append([*told, *agents])
    writer.close()
    return folder
