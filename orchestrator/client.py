"""How a console, a verb or the autopilot speaks to the runner: one JSON line there, one back.

The socket is the runner's (0600); the runner knows the person from the peer's uid, or from a token
in the environment. Standard library
only, because this lies on the way to the first frame.
"""

import itertools
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.clock import Clock
from orchestrator.project import Project

HEARTBEAT_SECONDS = 0.5
"""How often the runner says that it is alive."""

DOWN_AFTER = 2.5
"""Seconds without a heartbeat after which the runner counts as down."""

HERE_SECONDS = 2.0
"""How often a console says which incident it shows."""

READ_SECONDS = 8.0
"""How long plain words may take to be understood: a model has less, and the parser none."""

LINE_LIMIT = 4 << 20
"""Bytes of one command; the alert of a whole cluster fits."""

TOKEN = "WARROOM_TOKEN"
"""Environment variable with a person's token: commands from here are then theirs."""

_count = itertools.count()

_detached: "list[subprocess.Popen[bytes]]" = []
"""Runners started from here: they outlive us, and are reaped when they do not."""


class RunnerDown(Exception):
    """Nobody answers on the runner's socket."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the runner said: accepted, or refused and why. `data` carries what was asked for."""

    accepted: bool
    why: str
    data: dict[str, Any]


def command_id(clock: Clock, name: str) -> str:
    """An id that sorts by the moment of the key press and is made once, at that press."""
    return f"cmd/{int(clock.now() * 1000):015d}-{os.getpid():07d}-{next(_count):04d}/{name}"


def send(project: Project, command: dict[str, Any], timeout: float = 10.0) -> Answer:
    """Send one command and wait for the answer. RunnerDown when nobody is there.

    `command`: `{"id", "cmd", "incident", ...arguments}`.
    """
    if token := os.environ.get(TOKEN):
        command = {**command, "token": token}
    try:
        project.check_socket_folder()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(os.fspath(project.socket))
            connection.sendall(json.dumps(command).encode() + b"\n")
            reply = _line(connection)
    except (OSError, TimeoutError) as error:
        raise RunnerDown(f"no runner answers for {project.root} ({error})") from error
    if not reply:
        raise RunnerDown(f"the runner for {project.root} hung up before it answered")
    body = json.loads(reply)
    return Answer(bool(body.get("accepted")), str(body.get("why", "")), body.get("data") or {})


def start_runner(project: Project) -> "subprocess.Popen[bytes]":
    """Start the project's runner, detached from this terminal; a second one ends by itself."""
    project.create()
    with project.runner_log.open("ab") as log:
        project.runner_log.chmod(0o600)
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", "runner", "--project", str(project.root)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _detached[:] = [one for one in _detached if one.poll() is None] + [process]
    return process


def last_words(project: Project) -> str:
    """The last line the runner's log holds: why it ended, when it ended badly."""
    try:
        lines = project.runner_log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""


def _line(connection: socket.socket) -> bytes:
    received = bytearray()
    while not received.endswith(b"\n"):
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    return bytes(received)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The runner's last word about itself."""

    pid: int
    at: float
    disk_full: bool = False
    why: str = ""
    backend: str = "rules"
    """who answers its tasks, and reads plain words"""


def heartbeat(path: Path) -> Heartbeat | None:
    """What `runner.json` says; None when there is none or it is unreadable."""
    try:
        body = json.loads(path.read_text())
        return Heartbeat(
            int(body["pid"]),
            float(body["at"]),
            bool(body.get("disk_full")),
            str(body.get("why") or ""),
            str(body.get("backend") or "rules"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def alive(project: Project, now: float) -> bool:
    """True while the runner's heartbeat is fresh; one from the future is not."""
    beat = heartbeat(project.runner)
    return beat is not None and abs(now - beat.at) <= DOWN_AFTER
