"""Each fault of the server is what the real SDK meets: what it raises, and what it lets pass."""

import asyncio
import json
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic.types import Message, ToolUseBlock

from tests.model_server import Answer, ModelServer, Reply, faults
from tests.model_server.usage import Usage

ASKED: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "What broke?"}],
}


async def answer(sdk: anthropic.AsyncAnthropic) -> Message:
    async with sdk.messages.stream(**ASKED) as stream:
        return await stream.get_final_message()


def asked_of(server: ModelServer, retries: int = 0, read: float = 5) -> Message:
    """What the SDK makes of one turn."""

    async def scenario() -> Message:
        async with (
            server,
            anthropic.AsyncAnthropic(
                api_key="test",
                base_url=server.url,
                max_retries=retries,
                timeout=anthropic.Timeout(5, connect=5, read=read),
            ) as sdk,
        ):
            return await answer(sdk)

    return asyncio.run(asyncio.wait_for(scenario(), 20))


def ask(fault: Answer, read: float = 5) -> Message:
    return asked_of(ModelServer(faults.always(fault)), read=read)


@pytest.mark.parametrize(
    ("fault", "error", "kind"),
    [
        (faults.bad_request(), anthropic.BadRequestError, "invalid_request_error"),
        (faults.unauthenticated(), anthropic.AuthenticationError, "authentication_error"),
        (faults.forbidden(), anthropic.PermissionDeniedError, "permission_error"),
        (faults.not_found(), anthropic.NotFoundError, "not_found_error"),
        (faults.too_large(), anthropic.RequestTooLargeError, "request_too_large"),
        (faults.rate_limited(300), anthropic.RateLimitError, "rate_limit_error"),
        (faults.broken(), anthropic.InternalServerError, "api_error"),
        (faults.overloaded(), anthropic.OverloadedError, "overloaded_error"),
    ],
)
def test_a_status_is_the_error_the_sdk_has_for_it(
    fault: faults.Status, error: type[anthropic.APIStatusError], kind: str
) -> None:
    with pytest.raises(error) as raised:
        ask(fault)
    assert raised.value.status_code == fault.status
    assert raised.value.type == kind
    assert raised.value.request_id == "req_000001"
    assert fault.message in str(raised.value)


def test_a_wait_the_server_asks_for_is_in_its_headers() -> None:
    with pytest.raises(anthropic.RateLimitError) as raised:
        ask(faults.rate_limited(300))
    assert raised.value.response.headers["retry-after"] == "300"


def test_a_server_that_recovers_is_asked_again() -> None:
    said = Reply.says("the pool ran dry")
    server = ModelServer(faults.times(2, faults.rate_limited(0.01), said))
    assert text_of(asked_of(server, retries=2)) == "the pool ran dry"
    assert len(server.requests) == 3


def test_a_script_that_follows_failures_counts_from_one() -> None:
    whole = faults.in_order(Reply.says("first"))
    server = ModelServer(faults.times(1, faults.rate_limited(0.01), whole))
    assert text_of(asked_of(server, retries=1)) == "first"


def test_a_server_that_wants_no_retry_is_asked_once() -> None:
    server = ModelServer(faults.always(faults.overloaded(should_retry=False)))
    with pytest.raises(anthropic.OverloadedError):
        asked_of(server, retries=2)
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["overloaded_error", "rate_limit_error", "api_error"])
def test_an_error_in_a_stream_has_its_kind_and_the_status_of_the_stream(kind: str) -> None:
    with pytest.raises(anthropic.APIStatusError) as raised:
        ask(faults.error_midway(kind))
    assert (raised.value.status_code, raised.value.type) == (200, kind)
    assert type(raised.value) is anthropic.APIStatusError


def test_a_stream_cut_short_raises_nothing_and_has_no_reason_to_stop() -> None:
    message = ask(faults.cut_short())
    assert message.stop_reason is None
    assert 0 < len(text_of(message)) < len(text_of(ask(faults.HALF_SAID)))


