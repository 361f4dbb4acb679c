"""The server refuses what the API refuses, so that a test cannot pass with a wrong request."""

import asyncio
from typing import Any

import anthropic
import pytest

from tests.model_server import ModelServer
from tests.model_server.faults import in_order
from tests.model_server.refusals import wrong_with
from tests.model_server.reply import signed

USER = {"role": "user", "content": "What broke?"}
CALL = {"type": "tool_use", "id": "t1", "name": "read_evidence", "input": {"id": "E1"}}
CALLING = {"role": "assistant", "content": [CALL]}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "a log"}
ANSWERING = {"role": "user", "content": [RESULT]}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": signed("Hm.")}
NEXT = {"role": "user", "content": "And then?"}
ASKED: dict[str, Any] = {"model": "claude-opus-5-5", "max_tokens": 1000, "messages": [USER]}


def thinking(thought: dict[str, str]) -> list[dict[str, Any]]:
    """A conversation that brings a thought back."""
    return [USER, {"role": "assistant", "content": [thought]}, NEXT]


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"messages": [USER, CALLING, ANSWERING]},
        {"messages": thinking(THOUGHT)},
        {"messages": thinking({**THOUGHT, "signature": "of another server"})},
        {"tool_choice": {"type": "auto"}},
        {"thinking": {"type": "adaptive", "display": "summarized"}},
    ],
)
def test_a_right_request_is_taken(right: dict[str, Any]) -> None:
    assert wrong_with({**ASKED, **right}) == ""


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"model": ""}, "model"),
        ({"max_tokens": None}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"temperature": 0}, "temperature"),
        ({"tool_choice": {"type": "tool", "name": "read_evidence"}}, "forced tool use"),
        ({"thinking": {"type": "disabled"}}, "thinking"),
        ({"messages": [CALLING, ANSWERING]}, "first message"),
        ({"messages": [USER, {"role": "assistant", "content": "The"}]}, "must end with a user"),
        ({"messages": [USER, CALLING, USER]}, "messages.2: .* t1"),
        ({"messages": [USER, CALLING, ANSWERING, CALLING, USER]}, "messages.4: .* t1"),
        ({"messages": [ANSWERING]}, "messages.0: .* t1"),
        ({"messages": thinking({**THOUGHT, "thinking": "Ha."})}, "messages.1: .*signature"),
        ({"messages": thinking({**THOUGHT, "signature": ""})}, "messages.1: .*signature"),
    ],
)
def test_a_wrong_request_is_refused_with_the_reason(wrong: dict[str, Any], why: str) -> None:
    async def scenario() -> None:
        async with (
            ModelServer(in_order()) as server,
            anthropic.AsyncAnthropic(api_key="test", base_url=server.url) as sdk,
        ):
            with pytest.raises(anthropic.BadRequestError, match=why):
                await sdk.post(
                    "/v1/messages", body={**ASKED, "stream": True, **wrong}, cast_to=object
                )

    asyncio.run(asyncio.wait_for(scenario(), 10))
