"""How long a model is waited for: only the test moves the clock, and a socket is real."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from orchestrator.agents.claude import REST, ClaudeBackend
from orchestrator.agents.claude.patience import PAUSES
from orchestrator.agents.claude.sdk import SdkClient
from orchestrator.agents.contract import Answer
from orchestrator.clock import FakeClock
from orchestrator.settings_model import ModelTable
from tests.model_server import Answer as ServerAnswer
from tests.model_server import Body, ModelServer, faults
from tests.unit.model_work import KEY, Earlier, Found, PassingClock, Work, found_in, run

LIMIT = 240.0
"""Seconds a task has, as the settings ship it"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"), keys=("regression/verdict", "tier1/data"))


class HeldClock(FakeClock):
    """A clock that tells who begins to wait on it, and for how long."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._more = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._more.set()
        await super().sleep(seconds)

    async def until_waiting(self, holds: Callable[[list[float]], bool]) -> None:
        """Wait until somebody waits as the test wants it."""
        while not holds(self.waits):
            self._more.clear()
            await self._more.wait()


def interrupted(
    found: Found, server: ModelServer, interrupt: Callable[[Work, HeldClock], Awaitable[None]]
) -> tuple[Work, Answer]:
    """A task at a server, and what somebody does meanwhile."""

    async def work() -> tuple[Work, Answer]:
        clock = HeldClock()
        work = Work(found, clock=clock)
        async with server:
            asking = asyncio.create_task(work.at(server))
            await interrupt(work, clock)
            answer = await asking
            if server.requests:
                await server.until(lambda requests: requests[-1].aborted or len(requests) > 1)
            return work, answer

    return run(work())


def test_the_deadline_beats_a_wait_of_five_minutes(found: Found) -> None:
    work = Work(found)
    answer = work.answered(faults.always(faults.rate_limited(300)))
    work.stands(answer, "the model's rate limit is reached (429); no time is left to wait 300 s")
    assert len(work.requests) == 1
    assert isinstance(work.clock, PassingClock)
    assert work.clock.waited == []


@pytest.mark.parametrize("said", ["nan", "inf", "-5", "Thu, 26 Nov 2026 14:00:00 GMT", "soon"])
def test_no_word_about_waiting_makes_anybody_wait_for_ever(found: Found, said: str) -> None:
    limited = dataclasses.replace(faults.rate_limited(), headers={"retry-after": said})
    work = Work(found)
    work.stands(work.answered(faults.always(limited)), "rate limit")


@pytest.mark.parametrize("fault", [faults.pinging(), faults.stalled(), faults.Silence()])
def test_the_deadline_beats_pings_and_silence_and_closes_the_socket(
    found: Found, fault: faults.Midway | faults.Silence
) -> None:
    server = ModelServer(faults.always(fault))

    async def time_passes(work: Work, clock: HeldClock) -> None:
        await server.until(lambda requests: len(requests) == 1)
        clock.advance(LIMIT - 0.01)
        await asyncio.sleep(0)
        assert not server.requests[0].aborted
        clock.advance(0.02)

    work, answer = interrupted(found, server, time_passes)
    work.stands(answer, "the time for this task is over")
    assert [one.aborted for one in server.requests] == [True]


def test_the_pauses_between_tries_are_those_that_are_written_down(found: Found) -> None:
    clock = PassingClock(found.state.detected_at)
    work = Work(found, clock=clock)
    work.stands(work.answered(faults.always(faults.overloaded())), "overloaded")
    assert clock.waited == list(PAUSES)


def test_the_other_sides_word_lengthens_a_pause_and_never_shortens_it(found: Found) -> None:
    clock = PassingClock(found.state.detected_at)
    work = Work(found, clock=clock)
    waits = faults.in_order(faults.rate_limited(7), faults.rate_limited(0.01), work.hands_in())
    work.joined(work.answered(waits))
    assert clock.waited == [7, PAUSES[1]]


def test_a_task_that_has_no_time_left_for_a_pause_does_not_begin_it(found: Found) -> None:
    work = Work(found, task={"seconds": 1.0})
    work.clock = FakeClock()  # of the limit nothing passes by itself
    work.bench.clock = work.clock
    answer = work.answered(faults.always(faults.rate_limited(2)))
    work.stands(answer, "no time is left to wait 2 s")
    assert len(work.requests) == 1


def test_whoever_is_stopped_in_an_answer_closes_the_socket_at_once(found: Found) -> None:
    server = ModelServer(faults.always(faults.pinging()))

    async def stop(work: Work, clock: HeldClock) -> None:
        await server.until(lambda requests: len(requests) == 1)
        work.bench.stop.set()

    work, answer = interrupted(found, server, stop)
    work.stands(answer, "a person stopped it")
    assert [one.aborted for one in server.requests] == [True]


def test_whoever_is_stopped_in_a_pause_does_not_wait_for_its_end(found: Found) -> None:
    async def work() -> None:
        clock = HeldClock()
        work = Work(found, clock=clock)
        async with ModelServer(faults.always(faults.overloaded())) as server:
            asking = asyncio.create_task(work.at(server))
            await clock.until_waiting(lambda waits: PAUSES[0] in waits)
            work.bench.stop.set()
            work.stands(await asking, "a person stopped it")
            assert len(server.requests) == 1
        assert clock.now() == FakeClock().now()

    run(work())


def test_whoever_was_stopped_before_the_model_is_asked_does_not_ask(found: Found) -> None:
    work = Work(found)
    work.bench.stop.set()
    work.stands(work.answered(faults.always(faults.Silence())), "a person stopped it")
    assert work.requests == []


def test_after_a_model_that_fails_the_others_do_not_ask_for_a_while_and_then_do(
    found: Found,
) -> None:
    async def work() -> None:
        clock = PassingClock(found.state.detected_at)
        first, second, third = (Work(found, clock=clock) for _ in range(3))
        answers = faults.times(1 + len(PAUSES), faults.overloaded(), first.hands_in())
        async with ModelServer(answers) as server:
            client = SdkClient(ModelTable(base_url=server.url), {"ANTHROPIC_API_KEY": KEY})
            backend = ClaudeBackend(client, Earlier(first.rules))

            async def answered(work: Work) -> Answer:
                return await backend.perform(work.task, work.bench)

            first.stands(await answered(first), "overloaded")
            asked = len(server.requests)
            clock.advance(REST - 0.01)
            second.stands(await answered(second), "overloaded")
            assert len(server.requests) == asked
            clock.advance(0.02)
            third.joined(await answered(third))
            assert len(server.requests) == asked + 1
            await client.close()

    run(work())


def test_after_a_model_that_only_pinged_the_others_do_not_wait_as_long_again(
    found: Found,
) -> None:
    async def work() -> None:
        clock = HeldClock()
        first, second = (Work(found, clock=clock) for _ in range(2))
        async with ModelServer(faults.always(faults.pinging())) as server:
            client = SdkClient(ModelTable(base_url=server.url), {"ANTHROPIC_API_KEY": KEY})
            backend = ClaudeBackend(client, Earlier(first.rules))
            asking = asyncio.create_task(backend.perform(first.task, first.bench))
            await server.until(lambda requests: len(requests) == 1)
            clock.advance(LIMIT)
            first.stands(await asking, "the time for this task is over")
            second.stands(await backend.perform(second.task, second.bench), "the time for this")
            assert len(server.requests) == 1
            await client.close()

    run(work())


def test_two_tasks_at_once_share_a_client_and_not_each_others_failures(found: Found) -> None:
    async def work() -> None:
        one, other = Work(found), Work(found)
        one.steer("the first of two")
        held = asyncio.Event()

        async def answer(body: Body, number: int) -> ServerAnswer:
            if "the first of two" in str(body["messages"][0]):
                held.set()
                return faults.bad_request("no")
            await held.wait()
            return other.hands_in()

        async with ModelServer(answer) as server:
            client = SdkClient(ModelTable(base_url=server.url), {"ANTHROPIC_API_KEY": KEY})
            backend = ClaudeBackend(client, Earlier(one.rules))
            asking = [backend.perform(work.task, work.bench) for work in (one, other)]
            first, second = await asyncio.gather(*asking)
            one.stands(first, "the request was not accepted (400): no")
            other.joined(second)
            await client.close()

    run(work())
