"""The gateway before a small model refuses what the API refuses, and answers as the API does."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import pytest
from starlette.responses import StreamingResponse

from benchmarks.live_model.gateway import gateway, relayed
from benchmarks.live_model.refusals import refusal

TOOL = {
    "name": "read",
    "description": "Read evidence.",
    "strict": True,
    "eager_input_streaming": True,
    "input_schema": {
        "type": "object",
        "properties": {"eid": {"type": "string"}},
        "additionalProperties": False,
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
FORMAT = {"format": {"type": "json_schema", "schema": SCHEMA}, "effort": "low"}
HI = [{"role": "user", "content": "hi"}]
ASKED: dict[str, Any] = {"model": "m", "max_tokens": 9, "messages": HI}
STREAMED = {**ASKED, "stream": True, "tools": [TOOL]}


class Engine:
    """A stand-in for llama.cpp: keeps what it was asked, and calls the first tool it is given."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.asked.append(body)
        if request.url.path.endswith("/count_tokens"):
            return httpx2.Response(200, json={"input_tokens": 12})
        name = body["tools"][0]["name"] if body.get("tools") else ""
        given = {"text": "empty"} if name == "answer" else {"eid": "E1"}
        block = {"type": "tool_use", "id": "c1", "name": name, "input": given}
        if not name:
            block = {"type": "text", "text": "hello"}
        answer = {
            "id": "chatcmpl-1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [block],
            "stop_reason": "tool_use" if name else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 3, "output_tokens": 4},
        }
        if not body.get("stream"):
            return httpx2.Response(200, json=answer)
        return httpx2.Response(200, text=_told(answer))


def _told(answer: dict[str, Any]) -> str:
    block = answer["content"][0]
    said = json.dumps(block["input"])
    deltas = [{"type": "input_json_delta", "partial_json": p} for p in (said[:5], said[5:])]
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**answer, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {**block, "input": {}}},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {}},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events)


def through(engine: Engine, use: Callable[[anthropic.AsyncAnthropic], Any]) -> Any:
    """What `use` gives with the SDK's client before a gateway before that engine."""

    async def run() -> Any:
        behind = httpx2.AsyncClient(
            transport=httpx2.MockTransport(engine), base_url="http://engine"
        )
        before = httpx2.AsyncClient(transport=httpx2.ASGITransport(gateway(behind)))
        async with (
            behind,
            anthropic.AsyncAnthropic(
                api_key="k", base_url="http://gateway", http_client=before, max_retries=0
            ) as client,
        ):
            return await use(client)

    return asyncio.run(run())


def streamed(engine: Engine, **asked: Any) -> Any:
    async def use(client: anthropic.AsyncAnthropic) -> Any:
        async with client.messages.stream(**{**ASKED, **asked}) as stream:
            return await stream.get_final_message()

    return through(engine, use)


def test_a_call_of_a_tool_is_streamed_as_the_engine_made_it() -> None:
    engine = Engine()
    answer = streamed(engine, tools=[TOOL], tool_choice={"type": "auto"}, output_config=FORMAT)
    assert (answer.content[0].name, answer.content[0].input) == ("read", {"eid": "E1"})
    assert answer.stop_reason == "tool_use"
    (asked,) = engine.asked
    assert asked["tools"] == [
        {name: TOOL[name] for name in ("name", "description", "input_schema")}
    ]
    assert not asked.keys() & {"tool_choice", "output_config", "thinking"}


@pytest.mark.parametrize("more", [{}, {"tools": [TOOL], "tool_choice": {"type": "none"}}])
def test_an_answer_by_schema_is_one_forced_tool_and_comes_back_as_text(more: Any) -> None:
    engine = Engine()
    answer = streamed(engine, output_config=FORMAT, **more)
    assert (answer.content[0].type, answer.content[0].text) == ("text", '{"text": "empty"}')
    assert answer.stop_reason == "end_turn"
    (asked,) = engine.asked
    assert [tool["name"] for tool in asked["tools"]] == ["answer"]
    assert asked["tool_choice"] == {"type": "any"}
    assert asked["tools"][0]["input_schema"] == SCHEMA


def test_an_answer_in_one_piece_is_translated_as_well() -> None:
    def use(client: anthropic.AsyncAnthropic) -> Any:
        return client.messages.create(**{**ASKED, "output_config": FORMAT})

    answer = through(Engine(), use)
    assert json.loads(answer.content[0].text) == {"text": "empty"}
    assert answer.usage.cache_read_input_tokens == 0
    assert answer.usage.cache_creation_input_tokens == 0


