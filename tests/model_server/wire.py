"""One answer on its way to the client, event by event: what replies and faults are written with."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol, TypeAlias

from tests.model_server.usage import Usage

Body: TypeAlias = dict[str, Any]
Sleep: TypeAlias = Callable[[float], Awaitable[object]]


class Answer(Protocol):
    """What the server does once it has read a request: a reply, or something going wrong."""

    async def send(self, wire: "Wire") -> None:
        """Write it; the server cancels this when the client leaves."""


Script: TypeAlias = Callable[[Body, int], Answer | Awaitable[Answer]]
"""From a request and its number, the first being 1, to what is answered"""


class Wire:
    """A connection that has asked and waits."""

    def __init__(self, writer: asyncio.StreamWriter, sleep: Sleep) -> None:
        self.body: Body = {}
        self.number, self.usage = 0, Usage(0, 0, 0)
        self.sleep = sleep
        self.when_opened: Callable[[], None] = lambda: None
        self._writer = writer

    def asks(self, body: Body, number: int, usage: Usage) -> None:
        """What is asked on it, as which request, and what that would cost."""
        self.body, self.number, self.usage = body, number, usage

    @property
    def request_id(self) -> str:
        """What the API lets a caller quote to its support."""
        return f"req_{self.number:06}"

    async def whole(
        self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        """An answer in one piece."""
        content = json.dumps(body).encode()
        given = {"content-type": "application/json", "content-length": str(len(content))}
        await self._write(self._head(status, {**given, **(headers or {})}) + content)

    async def error(
        self, status: int, kind: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """A refusal in the form all of the API's errors have."""
        body = {
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": self.request_id,
        }
        await self.whole(status, body, headers)

    async def open(self) -> None:
        """Begin a stream of events: from here on the client retries nothing."""
        self.when_opened()
        given = {
            "content-type": "text/event-stream; charset=utf-8",
            "cache-control": "no-cache",
            "transfer-encoding": "chunked",
        }
        await self._write(self._head(200, given))

    async def event(self, name: str, data: Mapping[str, Any] | str) -> None:
        """One event; data that is text goes out as it is, broken or not."""
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        content = f"event: {name}\ndata: {text}\n\n".encode()
        await self._write(b"%x\r\n%b\r\n" % (len(content), content))

    async def close(self) -> None:
        """End the stream as HTTP wants it ended, whatever was said in it."""
        await self._write(b"0\r\n\r\n")

    async def drop(self) -> None:
        """Close the connection on a client that still expects more."""
        self._writer.close()

    async def until_client_leaves(self) -> None:
        """Say nothing more; the client ends this."""
        await asyncio.get_running_loop().create_future()

    def _head(self, status: int, headers: Mapping[str, str]) -> bytes:
        reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Overloaded"
        named = {**headers, "request-id": self.request_id}
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{key}: {named[key]}" for key in named)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    async def _write(self, content: bytes) -> None:
        self._writer.write(content)
        await self._writer.drain()
