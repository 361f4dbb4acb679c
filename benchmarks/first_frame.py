"""Until the first text is on a terminal of its own, in turn with a hello-world of Textual."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.figures import Figure, p50
from benchmarks.terminal import Terminal
from orchestrator.client import heartbeat
from orchestrator.project import Project

PAIRS = 9
MOST = 1.6

HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App[None]):
    def compose(self):
        yield Static("hello, world")
Hello().run()
"""


def first_frame() -> Iterator[Figure]:
    """The median of the pairs' ratios: both of a pair meet the same machine."""
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "tui", "open", "--project", folder]
        hello = [sys.executable, "-c", HELLO]
        _first(ours, "warroom"), _first(hello, "hello")  # bytecode and caches, once for both
        pairs = [(_first(ours, "warroom"), _first(hello, "hello")) for _ in range(PAIRS)]
        _end_runner(Project(Path(folder)))
    mine, theirs = p50([a for a, _ in pairs]), p50([b for _, b in pairs])
    beside = f"{mine:.0f} ms and {theirs:.0f} ms, {PAIRS} pairs"
    yield Figure("first paint / hello world", p50([a / b for a, b in pairs]), "x", MOST, beside)


def _first(command: Sequence[str], text: str) -> float:
    with Terminal(command, 120, 40) as terminal:
        return terminal.until(text) * 1000


def _end_runner(project: Project) -> None:
    """The console may have got as far as starting one."""
    beat = heartbeat(project.runner)
    if beat is not None:
        os.kill(beat.pid, signal.SIGTERM)
