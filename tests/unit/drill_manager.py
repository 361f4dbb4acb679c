"""Stands where a drill's supervisor stands for the deploy script: a socket and a health page."""

import json
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from orchestrator.drills import DrillHome


class Manager:
    """Counts restarts; `sick` versions never answer."""

    def __init__(self, home: DrillHome) -> None:
        self.restarts = 0
        self.sick: set[str] = set()
        self.health = ""
        self._link = home.project / "releases" / home.service / "current"

    def version(self) -> str:
        """What the service would answer with now."""
        now = self._link.resolve().name
        return "old" if now in self.sick else now


@contextmanager
def managed(home: DrillHome) -> Iterator[Manager]:
    """A manager that answers for the length of the block."""
    manager = Manager(home)

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"version": manager.version()}).encode())

        def log_message(self, *args: Any) -> None:
            """Nothing to say."""

    class Question(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            manager.restarts += json.loads(self.rfile.readline())["op"] == "restart"
            self.wfile.write(json.dumps({"health": manager.health}).encode() + b"\n")

    with ExitStack() as stack:
        page = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Health))
        manager.health = f"http://127.0.0.1:{page.server_address[1]}/healthz"
        with chdir(home.project / "var" / "run"):
            asked = socketserver.ThreadingUnixStreamServer("manager.sock", Question)
        stack.enter_context(asked)
        for server in (page, asked):
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.shutdown)
        yield manager


def deploy(home: DrillHome, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the drill's own script for its service, as the war room would."""
    return subprocess.run(
        ["bin/deploy", home.service, *arguments],
        cwd=home.project,
        capture_output=True,
        text=True,
        check=False,
        timeout=40,
    )


def logged(home: DrillHome) -> list[dict[str, Any]]:
    """The deploy log."""
    text = (home.project / "var" / "deploys.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]
