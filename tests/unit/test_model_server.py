"""The Messages API on loopback, as the real SDK sees it: whole answers, and who leaves early."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic.types import Message

from tests.model_server import Body, ModelServer, Reply, Script
from tests.model_server.beside import serving
from tests.model_server.faults import (
    HALF_SAID,
    Midway,
    always,
    in_order,
    rate_limited,
    stalled,
)
from tests.model_server.wire import Wire

ROOT = Path(__file__).parent.parent.parent

ASKED: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "What broke?"}],
}


def client(server: ModelServer, retries: int = 0, read: float = 5) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(
        api_key="test",
        base_url=server.url,
        max_retries=retries,
        timeout=anthropic.Timeout(5, connect=5, read=read),
    )


async def answer(sdk: anthropic.AsyncAnthropic, **more: Any) -> Message:
    async with sdk.messages.stream(**{**ASKED, **more}) as stream:
        return await stream.get_final_message()


def ask(script: Script, **more: Any) -> Message:
    async def scenario() -> Message:
        async with ModelServer(script) as server, client(server) as sdk:
            return await answer(sdk, **more)

    return asyncio.run(asyncio.wait_for(scenario(), 10))


def spoken(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def within(seconds: float, scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, seconds))


def test_text_arrives_in_the_pieces_it_was_cut_into() -> None:
    async def scenario() -> None:
        script = always(Reply.says("the pool ran dry — at 10:02").paced(chunk=5))
        async with (
            ModelServer(script) as server,
            client(server) as sdk,
            sdk.messages.stream(**ASKED) as stream,
        ):
            pieces = [text async for text in stream.text_stream]
            message = await stream.get_final_message()
        assert pieces == ["the p", "ool r", "an dr", "y — a", "t 10:", "02"]
        assert message.stop_reason == "end_turn"
        assert message.model == "claude-opus-5-5"
        assert server.requests[0].body["messages"] == ASKED["messages"]
        assert server.requests[0].headers["authorization"] == "Bearer test"

    within(10, scenario())


def test_a_thought_its_signature_and_a_call_come_whole() -> None:
    message = ask(
        always(
            Reply.thinks("First the logs.", signature="c2ln")
            + Reply.says("I look at the logs.")
            + Reply.calls("read_evidence", {"id": "E3", "lines": [1, 40]})
        )
    )
    thought, text, call = message.content
    assert isinstance(thought, anthropic.types.ThinkingBlock)
    assert (thought.thinking, thought.signature) == ("First the logs.", "c2ln")
    assert isinstance(text, anthropic.types.TextBlock)
    assert isinstance(call, anthropic.types.ToolUseBlock)
    assert (call.name, call.input) == ("read_evidence", {"id": "E3", "lines": [1, 40]})
    assert message.stop_reason == "tool_use"


def test_the_events_are_those_of_the_api_in_its_order() -> None:
    async def scenario() -> None:
        reply = Reply.thinks("Hm.") + Reply.calls("read_evidence", {"id": "E3"}).paced(chunk=8)
        key = {"authorization": "Bearer test"}
        async with (
            ModelServer(always(reply)) as server,
            httpx2.AsyncClient(headers=key) as raw,
        ):
            body = {**ASKED, "stream": True}
            answered = await raw.post(f"{server.url}/v1/messages", json=body)
        assert answered.headers["content-type"].startswith("text/event-stream")
        assert answered.headers["request-id"] == "req_000001"
        events = [block.split("\n") for block in answered.text.split("\n\n") if block]
        data = [json.loads(line.removeprefix("data: ")) for _, line in events]
        assert [name for name, _ in events] == [f"event: {each['type']}" for each in data]
        assert [each.get("delta", {}).get("type", each["type"]) for each in data] == [
            "message_start",
            "ping",
            "content_block_start",
            "thinking_delta",
            "signature_delta",
            "content_block_stop",
            "content_block_start",
            "input_json_delta",
            "input_json_delta",
            "input_json_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]

    within(10, scenario())


def test_a_client_that_leaves_in_the_middle_is_noted() -> None:
    async def scenario() -> None:
        async with ModelServer(always(stalled())) as server, client(server) as sdk:
            async with sdk.messages.stream(**ASKED) as stream:
                async for _ in stream.text_stream:
                    break
                assert not server.requests[0].aborted
            await server.until(lambda requests: requests[0].aborted)

    within(10, scenario())


def test_a_client_that_stays_to_the_end_is_not_noted_as_gone() -> None:
    async def scenario() -> None:
        async with ModelServer(always(Reply.says("done"))) as server, client(server) as sdk:
            await answer(sdk)
        assert [received.aborted for received in server.requests] == [False]

    within(10, scenario())


def test_one_connection_carries_several_turns() -> None:
    async def scenario() -> None:
        script = in_order(Reply.says("one"), Reply.says("two"))
        async with ModelServer(script) as server, client(server) as sdk:
            said = [spoken(await answer(sdk)) for _ in range(2)]
            assert len(server._connections) == 1
        assert said == ["one", "two"]

    within(10, scenario())


def test_a_script_that_fails_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="request 1, but only 0 were expected"):
        ask(in_order())


def test_an_answer_that_fails_while_it_is_written_fails_the_test() -> None:
    async def fail(wire: Wire) -> None:
        raise ArithmeticError("in the middle")

    with pytest.raises(ArithmeticError, match="in the middle"):
        ask(always(Midway(HALF_SAID, fail)))


def test_a_second_turn_is_billed_for_what_is_new() -> None:
    async def scenario() -> None:
        cached: dict[str, Any] = {
            "cache_control": {"type": "ephemeral"},
            "system": "Be brief. " * 100,
        }
        script = in_order(Reply.thinks("Hm.") + Reply.says("The pool."), Reply.says("A leak."))
        async with ModelServer(script) as server, client(server) as sdk:
            first = await answer(sdk, **cached)
            turns = [
                *ASKED["messages"],
                {"role": "assistant", "content": [block.to_dict() for block in first.content]},
                {"role": "user", "content": "Why did it run dry?"},
            ]
            second = await answer(sdk, **cached, messages=turns)
            counted = await sdk.messages.count_tokens(
                model=ASKED["model"], system=cached["system"], messages=turns
            )
        written = first.usage.cache_creation_input_tokens
        assert written is not None
        assert written > 250
        assert first.usage.cache_read_input_tokens == 0
        assert second.usage.cache_read_input_tokens == written
        created = second.usage.cache_creation_input_tokens
        assert created is not None
        assert 0 < created < 100
        assert counted.input_tokens == written + created + second.usage.input_tokens
        assert second.usage.output_tokens == 2

    within(10, scenario())


def test_a_request_that_failed_leaves_nothing_in_the_cache() -> None:
    async def scenario() -> None:
        script = in_order(rate_limited(0.01), Reply.says("now"))
        async with ModelServer(script) as server, client(server, retries=1) as sdk:
            message = await answer(sdk, cache_control={"type": "ephemeral"})
        assert len(server.requests) == 2
        assert message.usage.cache_read_input_tokens == 0

    within(10, scenario())


def test_usage_can_be_set() -> None:
    message = ask(always(Reply.says("done").using(input_tokens=7, output_tokens=190_000)))
    assert (message.usage.input_tokens, message.usage.output_tokens) == (7, 190_000)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/complete", {}, 404),
        ("/v1/messages", {**ASKED, "stream": False}, 400),
        ("/v1/messages", {"model": "claude-opus-5-5", "stream": True}, 400),
    ],
)
def test_what_is_not_a_turn_is_refused(path: str, body: dict[str, Any], status: int) -> None:
    async def scenario() -> None:
        async with ModelServer(in_order()) as server, client(server) as sdk:
            with pytest.raises(anthropic.APIStatusError) as raised:
                await sdk.post(path, body=body, cast_to=object)
        assert raised.value.status_code == status

    within(10, scenario())


def test_who_brings_no_key_is_refused() -> None:
    async def scenario() -> None:
        async with ModelServer(in_order()) as server, httpx2.AsyncClient() as anyone:
            refused = await anyone.post(f"{server.url}/v1/messages", json=ASKED)
        assert refused.status_code == 401
        assert refused.json()["error"]["type"] == "authentication_error"

    within(10, scenario())


def test_a_killed_server_drops_who_listens_and_takes_nobody_new() -> None:
    async def scenario() -> None:
        async with ModelServer(always(stalled())) as server, client(server) as sdk:
            asking = asyncio.create_task(answer(sdk))
            await server.until(lambda requests: len(requests) == 1)
            server.kill()
            with pytest.raises((httpx2.RemoteProtocolError, anthropic.APIConnectionError)):
                await asking
            with pytest.raises(anthropic.APIConnectionError):
                await answer(sdk)
            assert [received.aborted for received in server.requests] == [False]

    within(10, scenario())


def test_answers_do_not_wait_for_each_other() -> None:
    async def scenario() -> None:
        both = asyncio.Barrier(2)

        async def script(body: Body, number: int) -> Reply:
            await both.wait()
            return Reply.says(body["messages"][0]["content"])

        async with ModelServer(script) as server, client(server) as sdk:
            asked = [[{"role": "user", "content": name}] for name in ("first", "second")]
            answers = await asyncio.gather(*(answer(sdk, messages=turn) for turn in asked))
        assert [spoken(message) for message in answers] == ["first", "second"]

    within(10, scenario())


def test_an_answer_is_written_at_the_pace_it_was_given() -> None:
    async def scenario() -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        script = always(Reply.says("123456").paced(chunk=2, pause=9.0))
        async with ModelServer(script, sleep=sleep) as server, client(server) as sdk:
            await answer(sdk)
        assert waits == [9.0, 9.0, 9.0]

    within(10, scenario())


def test_it_serves_from_a_thread_of_its_own() -> None:
    with serving(always(Reply.says("from beside"))) as server:
        with anthropic.Anthropic(api_key="test", base_url=server.url, max_retries=0) as sdk:
            with sdk.messages.stream(**ASKED) as stream:
                said = stream.get_final_text()
            server.kill()
            with pytest.raises(anthropic.APIConnectionError):
                sdk.messages.count_tokens(model="m", messages=ASKED["messages"])
        assert said == "from beside"
        assert len(server.requests) == 1


def test_a_script_that_fails_beside_a_test_fails_it() -> None:
    def ask_beside() -> None:
        with (
            serving(in_order()) as server,
            anthropic.Anthropic(api_key="test", base_url=server.url, max_retries=0) as sdk,
            pytest.raises(anthropic.InternalServerError),
            sdk.messages.stream(**ASKED),
        ):
            pass

    with pytest.raises(AssertionError, match="only 0 were expected"):
        ask_beside()


def test_it_is_a_process_that_ends_when_told_to(tmp_path: Path) -> None:
    port = tmp_path / "port"
    argv = [sys.executable, "-m", "tests.model_server", "--script", "overloaded"]
    with (
        subprocess.Popen(
            [*argv, "--port-file", str(port)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as process,
        contextlib.ExitStack() as ending,
    ):
        ending.callback(process.kill)
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url == f"http://127.0.0.1:{port.read_text().strip()}"
        with (
            anthropic.Anthropic(api_key="test", base_url=url, max_retries=0) as sdk,
            pytest.raises(anthropic.OverloadedError),
            sdk.messages.stream(**ASKED),
        ):
            pass
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
