"""The server in a thread of its own, for tests whose product runs in another loop or process."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.model_server.server import ModelServer, Received
from tests.model_server.wire import Script


class Beside:
    """A server in another thread, and the two things one may do to it from here."""

    def __init__(self, server: ModelServer, loop: asyncio.AbstractEventLoop) -> None:
        self.url = server.url
        self._server, self._loop = server, loop

    @property
    def requests(self) -> list[Received]:
        """What came so far, as it was at this moment."""
        return list(self._server.requests)

    def kill(self) -> None:
        """Drop every connection and listen no more; it is done when this returns."""

        async def kill() -> None:
            self._server.kill()

        asyncio.run_coroutine_threadsafe(kill(), self._loop).result(timeout=10)

    def kill_within(self, seconds: float) -> None:
        """Be killed in the middle of whatever is answered then."""
        self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._server.kill)


@contextmanager
def serving(script: Script) -> Iterator[Beside]:
    """A server for the time of a test; a script that failed raises at the end."""
    started, failed = threading.Event(), list[BaseException]()
    running: list[tuple[Beside, asyncio.Event]] = []

    async def serve() -> None:
        ended = asyncio.Event()
        async with ModelServer(script) as server:
            running.append((Beside(server, asyncio.get_running_loop()), ended))
            started.set()
            await ended.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    try:
        if running:
            yield running[0][0]
    finally:
        for beside, ended in running:
            beside._loop.call_soon_threadsafe(ended.set)
        thread.join()
    if failed:
        raise failed[0]
