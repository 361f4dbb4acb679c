"""Blocking work in a thread of its own, beside the event loop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T], seconds: float, name: str) -> T:
    """What `work()` returns or raises; TimeoutError when it takes longer than `seconds`.

    The thread is a daemon and of no pool: one that hangs in the kernel holds up nobody, and does
    not keep the runner from ending. What it was at may still happen.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)  # type: ignore[arg-type]

    def run() -> None:
        value, failure = None, None
        try:
            value = work()
        except BaseException as error:  # it belongs to the caller, who awaits it
            failure = error
        with contextlib.suppress(RuntimeError):  # a closed loop wants no answer any more
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=run, name=name, daemon=True).start()
    # not `wait_for`, which before Python 3.12 drops a cancellation that meets the answer
    async with asyncio.timeout(seconds):
        return await answer
