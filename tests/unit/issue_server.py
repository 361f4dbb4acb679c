"""A real HTTP server on loopback that keeps issues as GitHub's documented REST interface does."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghp_" + "a1B2" * 9
ISSUES = "/repos/acme/shop/issues"

Refusal = tuple[int, dict[str, Any], dict[str, str]]


class Issues(ThreadingHTTPServer):
    """`issues` is the repository; `refuse` may answer a request otherwise than with them."""

    daemon_threads = True
    issues: list[dict[str, Any]]
    asked: list[tuple[str, str]]
    headers: list[dict[str, str]]
    refuse: Callable[[str], Refusal | None]
    dies_after_opening: bool

    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        web, url = self._heard("GET")
        if not self._refused("GET"):
            given = {key: values[0] for key, values in parse_qs(url.query).items()}
            size, page = int(given.get("per_page", "30")), int(given.get("page", "1"))
            there = [one for one in web.issues if given["state"] in ("all", one["state"])]
            there = [one for one in there if one["updated_at"] >= given.get("since", "")]
            self._answer(200, list(reversed(there))[(page - 1) * size : page * size])

    def do_POST(self) -> None:
        web, _ = self._heard("POST")
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self._refused("POST"):
            return
        number = len(web.issues) + 1
        web.issues.append(
            {
                "number": number,
                "state": "open",
                "updated_at": "2026-11-26T00:00:00Z",
                "html_url": f"https://github.example/acme/shop/issues/{number}",
                **body,
            }
        )
        if web.dies_after_opening:
            self.close_connection = True  # the issue is there, and its answer never comes
        else:
            self._answer(201, web.issues[-1])

    def _heard(self, method: str) -> tuple[Issues, Any]:
        web = self.server
        assert isinstance(web, Issues)
        url = urlsplit(self.path)
        web.asked.append((method, url.path))
        web.headers.append({name.lower(): value for name, value in self.headers.items()})
        return web, url

    def _refused(self, method: str) -> bool:
        web = self.server
        assert isinstance(web, Issues)
        refusal = web.refuse(method)
        if refusal is None and self.headers["authorization"] != f"Bearer {TOKEN}":
            refusal = (401, {"message": "Bad credentials"}, {})
        if refusal is None and urlsplit(self.path).path != ISSUES:
            refusal = (404, {"message": "Not Found"}, {})
        if refusal is not None:
            self._answer(refusal[0], refusal[1], refusal[2])
        return refusal is not None

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-length": str(len(text)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def keeping_issues() -> Iterator[Issues]:
    """A server for the time of a test."""
    web = Issues(("127.0.0.1", 0), _Handler)
    web.issues, web.asked, web.headers = [], [], []
    web.refuse, web.dies_after_opening = lambda method: None, False
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web.shutdown()
        thread.join()
        web.server_close()
