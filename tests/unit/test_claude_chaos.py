"""The same failures from a server nobody of this project wrote: llmock, over its own wire."""

import json
from collections.abc import Callable

import pytest
from llmock.pytest_plugin import LLMock

from orchestrator.agents.claude.patience import PAUSES
from orchestrator.agents.contract import Answer
from tests.unit.model_work import Found, PassingClock, Work, found_in, run

SILENCE = 0.3

Fault = Callable[[LLMock, int | None], object]

FAULTS: dict[str, tuple[Fault, str]] = {
    "429": (
        lambda server, times: server.rate_limit(times=times, retry_after=2),
        "the model's rate limit is reached (429)",
    ),
    "529": (lambda server, times: server.fail(529, times=times), "the model is overloaded (529)"),
    "500": (lambda server, times: server.fail(500, times=times), "the model's server failed (500)"),
    "disconnect": (
        lambda server, times: server.disconnect(after_chunks=4, times=times),
        "the connection to the model broke",
    ),
    "truncate": (
        lambda server, times: server.truncate(after_chunks=4, times=times),
        "the answer was cut off",
    ),
    "corrupt": (
        lambda server, times: server.corrupt(after_chunks=4, times=times),
        "the model's answer cannot be read",
    ),
    "stall": (
        lambda server, times: server.stall(after_chunks=4, seconds=1, times=times),
        "nothing came from the model for too long",
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"), keys=("regression/verdict", "tier1/data"))


def asked(work: Work, server: LLMock) -> Answer:
    async def asking() -> Answer:
        client = work.client(server.base_url("anthropic"), SILENCE)
        try:
            return await work.by(client)
        finally:
            await client.close()

    return run(asking())


def spoken(work: Work, server: LLMock) -> None:
    """The model says a whole report each time it may speak."""
    server.tool_mode("off").reply(json.dumps(work.report()), times=None)


@pytest.mark.parametrize("name", FAULTS)
def test_after_a_fault_the_turn_succeeds_and_is_counted_once(
    found: Found, llmock: LLMock, name: str
) -> None:
    work = Work(found)
    fault, why = FAULTS[name]
    spoken(work, llmock)
    fault(llmock, 1)
    work.joined(asked(work, llmock))
    assert len(llmock.requests) == 2
    assert len(work.bench.spent) == 1
    assert why in work.warned()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_stays_leaves_the_rules_report(
    found: Found, llmock: LLMock, name: str
) -> None:
    work = Work(found)
    fault, why = FAULTS[name]
    spoken(work, llmock)
    fault(llmock, None)
    work.stands(asked(work, llmock), why)
    assert len(llmock.requests) == 1 + len(PAUSES)
    assert work.bench.spent == []


def test_a_wait_the_server_asks_for_is_kept(found: Found, llmock: LLMock) -> None:
    clock = PassingClock(found.state.detected_at)
    work = Work(found, clock=clock)
    spoken(work, llmock)
    llmock.rate_limit(times=2, retry_after=3)
    work.joined(asked(work, llmock))
    assert clock.waited == [3, 3]


def test_a_call_whose_arguments_are_broken_reads_nothing(found: Found, llmock: LLMock) -> None:
    work = Work(found)
    before = dict(work.bench.state.evidence)
    llmock.call_tool("read_logs", {"minutes": 5}, times=None)
    llmock.break_tool_call("malformed_arguments", times=None)
    work.stands(asked(work, llmock), "the model's call cannot be read")
    assert work.bench.state.evidence == before


def test_llmock_itself_finds_nothing_mishandled(found: Found, llmock: LLMock) -> None:
    work = Work(found)
    spoken(work, llmock)
    llmock.rate_limit(times=1, retry_after=0.01)
    llmock.truncate(after_chunks=3, times=1)
    llmock.disconnect(after_chunks=3, times=1)
    work.joined(asked(work, llmock))
    llmock.assert_resilient()  # its warning would be about pauses, which no wall clock sees here
