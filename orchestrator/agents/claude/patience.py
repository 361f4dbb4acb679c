"""How long a model is waited for: tries with pauses, and a moment after which nobody waits.

The moment beats whatever the other side says about waiting. Time is the injected clock's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from orchestrator.agents.claude.turn import Client, Hear, Reply, Turn, TurnFailed
from orchestrator.agents.contract import Stopped
from orchestrator.clock import Clock

T = TypeVar("T")

PAUSES = (0.5, 1.5, 4.0)
"""Seconds before the second, third and fourth try of a turn."""

Tell = Callable[[str], None]


async def before(
    clock: Clock, moment: float, stopped: Callable[[], Awaitable[None]], work: Awaitable[T]
) -> T:
    """What `work` gives, if it does so before `moment` and nobody says stop.

    TurnFailed with kind `deadline`, or Stopped; `work` is cancelled then, and has ended.
    """
    job = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep(max(0.0, moment - clock.now())))
    stop = asyncio.ensure_future(stopped())
    others: tuple[asyncio.Future[Any], ...] = (alarm, stop)
    try:
        await asyncio.wait({job, *others}, return_when=asyncio.FIRST_COMPLETED)
        if stop.done():
            stop.result()
            raise Stopped
        if not job.done():
            raise TurnFailed("deadline", "the time for this task is over")
        return job.result()
    finally:
        for one in (job, *others):
            one.cancel()
        await asyncio.gather(job, *others, return_exceptions=True)


class _Hearing:
    """Passes on what is heard of one try, and knows whether anything was."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self.any = False

    def __call__(self, text: str) -> None:
        self.any = True
        self._hear(text)


class Patience:
    """Asks until there is an answer, the tries are used up, or the moment has come."""

    def __init__(
        self, client: Client, clock: Clock, stopped: Callable[[], Awaitable[None]], tell: Tell
    ) -> None:
        self._client = client
        self._clock = clock
        self._stopped = stopped
        self._tell = tell

    async def reply(self, turn: Turn, hear: Hear, moment: float) -> Reply:
        """The answer to one turn. TurnFailed when there is none, Stopped when a person said so."""
        for pause in (*PAUSES, None):
            hearing = _Hearing(hear)
            try:
                asked = self._client.reply(turn, hearing)
                return await before(self._clock, moment, self._stopped, asked)
            except TurnFailed as error:
                if hearing.any:
                    self._tell("what was said since is discarded")
                if not error.again or pause is None:
                    raise
                await self._wait(error, max(pause, error.after), moment)
        raise AssertionError("the last try raises")

    async def _wait(self, error: TurnFailed, pause: float, moment: float) -> None:
        """Wait before the next try, unless that would outlast the moment."""
        if self._clock.now() + pause >= moment:
            raise TurnFailed(error.kind, f"{error}; no time is left to wait {pause:g} s") from error
        self._tell(f"{error}; again in {pause:g} s")
        try:
            await before(self._clock, moment, self._stopped, self._clock.sleep(pause))
        except TurnFailed:
            raise error from None
