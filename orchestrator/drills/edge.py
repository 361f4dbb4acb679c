"""The edge: a reverse proxy between the load and the service, in the supervisor's own process."""

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.clock import Clock, iso
from orchestrator.drills import edge_config
from orchestrator.drills.edge_counts import Counts
from orchestrator.drills.edge_monitor import Passed
from orchestrator.drills.edge_plan import NAME
from orchestrator.drills.ports import Ports

HEAD_WITHIN = 5.0
REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    length: int
    client: str
    head: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes back. `upstream` as in the log; empty where the service was not asked."""

    status: int
    content: bytes
    upstream: str = ""


class Edge:
    """Passes requests on by the configuration that is live, and keeps an account of them."""

    def __init__(
        self, clock: Clock, project: Path, ports: Ports, passed: Callable[[Passed], None]
    ) -> None:
        self.version = ""
        self._clock = clock
        self._var = project / "var"
        self._live = project / "releases" / NAME / "current"
        self._ports = ports
        self._passed = passed
        self.counts = Counts()
        self._config: edge_config.EdgeConfig | None = None
        self._log = -1

    @property
    def health(self) -> str:
        return f"http://127.0.0.1:{self._ports.edge}/healthz"

    def reload(self) -> None:
        """Take on the configuration that is live; the old one stays where the new one is wrong."""
        release = self._live.resolve()
        try:
            self._config = edge_config.read(release)
        except edge_config.BadConfig as error:
            self._write({"level": "error", "event": "reload", "error": str(error)})
            return
        self.version = release.name
        self._write({"level": "info", "event": "reload", "version": self.version})

    async def serve(self) -> None:
        """Listen until cancelled."""
        self._log = os.open(
            self._var / "log" / f"{NAME}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
        )
        server = await asyncio.start_server(
            self._take, "127.0.0.1", self._ports.edge, backlog=512, limit=64 * 1024
        )
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            os.close(self._log)
            self._log = -1

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began = self._clock.now()
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, OSError):
            try:
                try:
                    asked = await self._read(reader, writer)
                except (ValueError, asyncio.LimitOverrunError):
                    writer.write(_plain(400, "this is no HTTP request\n"))
                    return
                own = self._own(asked)
                if own:
                    writer.write(own)
                    return
                answered = await self._answer(asked, reader)
                self._account(asked, answered, began)
                writer.write(answered.content)
                await writer.drain()
            finally:
                writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked:
        """The head of a request. ValueError when it is none."""
        async with asyncio.timeout(HEAD_WITHIN):
            head = await reader.readuntil(b"\r\n\r\n")
        first, *rest = head[:-4].decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {}
        for line in rest:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        peer = str(writer.get_extra_info("peername")[0])
        client = headers.get("x-forwarded-for", peer).split(",")[0].strip()[:45] or peer
        return Asked(method, path, int(headers.get("content-length") or 0), client, head)

    def _own(self, asked: Asked) -> bytes:
        """What the edge says of itself; empty for all that is not asked of itself."""
        if asked.path == "/healthz":
            status = "ok" if self._config is not None else "down"
            body = json.dumps({"status": status, "version": self.version})
            return _reply(200 if self._config is not None else 503, "application/json", body)
        if asked.path == "/metrics":
            return _reply(200, "text/plain; version=0.0.4", self.counts.page(self.version))
        return b""

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader) -> Answered:
        config = self._config
        if config is None:
            return Answered(503, _plain(503, "no configuration is live yet\n"))
        if (self._var / "edge-maintenance").exists():
            again = f"Retry-After: {config.retry_after}\r\n"
            return Answered(503, _plain(503, "down for maintenance\n", again))
        if asked.client in self._blocked() or asked.path.startswith(config.deny):
            return Answered(403, _plain(403, "forbidden\n"))
        if asked.length > config.max_body:
            return Answered(413, _plain(413, "the body is too large\n"))
        if len(asked.head) > config.max_header:
            return Answered(431, _plain(431, "the header is too large\n"))
        body = await reader.readexactly(asked.length) if asked.length else b""
        return await self._forward(asked.head + body, config)

    def _blocked(self) -> list[str]:
        try:
            return (self._var / "edge-blocked.txt").read_text("utf-8").split()
        except FileNotFoundError:
            return []

    async def _forward(self, request: bytes, config: edge_config.EdgeConfig) -> Answered:
        """Ask the service; where it refuses or is late, answer in its place."""
        try:
            async with asyncio.timeout(config.connect_timeout):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._ports.service)
        except (OSError, TimeoutError):
            return Answered(502, _plain(502, "the service refuses\n"), "refused")
        try:
            async with asyncio.timeout(config.read_timeout):
                writer.write(request)
                content = await reader.read(-1)
        except TimeoutError:
            return Answered(504, _plain(504, "the service was too late\n"), "timeout")
        except OSError:
            content = b""
        finally:
            writer.close()
        words = content[:32].split(maxsplit=2)
        if len(words) < 2 or not words[1].isdigit():
            return Answered(502, _plain(502, "the service hung up\n"), "refused")
        return Answered(int(words[1]), content, "ok")

    def _account(self, asked: Asked, answered: Answered, began: float) -> None:
        now = self._clock.now()
        size = len(answered.content)
        self.counts.add(asked.client, answered.status, now - began, size, answered.upstream)
        self._passed(Passed(now, asked.client, answered.status, size, answered.upstream))
        line: dict[str, object] = {
            "level": "error" if answered.upstream in ("timeout", "refused") else "info",
            "event": "request",
            "client": asked.client,
            "method": asked.method,
            "path": asked.path,
            "status": answered.status,
            "bytes": size,
            "ms": round((now - began) * 1000, 1),
        }
        if answered.upstream:
            line["upstream"] = answered.upstream
        self._write(line)

    def _write(self, fields: dict[str, object]) -> None:
        if self._log >= 0:
            line = json.dumps({"ts": iso(self._clock.now()), **fields})
            os.write(self._log, line.encode() + b"\n")


def _plain(status: int, text: str, more: str = "") -> bytes:
    return _reply(status, "text/plain", text, more)


def _reply(status: int, kind: str, text: str, more: str = "") -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.0 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    )
    return head.encode() + body
