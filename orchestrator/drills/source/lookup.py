"""Answers what services ask for, over HTTP: `PORT NAME`. Nothing is stored here."""

import json
import signal
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter
from types import FrameType
from typing import Any
from zlib import crc32

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


class Lookup(ThreadingHTTPServer):
    """One thread a request; a restart takes the port at once."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._buckets: Counter[float] = Counter()
        self._count = 0
        self._seconds = 0.0
        super().__init__(("127.0.0.1", port), Handler)

    def observe(self, seconds: float) -> None:
        """Count one answer."""
        with self._lock:
            self._count += 1
            self._seconds += seconds
            self._buckets.update(bound for bound in BUCKETS if seconds <= bound)

    def page(self) -> str:
        """What was answered, in the text format that Prometheus scrapes."""
        name = "http_request_duration_seconds"
        with self._lock:
            lines = [
                "# TYPE http_requests_total counter",
                f'http_requests_total{{code="200"}} {self._count}',
                f"# TYPE {name} histogram",
                *(f'{name}_bucket{{le="{bound}"}} {self._buckets[bound]}' for bound in BUCKETS),
                f'{name}_bucket{{le="+Inf"}} {self._count}',
                f"{name}_sum {self._seconds:.6f}",
                f"{name}_count {self._count}",
            ]
        return "\n".join(lines) + "\n"


class Handler(BaseHTTPRequestHandler):
    """One question."""

    server: Lookup

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._send(
                "application/json", json.dumps({"status": "ok", "service": self.server.name})
            )
        elif self.path == "/metrics":
            self._send("text/plain; version=0.0.4", self.server.page())
        else:
            started = perf_counter()
            told = {"subject": self.path[1:65], "value": crc32(self.path.encode()) % 1000}
            self._send("application/json", json.dumps(told))
            self.server.observe(perf_counter() - started)

    def _send(self, kind: str, text: str) -> None:
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the name of the base
        """Who asks logs that itself."""


def say(name: str, message: str, **fields: Any) -> None:
    """One line of the log."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"ts": at, "level": "info", "logger": name, "msg": message, **fields}
    print(json.dumps(line), flush=True)


def main() -> None:
    port, name = int(sys.argv[1]), sys.argv[2]
    server = Lookup(port, name)

    def stop(signum: int, frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    say(name, "started", port=port)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    say(name, "stopped")


if __name__ == "__main__":
    main()
