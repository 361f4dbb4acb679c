"""A real HTTP server on loopback for tests of sources: it answers what it is told to."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, str]


class Web(ThreadingHTTPServer):
    """`answer` gets path and parameters; `hang` keeps callers waiting until it is set."""

    daemon_threads = True
    hang: threading.Event | None = None
    asked: list[tuple[str, dict[str, str]]]
    headers: dict[str, str]

    def answer(self, path: str, given: dict[str, str]) -> Reply:
        return self.reply(path, given)

    reply: Callable[[str, dict[str, str]], Reply]

    def address(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        web = self.server
        assert isinstance(web, Web)
        if web.hang is not None:
            web.hang.wait(10)
        url = urlsplit(self.path)
        given = {key: values[0] for key, values in parse_qs(url.query).items()}
        web.asked.append((url.path, given))
        status, body = web.answer(url.path, given)
        self.send_response(status)
        for name, value in web.headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def serving(reply: Callable[[str, dict[str, str]], Reply]) -> Iterator[Web]:
    """A server for the time of a test."""
    web = Web(("127.0.0.1", 0), _Handler)
    web.reply, web.asked, web.headers = reply, [], {}
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        if web.hang is not None:
            web.hang.set()
        web.shutdown()
        thread.join()
        web.server_close()


def success(kind: str, result: Any) -> str:
    """A Prometheus server's answer, in the shape its documentation gives."""
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": result}})


def failure(kind: str, why: str) -> str:
    return json.dumps({"status": "error", "errorType": kind, "error": why})
