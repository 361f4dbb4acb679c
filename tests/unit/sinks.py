"""Real places that take messages, on loopback: a mailbox, a webhook, an ntfy, a mattermost.

Each keeps what it took by key and, where it is told to, thinks a while before or after taking: a
kill then finds every stage of a delivery.
"""

import asyncio
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller


@dataclass
class Taken:
    """What one place took, and how slow it is about it."""

    slow: float = 0.0
    """up to so many seconds before, and again after it took a message"""
    answers: list[int] = field(default_factory=list)
    """codes given before it takes anything"""
    requests: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def linger(self) -> None:
        if self.slow:
            time.sleep(random.uniform(0, self.slow))  # a slow service is what is acted here

    def keys(self) -> Counter[str]:
        with self.lock:
            return Counter(str(one["key"]) for one in self.messages)


class Mailbox:
    """The handler of an SMTP server."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(random.uniform(0, self.taken.slow))
        if self.taken.answers:
            return f"{self.taken.answers.pop(0)} not now"
        mail: Message = message_from_bytes(envelope.content)
        with self.taken.lock:
            self.taken.messages.append(
                {
                    "key": mail["X-Warroom-Key"],
                    "id": mail["Message-ID"],
                    "subject": mail["Subject"],
                    "to": list(envelope.rcpt_tos),
                    "text": mail.get_payload(decode=True),
                }
            )
        await asyncio.sleep(random.uniform(0, self.taken.slow))
        return "250 taken"


def webhook(taken: Taken, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str]:
    """A receiver that honours the key: a repeat is answered and not taken again."""
    said = json.loads(body)
    key = request.headers["Idempotency-Key"]
    said["authorization"] = request.headers.get("Authorization", "")
    with taken.lock:
        if all(one["key"] != key for one in taken.messages):
            taken.messages.append({**said, "key": key})
    return 200, "{}"


def ntfy(taken: Taken, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str]:
    """The two calls of ntfy that are used: publish, and poll what a topic has."""
    if request.command == "GET":
        with taken.lock:
            return 200, "".join(json.dumps(one) + "\n" for one in taken.messages)
    said = json.loads(body)
    tags = request.headers.get("X-Tags", "").split(",")
    with taken.lock:
        number = len(taken.messages)
        taken.messages.append({**said, "id": f"m{number}", "tags": tags, "key": tags[0]})
    return 200, json.dumps({"id": f"m{number}"})


def mattermost(taken: Taken, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str]:
    """An incoming hook: it knows no keys, so what it took is told apart by its words."""
    said = json.loads(body)
    with taken.lock:
        taken.messages.append({**said, "key": said["text"].splitlines()[0]})
    return 200, "ok"


Takes = Callable[[Taken, BaseHTTPRequestHandler, bytes], tuple[int, str]]


@contextmanager
def http(takes: Takes, taken: Taken) -> Iterator[int]:
    """A server of one kind; its port."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            posted = self.command != "GET"
            if posted:
                taken.linger()
                taken.requests.append({"path": self.path, "at": time.monotonic()})
            if posted and taken.answers:
                code, text = taken.answers.pop(0), "no"
            else:
                code, text = takes(taken, self, body)
            if posted:
                taken.linger()
            try:
                self.send_response(code)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())
            except OSError:
                return  # who asked was killed

        do_GET = do_POST = do_PUT = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            return

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def smtp(taken: Taken) -> Iterator[int]:
    """A mail server; its port."""
    controller = Controller(Mailbox(taken), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def hanging() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield listener.getsockname()[1]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_of(url: str) -> int:
    return int(urlsplit(url).port or 0)
