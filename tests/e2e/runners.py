"""A real runner process for tests: started as the console starts it, and surely ended."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestrator.cli.runner_up import ensure_runner
from orchestrator.client import Answer, command_id, heartbeat, send
from orchestrator.clock import WallClock
from orchestrator.journal.read import load_state
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.unit.rooms import shop

POLICY = """\
[validation]
interval = 0.2
passes = 2
window = 0.4
patience = 1.0
"""
CLOCK = WallClock()
LIMIT = 30.0


@contextmanager
def running(root: Path, drill: bool = False) -> Iterator[Project]:
    """The shop of `tests.unit.rooms` with a runner of its own."""
    project, _ = shop(root)
    (root / "policy.toml").write_text(POLICY)
    settings = root / "warroom.toml"
    body = settings.read_text() + '\n[policy]\npath = "policy.toml"\n'
    if drill:
        body = body.replace("[project]\n", "[project]\ndrill = true\n")
    settings.write_text(body)
    try:
        ensure_runner(project)
        yield project
    finally:
        end(project, signal.SIGKILL)


def end(project: Project, number: int) -> None:
    """Signal the runner that holds the lock, if any, and wait until the lock is free."""
    import fcntl

    with project.lock.open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:  # one that has only just begun says its pid a moment later
                beat = heartbeat(project.runner)
                if beat is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(beat.pid, number)
                signal.sigtimedwait([], 0.05)
            else:
                return


def end_when_begun(project: Project) -> None:
    """End the runner that a console was opened to start, which may outlast the console's start."""
    begun = CLOCK.now()
    while heartbeat(project.runner) is None:
        assert CLOCK.now() - begun < LIMIT, "no runner was started"
        signal.sigtimedwait([], 0.05)
    end(project, signal.SIGKILL)


def tell(project: Project, name: str, **args: Any) -> Answer:
    return send(project, {"id": command_id(CLOCK, name), "cmd": name, **args})


def until(project: Project, incident: str, true: Any) -> State:
    """The incident's state once `true` of it; the test fails when that takes too long."""
    begun = CLOCK.now()
    while CLOCK.now() - begun < LIMIT:
        path = project.incident(incident).journal
        if path.exists():
            state, _ = load_state(path)
            if true(state):
                return state
        signal.sigtimedwait([], 0.02)
    raise AssertionError(f"not within {LIMIT} s; runner's log: {project.runner_log.read_text()}")


def warroom(*words: str, cwd: Path | None = None, given: bytes = b"") -> "Done":
    """One `warroom` command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tui", *words],
        cwd=cwd,
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


class Done:
    """How a command ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def line(self) -> str:
        """The one line of an error; more than one is a failure of its own."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]
