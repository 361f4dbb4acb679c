"""Eight tasks of a model at once: whether they wait for one another, and what a key feels of it.

The model server, the tasks and the war room each are a process of their own, as they would be.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.eight_models import ROLES
from benchmarks.figures import Figure, p95
from benchmarks.streaming import IDLE_TIMES, PATIENCE_OURS, SIZE, pressed
from benchmarks.terminal import Terminal
from orchestrator.clock import WallClock
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.events import FLOW, Event
from orchestrator.project import IncidentFolder, Project
from tests.unit.incident_story import INCIDENT, WAITING, leak_story

STEP = 1.05
"""A step of parallel tasks may take this many times its slowest one."""

KEYS = 40


def models() -> Iterator[Figure]:
    """The step against its slowest task, and keys meanwhile against keys at rest."""
    with tempfile.TemporaryDirectory(prefix="warroom-") as root:
        folder, port_file = incident(Path(root)), Path(root) / "url"
        server = _program("serve", str(port_file))
        report = Path(root) / "report"
        words = [sys.executable, "-m", "benchmarks.streamed", "ours", "0"]
        with Terminal([*words, str(report), str(folder.path)], *SIZE) as terminal:
            terminal.until(next(iter(ROLES)).rpartition("/")[2].partition("@")[0])
            terminal.press(":")
            terminal.rest(2.0)
            idle, _ = pressed(terminal, KEYS, PATIENCE_OURS)
            working = _program("work", str(folder.path), port_file.read_text())
            terminal.rest(4.0)
            busy, cpu = pressed(terminal, KEYS, PATIENCE_OURS)
            out, _ = working.communicate(timeout=120)
            terminal.leave("\x11")
        server.terminate()
        seconds = json.loads(server.communicate(timeout=10)[0])
    done = json.loads(out)
    spans = done["spans"].values()
    step = max(end for _, end in spans) - min(begun for begun, _ in spans)
    slowest = max(seconds.values())
    answered = sum(who == "claude" for who in done["backends"].values())
    yield Figure("eight model tasks at once", step, "s", beside=f"{answered} of 8 by the model")
    yield Figure("  slowest answer of the model", slowest, "s")
    yield Figure("step / slowest", step / slowest, "x", STEP)
    yield Figure("key to paint meanwhile, p95", p95(busy), "ms", beside=f"{cpu:.0f} % of a core")
    yield Figure("p95 meanwhile / idle p95", p95(busy) / p95(idle), "x", IDLE_TIMES)


def incident(root: Path) -> IncidentFolder:
    """A told incident while its rollback waits, and the eight tasks just asked for."""
    project = Project(root / "project")
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
            ev.TaskRequested(key, 1, "agent", role, key, key.partition("/")[0], {}),
        )
        for number, (key, role) in enumerate(ROLES.items(), start=1)
    ]
    writer = JournalWriter(folder.journal)
    writer.append([*told, *agents])
    writer.close()
    return folder


def _program(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.eight_models", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