def test_a_dropped_connection_is_no_error_of_the_api() -> None:
    server = ModelServer(faults.always(faults.dropped()))
    with pytest.raises(httpx2.RemoteProtocolError):
        asked_of(server)
    assert [received.aborted for received in server.requests] == [False]


def test_a_stream_that_stalls_is_a_read_timeout() -> None:
    with pytest.raises(httpx2.ReadTimeout):
        ask(faults.stalled(), read=0.2)


def test_a_server_that_never_begins_is_a_timeout_of_the_sdk() -> None:
    with pytest.raises(anthropic.APITimeoutError):
        ask(faults.Silence(), read=0.2)


def test_pings_keep_a_stalled_stream_alive_past_the_read_timeout() -> None:
    async def scenario() -> None:
        pinged = asyncio.Event()
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(seconds)
            waits.append(seconds)
            if sum(waits) > 0.6:
                pinged.set()

        async with (
            ModelServer(faults.always(faults.pinging()), sleep=sleep) as server,
            anthropic.AsyncAnthropic(
                api_key="test",
                base_url=server.url,
                max_retries=0,
                timeout=anthropic.Timeout(5, connect=5, read=0.2),
            ) as sdk,
        ):
            asking = asyncio.create_task(answer(sdk))
            await pinged.wait()
            assert not asking.done()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await server.until(lambda requests: requests[0].aborted)

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_garbled_data_is_a_decoding_error() -> None:
    with pytest.raises(json.JSONDecodeError):
        ask(faults.garbled())


def test_an_unknown_event_changes_nothing_of_the_answer() -> None:
    assert ask(faults.with_unknown_event()).content == ask(faults.HALF_SAID).content


def test_an_unknown_event_is_passed_on() -> None:
    async def scenario() -> list[str]:
        async with (
            ModelServer(faults.always(faults.with_unknown_event())) as server,
            anthropic.AsyncAnthropic(api_key="test", base_url=server.url) as sdk,
            sdk.messages.stream(**ASKED) as stream,
        ):
            return [event.type async for event in stream]

    assert "weather_report" in asyncio.run(asyncio.wait_for(scenario(), 10))


def test_a_refusal_says_its_category() -> None:
    message = ask(faults.refusal("cyber"))
    assert message.stop_reason == "refusal"
    assert message.stop_details is not None
    assert message.stop_details.category == "cyber"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.paused(), "pause_turn"),
        (faults.context_exceeded(), "model_context_window_exceeded"),
        (faults.out_of_tokens(), "max_tokens"),
    ],
)
def test_a_turn_that_is_not_over_says_why(fault: Reply, reason: str) -> None:
    assert ask(fault).stop_reason == reason


def test_arguments_cut_by_the_limit_look_like_arguments() -> None:
    message = ask(faults.arguments_cut("read_evidence", '{"id": "E3", "lines": [1, 4'))
    call = message.content[0]
    assert isinstance(call, ToolUseBlock)
    assert message.stop_reason == "max_tokens"
    assert call.input == {"id": "E3", "lines": [1, 4]}, "a line 40 that was cut reads as 4"


def test_arguments_that_are_no_json_are_a_plain_value_error() -> None:
    with pytest.raises(ValueError, match="Unable to parse tool parameter JSON") as raised:
        ask(faults.arguments_no_json("read_evidence"))
    assert not isinstance(raised.value, json.JSONDecodeError)


def test_every_fault_in_a_stream_begins_as_a_good_answer_does() -> None:
    whole = [name for name, _ in faults.HALF_SAID.events({}, Usage(1, 0, 0), 1)]
    events = list(faults.HALF_SAID.events({}, Usage(1, 0, 0), 1))
    half = [name for name, _ in faults.first_half(events)]
    assert half == whole[: len(half)]
    assert "content_block_delta" in half
    assert "content_block_stop" not in half


def text_of(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")
