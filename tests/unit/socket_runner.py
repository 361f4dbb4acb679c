"""A runner that only listens: it notes each command and gives the answer it was told to give."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.clock import WallClock
from orchestrator.project import Project, write_private

BEAT_SECONDS = 0.2


class Listening:
    """What was heard so far, and what is answered."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answer: dict[str, Any] = {"accepted": True, "why": "", "data": {}}
        self.answers: dict[str, dict[str, Any]] = {}
        """by command, where one is answered in a way of its own"""

    @property
    def last(self) -> dict[str, Any]:
        """The arguments of the last command, without its envelope."""
        envelope = ("id", "at", "incident")
        return {name: value for name, value in self.heard[-1].items() if name not in envelope}


@contextmanager
def listening(project: Project) -> Iterator[Listening]:
    """Listen on the project's socket as its runner would."""
    project.create()
    _beat(project)
    runner, ended = Listening(), threading.Event()
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(project.socket))
    server.listen()
    server.settimeout(BEAT_SECONDS)

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                _beat(project)
                continue
            connection.settimeout(None)
            with connection, connection.makefile("rwb") as lines:
                line = lines.readline()
                if line:
                    command = json.loads(line)
                    runner.heard.append(command)
                    answer = runner.answers.get(command["cmd"], runner.answer)
                    lines.write(json.dumps(answer).encode() + b"\n")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield runner
    finally:
        ended.set()
        thread.join()
        server.close()


def _beat(project: Project) -> None:
    write_private(project.runner, json.dumps({"pid": os.getpid(), "at": WallClock().now()}))
