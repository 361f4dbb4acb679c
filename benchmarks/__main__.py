"""`make bench`: what the core and the first frame cost, each as figures of this one run.

Shared machines are noisy: ratios within a run mean something, single times little.
"""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from orchestrator.flow.handle import handle
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.flow.simulate import KIM, War
from tests.flow.test_thin_path import closed

RUNS = 7
HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App[None]):
    def compose(self):
        yield Static("hello, world")
Hello().run()
"""


def timed(work: Callable[[], object], runs: int = RUNS) -> list[float]:
    """Wall milliseconds of each run."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return found


def whole_p0() -> None:
    found = timed(lambda: closed(War()), 25)
    war = closed(War())
    print(f"a P0 from alert to closed review, no engine, {len(war.journal)} events:", _ms(found))


def one_look() -> None:
    war = closed(War())
    found = timed(lambda: handle(war.state, None, war.now), 200)
    print("one look at a whole incident (handle):", _ms(found))


def appending() -> None:
    event = Event(1, "note/1", 1e9, KIM, ev.NoteAdded("a sentence for the timeline"))
    with tempfile.TemporaryDirectory() as folder:
        writer = JournalWriter(Path(folder) / "journal.jsonl")
        found = timed(lambda: writer.append([event]), 300)
        writer.close()
    print("one event onto the disk (append and fsync):", _ms(found))


def folding() -> None:
    notes = [Event(n, f"note/{n}", 1e9, KIM, ev.NoteAdded("words")) for n in range(1, 100_001)]
    print("100,000 events folded:", _ms(timed(lambda: fold_all(State(), notes), 3)))


def first_frame() -> None:
    """Until the first text is on a terminal of its own, in turn with a hello-world of Textual."""
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "tui", "open", "--project", folder]
        hello = [sys.executable, "-c", HELLO]
        pairs = [(_frame(ours, b"warroom"), _frame(hello, b"hello")) for _ in range(RUNS)]
        _end_runner(Path(folder))
    mine, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    ratio = median(a / b for a, b in pairs)
    print(f"first frame: {_ms(mine)}; hello world: {_ms(theirs)}; ratio {ratio:.2f}")


def _frame(command: list[str], text: bytes) -> float:
    begun = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen = b""
    while text not in seen and time.perf_counter() - begun < 20:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
    took = (time.perf_counter() - begun) * 1000
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(terminal)
    return took


def _end_runner(project: Path) -> None:
    subprocess.run(["pkill", "-f", str(project)], check=False)


def _ms(found: list[float]) -> str:
    if len(found) < 20:
        return f"median {median(found):.1f} ms (min {min(found):.1f}, max {max(found):.1f})"
    return f"median {median(found):.2f} ms, p99 {quantiles(found, n=100)[98]:.2f} ms"


if __name__ == "__main__":
    for bench in (whole_p0, one_look, appending, folding, first_frame):
        bench()
