"""The scripted model looks at one exhibit and then says what the rules found, in other words."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import anthropic
import pytest
from anthropic.types import Message, ToolUseBlock

from tests.model_server import ModelServer
from tests.model_server.scripted import Asked, ScriptedModel, read, reworded

REPORT = {
    "summary": {"text": "The pool ran dry.", "evidence": ["E4"], "assumption": False},
    "claims": [{"text": "It leaks.", "evidence": ["E4:12"]}],
}
TOOLS: list[Any] = [
    {"name": name, "description": name, "input_schema": {"type": "object"}}
    for name in ("read_evidence", "search_logs", "rules_report")
]
OPENING: list[dict[str, Any]] = [
    {
        "role": "user",
        "content": f"task: tier2/analysis\n# Found\n{json.dumps(REPORT)}\nEvidence: E3 logs",
    }
]


async def converse(sdk: anthropic.AsyncAnthropic) -> list[Message]:
    """Turn after turn, with each call answered, until the model has ended its own."""
    messages, turns = list[Any](OPENING), list[Message]()
    while not turns or turns[-1].stop_reason == "tool_use":
        async with sdk.messages.stream(
            model="claude-opus-5-5", max_tokens=1000, messages=messages, tools=TOOLS
        ) as stream:
            turns.append(await stream.get_final_message())
        said = [block.to_dict() for block in turns[-1].content]
        results = [
            {"type": "tool_result", "tool_use_id": block["id"], "content": "10:02 E9 timeout"}
            for block in said
            if block["type"] == "tool_use"
        ]
        messages += [
            {"role": "assistant", "content": said},
            {"role": "user", "content": results},
        ]
    return turns


def conversations(model: ScriptedModel, count: int = 1) -> list[list[Message]]:
    async def scenario() -> list[list[Message]]:
        async with (
            ModelServer(model) as server,
            anthropic.AsyncAnthropic(api_key="test", base_url=server.url, max_retries=0) as sdk,
        ):
            return await asyncio.gather(*(converse(sdk) for _ in range(count)))

    return asyncio.run(asyncio.wait_for(scenario(), 20))


def call_of(message: Message) -> ToolUseBlock:
    return next(block for block in message.content if isinstance(block, ToolUseBlock))


def test_it_reads_the_first_exhibit_and_then_says_the_report_in_other_words() -> None:
    first, second = conversations(ScriptedModel())[0]
    assert [block.type for block in first.content] == ["thinking", "tool_use"]
    assert call_of(first).name == "read_evidence"
    assert call_of(first).input == {"id": "E4"}
    assert second.stop_reason == "end_turn"
    text = "".join(block.text for block in second.content if block.type == "text")
    said = json.loads(text)
    assert said["claims"] == REPORT["claims"]
    assert said["summary"]["text"].endswith("The pool ran dry.")
    assert said["summary"]["text"] != "The pool ran dry."
    assert said["summary"]["evidence"] == ["E4"]


def test_a_task_may_have_another_call() -> None:
    def search(asked: Asked) -> tuple[str, Mapping[str, Any]]:
        return "search_logs", {"pattern": "timeout", "of": asked.task}

    first = conversations(ScriptedModel(table={"tier2/analysis": (search,)}))[0][0]
    assert call_of(first).name == "search_logs"
    assert call_of(first).input == {"pattern": "timeout", "of": "tier2/analysis"}


def test_conversations_at_the_same_time_do_not_disturb_each_other() -> None:
    for turns in conversations(ScriptedModel(), count=5):
        assert [turn.stop_reason for turn in turns] == ["tool_use", "end_turn"]


def test_a_tool_that_was_not_offered_is_not_called() -> None:
    reply = ScriptedModel()({"messages": OPENING, "tools": []}, 1)
    assert reply.stop_reason == "end_turn"


def test_a_summary_without_evidence_cites_the_first_exhibit() -> None:
    asked = Asked("triage/impact", ("E3", "E4"), {"summary": {"text": "x" * 2000}})
    summary = reworded(asked)["summary"]
    assert summary["evidence"] == ["E3"]
    assert len(summary["text"]) == 2000


@pytest.mark.parametrize(
    ("messages", "missing"),
    [
        ([{"role": "user", "content": "Hello"}], "task"),
        ([{"role": "user", "content": "task: tier2/analysis"}], "report of the rules"),
    ],
)
def test_a_request_of_another_form_is_said_to_be_one(messages: list[Any], missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        read({"messages": messages})
