"""The server: it reads requests, asks its script, and notes what came and who left early."""

import asyncio
import contextlib
import inspect
import json
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlsplit

from tests.model_server.refusals import wrong_with
from tests.model_server.usage import Prompt, prompt, tokens_of, usage
from tests.model_server.wire import Body, Script, Sleep, Wire

MESSAGES = "/v1/messages"
COUNT_TOKENS = "/v1/messages/count_tokens"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; its place in the list gets a new one when the client leaves early."""

    path: str
    body: Body
    headers: Mapping[str, str]
    """Names in lower case"""
    at: float
    """Seconds on the server's clock"""
    aborted: bool = False
    """The client closed the connection before the answer was over"""


class ModelServer:
    """The Messages API on a free port of loopback, for as long as its context is open.

    A script or an answer that raises is a broken test, so leaving the context raises what it did.
    """

    def __init__(
        self,
        script: Script,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.requests: list[Received] = []
        self._script, self._sleep, self._clock = script, sleep, clock
        self._asked = 0
        self._cached: list[Prompt] = []
        self._broken: list[Exception] = []
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._listening: asyncio.Server | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._protocol, "127.0.0.1", 0)
        self.port: int = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        ending = list(self._connections)
        self.kill()
        await asyncio.gather(*ending, return_exceptions=True)
        if self._broken:
            raise self._broken[0]

    @property
    def url(self) -> str:
        """What the SDK takes as its `base_url`."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """Stop listening and drop every connection at once, as a server that is killed does."""
        if self._listening is not None:
            self._listening.close()
        for task, writer in self._connections.items():
            task.cancel()
            writer.transport.abort()

    async def until(self, holds: Callable[[list[Received]], bool]) -> None:
        """Wait until what was received is as a test wants it."""
        while not holds(self.requests):
            await self._changed.wait()

    def _change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        reader = _Reader(loop=asyncio.get_running_loop())

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._serve(reader, writer))
            self._connections[task] = writer
            task.add_done_callback(lambda task: self._connections.pop(task, None))

        return asyncio.StreamReaderProtocol(reader, connected)

    async def _serve(self, reader: "_Reader", writer: asyncio.StreamWriter) -> None:
        """One connection, request after request."""
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while not writer.is_closing():
                    await self._exchange(reader, writer)
        except Exception as broken:
            self._broken.append(broken)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _exchange(self, reader: "_Reader", writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        method, target, _ = head[0].split(" ")
        fields = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        path = urlsplit(target).path
        wire = Wire(writer, self._sleep)
        if method != "POST" or path not in (MESSAGES, COUNT_TOKENS):
            return await wire.error(404, "not_found_error", "Not found")
        if not headers.keys() & {"authorization", "x-api-key"}:
            return await wire.error(401, "authentication_error", "no credentials were given")
        try:
            body = json.loads(content)
            asked, wrong = prompt(body), wrong_with(body) if path == MESSAGES else ""
        except (ValueError, TypeError, KeyError, AttributeError) as unread:
            return await wire.error(400, "invalid_request_error", f"not a request: {unread!r}")
        self.requests.append(Received(path, body, headers, self._clock()))
        place = len(self.requests) - 1
        if path == COUNT_TOKENS:
            await wire.whole(200, {"input_tokens": tokens_of(asked.units)})
        elif wrong or not body.get("stream"):
            why = wrong or "stream: this server only streams"
            await wire.error(400, "invalid_request_error", why)
        else:
            self._asked += 1
            wire.asks(body, self._asked, usage(asked, self._cached))
            wire.when_opened = lambda: self._cached.append(asked)
            if await _until_left(self._answer(wire), reader.left):
                self.requests[place] = replace(self.requests[place], aborted=True)
                writer.close()
        self._change()
        return None

    async def _answer(self, wire: Wire) -> None:
        self._change()
        try:
            answer = self._script(wire.body, wire.number)
            if inspect.isawaitable(answer):
                answer = await answer
        except Exception as broken:
            self._broken.append(broken)
            return await wire.error(500, "api_error", f"the script failed: {broken!r}")
        return await answer.send(wire)


class _Reader(asyncio.StreamReader):
    """A reader that says at once when the client is gone, whoever reads or does not."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.left = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.left.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.left.set()


async def _until_left(answer: Coroutine[None, None, None], left: asyncio.Event) -> bool:
    """Do it unless the client leaves first; whether it did."""
    answering = asyncio.create_task(answer)
    leaving = asyncio.create_task(left.wait())
    both = (answering, leaving)
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        gone = not answering.done()
    finally:
        for task in both:
            task.cancel()
        results = await asyncio.gather(*both, return_exceptions=True)
    if isinstance(results[0], ConnectionError):
        return True
    if isinstance(results[0], Exception):
        raise results[0]
    return gone
