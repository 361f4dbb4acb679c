"""What all sources share: one kind of error, one kind of cut.

SourceError
└── Hanging: no answer in the time given
"""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TIMEOUT = 10.0
"""Seconds a source may take unless it says otherwise."""

BYTES = 4 * 1024 * 1024
"""Bytes read from one source at once unless it says otherwise."""


class SourceError(Exception):
    """A source could not be read: one line that says what and why."""


class Hanging(SourceError):
    """A source gave no answer in its time and was cut."""


async def within(seconds: float, what: str, read: Callable[[], T]) -> T:
    """`read()` in a thread of its own. Hanging when it takes longer than `seconds`.

    The thread is a daemon: one that hangs in the kernel must not keep the runner from ending.
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

    def work() -> None:
        value, failure = None, None
        try:
            value = read()
        except BaseException as error:  # it belongs to the caller, who awaits it
            failure = error
        # a loop that is closed meanwhile wants no answer any more
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, value, failure)

    threading.Thread(target=work, name=f"source {what}", daemon=True).start()
    try:
        return await asyncio.wait_for(answer, seconds)
    except TimeoutError:
        raise Hanging(f"{what}: no answer in {seconds:g} s, cut") from None
