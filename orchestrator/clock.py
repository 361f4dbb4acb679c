"""Time comes from here and from nowhere else, so that every wait can be tested without waiting.

All times in the project are seconds since the epoch in UTC, as floats rounded to milliseconds:
that is what the journal can write down, and a state rebuilt from it must be equal to the bit.
"""

import asyncio
import heapq
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The seam between the war room and the passing of time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC, rounded to milliseconds."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of this clock's time."""


class WallClock:
    """The machine's own clock."""

    def now(self) -> float:
        return round(time.time(), 3)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FakeClock:
    """A clock that moves only when told to; sleepers wake in the order of their due times."""

    def __init__(self, start: float = 1_763_906_400.0) -> None:
        self._now = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._tick = 0

    def now(self) -> float:
        return round(self._now, 3)

    async def sleep(self, seconds: float) -> None:
        self._tick += 1
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, self._tick, waiting))
        await waiting

    def advance(self, seconds: float) -> None:
        """Move time on and wake everyone whose time has come."""
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            waiting = heapq.heappop(self._sleepers)[2]
            if not waiting.done():
                waiting.set_result(None)


def iso(at: float) -> str:
    """`1763906400.25` as `2025-11-23T14:00:00.250Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_iso(text: str) -> float:
    """ISO-8601 with any offset (`Z` too) as seconds since the epoch; naive times are UTC.

    Raises ValueError when the text is no time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp(), 3)


def hhmmss(at: float) -> str:
    """The time of day in UTC, as timelines print it."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def span(seconds: float) -> str:
    """A length of time as `mm:ss`, or `1h36m` from an hour on: only near promises tick."""
    whole = int(abs(seconds))
    if whole >= 3600:
        return f"{whole // 3600}h{whole % 3600 // 60:02d}m"
    return f"{whole // 60:02d}:{whole % 60:02d}"
