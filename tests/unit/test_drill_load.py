"""The load is an open loop: slow or missing answers do not slow it down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import repeat

import pytest

from orchestrator.clock import FakeClock
from orchestrator.drills.load import Load, fetch
from orchestrator.drills.traffic import Request

GET = Request("GET", "/orders")


@asynccontextmanager
async def _server(answer: bytes | None) -> AsyncIterator[tuple[int, asyncio.Queue[bytes]]]:
    """A port that takes requests, and answers them all alike, or never."""
    taken: asyncio.Queue[bytes] = asyncio.Queue()
    hold = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        taken.put_nowait(head)
        if answer is None:
            await hold.wait()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], taken
    finally:
        hold.set()
        server.close()


def test_an_answer_is_its_status_and_body() -> None:
    async def scene() -> None:
        async with _server(b"HTTP/1.0 503 Busy\r\nX: y\r\n\r\nbody") as (port, taken):
            assert await fetch(port, Request("POST", "/a?b=c", "{}")) == (503, b"body")
            head = await taken.get()
            assert head.startswith(b"POST /a?b=c HTTP/1.0\r\n")
            assert b"Content-Length: 2\r\n" in head

    asyncio.run(scene())


def test_something_else_than_http_is_an_error() -> None:
    async def scene() -> None:
        async with _server(b"hello\r\n\r\n") as (port, _):
            with pytest.raises(ConnectionError, match="no HTTP"):
                await fetch(port, GET)

    asyncio.run(scene())


def test_requests_go_on_at_their_rate_while_nobody_answers() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with _server(None) as (port, taken):
            load = Load(clock, port, repeat(GET), 10.0, repeat("192.0.2.1"))
            running = asyncio.create_task(load.run())
            for _ in range(20):
                await asyncio.sleep(0)
                clock.advance(0.1)
                await asyncio.wait_for(taken.get(), 5)
            assert load.seen.total() == 0
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    asyncio.run(scene())
