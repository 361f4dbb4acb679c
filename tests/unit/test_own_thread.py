"""Blocking work beside the loop: its answer, its end, and a caller that is cancelled meanwhile."""

import asyncio
import threading

import pytest

from orchestrator.own_thread import aside

NAME = "the work"


def finished() -> None:
    """The thread has handed its answer to the loop, which has not looked yet."""
    for thread in threading.enumerate():
        if thread.name == NAME:
            thread.join(10)


def test_a_cancellation_that_meets_the_answer_is_not_lost() -> None:
    """Or whoever ends a loop of such work waits for ever: a scraper, and the runner with it."""

    async def scenario() -> bool:
        go = threading.Event()
        task = asyncio.create_task(aside(go.wait, 10, NAME))
        await asyncio.sleep(0)
        go.set()
        finished()
        await asyncio.sleep(0)  # the answer is there, its caller has not been woken
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(scenario())


def test_what_the_work_raises_reaches_who_asked_for_it() -> None:
    def fails() -> None:
        raise ValueError("row 7")

    with pytest.raises(ValueError, match="row 7"):
        asyncio.run(aside(fails, 10, NAME))


def test_work_that_takes_too_long_is_given_up_and_ends_alone() -> None:
    never = threading.Event()

    async def scenario() -> None:
        with pytest.raises(TimeoutError):
            await aside(never.wait, 0.01, NAME)

    asyncio.run(scenario())
    never.set()
    finished()
