"""What all sources share: one kind of error, one kind of cut.

SourceError
└── Hanging: no answer in the time given
"""

from collections.abc import Callable
from typing import TypeVar

from orchestrator.own_thread import aside

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
    """`read()` in a thread of its own. Hanging when it takes longer than `seconds`."""
    try:
        return await aside(read, seconds, f"source {what}")
    except TimeoutError:
        raise Hanging(f"{what}: no answer in {seconds:g} s, cut") from None