def test_marks_and_thinking_do_not_reach_the_engine() -> None:
    engine = Engine()
    mark = {"cache_control": {"type": "ephemeral"}}
    call = {"type": "tool_use", "id": "c1", "name": "read", "input": {}}
    result = {"type": "text", "text": "E1", **mark}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "hi", **mark}]},
        {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "hm", "signature": "s"}, call],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [result]}],
        },
    ]
    thinking = {"type": "adaptive", "display": "summarized"}
    streamed(engine, messages=messages, tools=[TOOL], thinking=thinking, **mark)
    said = json.dumps(engine.asked)
    assert "cache_control" not in said
    assert "thinking" not in said
    assert engine.asked[0]["messages"][1]["content"] == [call]


def test_tokens_are_counted() -> None:
    def use(client: anthropic.AsyncAnthropic) -> Any:
        return client.messages.count_tokens(model="m", messages=HI)  # type: ignore[arg-type]

    assert through(Engine(), use).input_tokens == 12


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"temperature": 0.5}, "temperature"),
        ({"top_k": 3}, "top_k"),
        ({"thread": {"id": "t"}}, "thread"),
        ({"tools": [TOOL], "tool_choice": {"type": "any"}}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": "tool", "name": "read"}}, "tool_choice"),
        ({"thinking": {"type": "disabled"}}, "thinking"),
        ({"messages": [*HI, {"role": "assistant", "content": "{"}]}, "prefill"),
    ],
)
def test_what_the_api_refuses_is_refused_with_its_error(more: Any, word: str) -> None:
    engine = Engine()

    def use(client: anthropic.AsyncAnthropic) -> Any:
        return client.messages.create(**ASKED, extra_body=more)

    with pytest.raises(anthropic.BadRequestError, match=word) as refused:
        through(engine, use)
    assert refused.value.type == "invalid_request_error"
    assert refused.value.request_id is not None
    assert engine.asked == []


def test_a_call_left_without_its_result_is_refused() -> None:
    call = {"type": "tool_use", "id": "c1", "name": "read", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "c1", "content": "E1"}
    asked = {"role": "assistant", "content": [call]}
    answered = {"role": "user", "content": [result]}
    assert refusal({**ASKED, "messages": [*HI, asked, answered]}) == ""
    assert "c1" in refusal({**ASKED, "messages": [*HI, asked, *HI]})
    assert "tool_result" in refusal({**ASKED, "messages": [*HI, answered]})


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "object", "properties": {}},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "string", "maxLength": 5},
        {"type": "array", "items": {"type": "number", "minimum": 0}},
        {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 1}]},
    ],
)
def test_a_schema_that_structured_output_does_not_know_is_refused(inner: Any) -> None:
    schema = {**SCHEMA, "properties": {"one": inner}}
    form = {"format": {"type": "json_schema", "schema": schema}}
    assert "output_config.format.schema.one" in refusal({**ASKED, "output_config": form})


class Slow(Engine):
    """Reads its prompt until it is told to go on, then answers or fails."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.go_on = asyncio.Event()
        self.fails = fails

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        await self.go_on.wait()
        if self.fails:
            raise httpx2.ReadError("gone")
        return await super().__call__(request)


@pytest.mark.parametrize("fails", [False, True])
def test_while_the_engine_reads_there_are_signs_of_life(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.live_model.gateway.AT_ONCE", 0.0)
    monkeypatch.setattr("benchmarks.live_model.gateway.PING", 0.01)
    engine, kinds = Slow(fails), list[str]()

    async def run() -> None:
        behind = httpx2.AsyncClient(
            transport=httpx2.MockTransport(engine), base_url="http://engine"
        )
        sending = asyncio.create_task(
            behind.send(behind.build_request("POST", "/v1/messages", json=STREAMED), stream=True)
        )
        answer = await relayed(sending, forced=False)
        assert isinstance(answer, StreamingResponse)
        async for piece in answer.body_iterator:
            kinds.extend(re.findall(r"^event: (\w+)", str(piece), re.MULTILINE))
            if len(kinds) == 3:
                engine.go_on.set()
        await behind.aclose()

    asyncio.run(run())
    assert kinds[:3] == ["ping"] * 3
    assert kinds[-1] == ("error" if fails else "message_stop")


def test_an_engine_that_is_gone_is_an_overloaded_api() -> None:
    class Gone(Engine):
        async def __call__(self, request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ConnectError("refused")

    def use(client: anthropic.AsyncAnthropic) -> Any:
        return client.messages.create(**ASKED)

    with pytest.raises(anthropic.APIStatusError) as failed:
        through(Gone(), use)
    assert (failed.value.status_code, failed.value.type) == (529, "overloaded_error")
