"""An open loop of requests: they come when they come, however slow the answers are."""

import asyncio
from collections import Counter
from collections.abc import Iterator

from orchestrator.clock import Clock
from orchestrator.drills.traffic import Request

ANSWER_WITHIN = 5.0
PENDING = 400
"""Requests in flight beyond which new ones are dropped: the generator must not drown itself."""

BEHIND = 1.0
"""Seconds of delay after which the missed requests are let go instead of sent in a burst."""


async def fetch(
    port: int, request: Request, within: float = ANSWER_WITHIN, client: str = ""
) -> tuple[int, bytes]:
    """Status and body of one answer. OSError or TimeoutError when none comes.

    `client`: the address it says it comes from.
    """
    async with asyncio.timeout(within):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            body = request.body.encode()
            comes = f"X-Forwarded-For: {client}\r\n" if client else ""
            head = (
                f"{request.method} {request.path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n"
                f"{comes}Content-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.read(-1)
        finally:
            writer.close()
    start, _, content = answer.partition(b"\r\n\r\n")
    words = start.split(maxsplit=2)
    if len(words) < 2 or not words[1].isdigit():
        raise ConnectionError("the answer is no HTTP")
    return int(words[1]), content


class Load:
    """Sends requests at `rate` a second and counts what comes back."""

    def __init__(
        self,
        clock: Clock,
        port: int,
        requests: Iterator[Request],
        rate: float,
        clients: Iterator[str],
    ) -> None:
        self.rate = rate
        self.seen: Counter[str] = Counter()
        self._clock = clock
        self._port = port
        self._requests = requests
        self._clients = clients
        self._pending: set[asyncio.Task[None]] = set()

    async def run_for(self, seconds: float) -> None:
        """Send for a while."""
        running = asyncio.create_task(self.run())
        try:
            await self._clock.sleep(seconds)
        finally:
            running.cancel()

    async def run(self) -> None:
        """Send until cancelled."""
        due = self._clock.now()
        while True:
            now = self._clock.now()
            due = max(due + 1 / self.rate, now - BEHIND)
            await self._clock.sleep(max(0.0, due - now))
            if len(self._pending) < PENDING:
                task = asyncio.create_task(self._send(next(self._requests)))
                self._pending.add(task)
                task.add_done_callback(self._pending.discard)

    async def _send(self, request: Request) -> None:
        try:
            status, _ = await fetch(self._port, request, client=next(self._clients))
        except (OSError, TimeoutError):
            self.seen["unanswered"] += 1
        else:
            self.seen["failed" if status >= 500 else "answered"] += 1
