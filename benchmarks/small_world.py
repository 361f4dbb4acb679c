"""A service that is one file, changed by one script, with a runner of its own: cheap to kill.

`bin/change` says in `changes.log` that it ran, thinks, and puts a word into `release`. Whether the
service is well is asked over HTTP, as a user does it: it is well while the word is `good`.
"""

import contextlib
import fcntl
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from orchestrator.actions.launch import ticks
from orchestrator.cli.runner_up import ensure_runner
from orchestrator.client import Answer, command_id, heartbeat, send
from orchestrator.clock import WallClock
from orchestrator.journal.read import load_state, read_journal
from orchestrator.journal.verify import verify
from orchestrator.model.state import State
from orchestrator.project import Project

INCIDENT = "INC-1"
LIMIT = 60.0
GOOD, BAD, OTHER = "good", "bad", "other"

POLICY = """\
attempts = 2

[validation]
interval = 0.2
passes = 3
window = 1.0
patience = 2.5
restart_grace = 0.4
relapse_window = 120.0
"""

SETTINGS = """\
[project]
name = "small"

[policy]
path = "policy.toml"

[[people]]
name = "a.kim"
uid = {uid}
roles = ["on-call", "commander", "technical-lead", "communications-lead"]

[[services]]
name = "small"

[[services.journeys]]
name = "buy"
url = "http://127.0.0.1:{port}"
steps = [{{ path = "/buy", contains = "bought" }}]

[[actions]]
id = "change"
kind = "workaround"
service = "small"
title = "put {{version}} into the release"
argv = ["bin/change", "{{version}}"]
pre_state = ["cat", "release"]
undo = ["bin/change", "{{current}}"]
timeout = 20
"""

CHANGE = """\
#!/bin/sh
echo "$1" >> changes.log
sleep 0.3
echo "$1" > release.new
sleep 0.1
mv release.new release
sleep 0.2
"""


@dataclass
class World:
    """The project, and what a person at its keys does."""

    project: Project

    @property
    def release(self) -> str:
        return (self.project.root / "release").read_text().strip()

    @property
    def changes(self) -> list[str]:
        """What the script did, by its own log."""
        log = self.project.root / "changes.log"
        return log.read_text().split() if log.exists() else []

    def tell(self, name: str, **args: Any) -> Answer:
        clock = WallClock()
        body = {"id": command_id(clock, name), "cmd": name, "incident": INCIDENT, **args}
        return send(self.project, body)

    def until(self, true: Callable[[State], bool]) -> State:
        """The state once `true` of it. TimeoutError when that takes too long."""
        clock = WallClock()
        begun = clock.now()
        while clock.now() - begun < LIMIT:
            state = self.state()
            if state is not None and true(state):
                return state
            pause(0.005)
        raise TimeoutError(f"not within {LIMIT:g} s: {self.project.runner_log.read_text()[-2000:]}")

    def state(self) -> State | None:
        path = self.project.incident(INCIDENT).journal
        return load_state(path)[0] if path.exists() and path.stat().st_size else None

    def approve(self, approval: str) -> None:
        waits = self.until(lambda s: approval in s.approvals).approvals[approval]
        done = self.tell("approve", approval=approval, sha256=waits.sha256)
        if not done.accepted:
            raise RuntimeError(done.why)

    def types(self, kind: str) -> list[Any]:
        events = read_journal(self.project.incident(INCIDENT).journal).events
        return [event.data for event in events if event.type == kind]

    def kill(self) -> None:
        """SIGKILL to the runner that holds the lock; return once the lock is free."""
        with self.project.lock.open("a") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    beat = heartbeat(self.project.runner)
                    if beat is not None:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(beat.pid, signal.SIGKILL)
                    pause(0.01)
                else:
                    return

    def restart(self) -> None:
        self.kill()
        ensure_runner(self.project)

    def kill_commands(self) -> None:
        """SIGKILL to the launchers and all they started, as when the machine goes down."""
        for path in self.project.incident(INCIDENT).actions.glob("*/claim.json"):
            claim = json.loads(path.read_text())
            if ticks(int(claim["pid"])) == int(claim["ticks"]):
                os.killpg(int(claim["pid"]), signal.SIGKILL)

    def settled(self) -> list[str]:
        """The same once nothing is being written: a document is there before it is journalled."""
        clock = WallClock()
        begun = clock.now()
        while (wrong := self.verified()) and clock.now() - begun < 10:
            pause(0.1)
        return wrong

    def verified(self) -> list[str]:
        """What is wrong with the journal; nothing when it verifies."""
        heads = self.project.heads / f"{INCIDENT}.json"
        report = verify(self.project.incident(INCIDENT), heads)
        return [] if report.ok else [str(one) for one in report.findings]


@contextlib.contextmanager
def small_world(root: Path) -> Iterator[World]:
    """The world with its runner and its users' door, and an incident that is open in it."""
    with _door(root) as port:
        project = _laid_out(root, port)
        world = World(project)
        try:
            ensure_runner(project)
            report = {"title": "small fails", "service": "small", "reporter": "user"}
            told = world.tell("open", report={**report, "method": "user-report", "severity": "P1"})
            if not told.accepted:
                raise RuntimeError(told.why)
            yield world
        finally:
            world.kill()


def pause(seconds: float) -> None:
    signal.sigtimedwait([], seconds)


def _laid_out(root: Path, port: int) -> Project:
    (root / "bin").mkdir()
    script = root / "bin" / "change"
    script.write_text(CHANGE)
    script.chmod(0o755)
    (root / "release").write_text(f"{BAD}\n")
    (root / "policy.toml").write_text(POLICY)
    (root / "warroom.toml").write_text(SETTINGS.format(uid=os.getuid(), port=port))
    project = Project(root)
    project.create()
    return project


@contextlib.contextmanager
def _door(root: Path) -> Iterator[int]:
    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            well = (root / "release").read_text().strip() == GOOD
            self.send_response(200 if well else 500)
            self.end_headers()
            self.wfile.write(b"bought" if well else b"sorry")

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
