"""A small program that Prometheus scrapes: what it exposes is set by the test."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Exporter(ThreadingHTTPServer):
    """Answers `/metrics` with `page`, and keeps bodies that are posted to it."""

    daemon_threads = True
    page = ""
    posted: list[str]

    @property
    def port(self) -> int:
        return self.server_port


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        exporter = self.server
        assert isinstance(exporter, Exporter)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(exporter.page.encode())

    def do_POST(self) -> None:
        exporter = self.server
        assert isinstance(exporter, Exporter)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        exporter.posted.append(body.decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def exporting(page: str) -> Iterator[Exporter]:
    """An exporter for the time of a test."""
    exporter = Exporter(("127.0.0.1", 0), _Handler)
    exporter.page, exporter.posted = page, []
    thread = threading.Thread(target=exporter.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield exporter
    finally:
        exporter.shutdown()
        thread.join()
        exporter.server_close()
