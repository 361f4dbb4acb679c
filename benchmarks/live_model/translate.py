"""A request as llama.cpp understands it, and its answer as Claude's API would have given it.

An answer by schema is a grammar: the schema travels as the one tool that must be called, and what
the model writes as that tool's arguments travels back as text.
"""

import json
from typing import Any

Json = dict[str, Any]

ANSWER = "answer"

_KNOWN = ("model", "max_tokens", "messages", "system", "stream", "stop_sequences")
_USAGE = (
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
)


def upstream(body: Json) -> tuple[Json, bool]:
    """What to ask llama.cpp, and whether its answer is the forced tool's."""
    asked: Json = {name: body[name] for name in _KNOWN if name in body}
    if "system" in asked:
        asked["system"] = _plain(asked["system"])
    asked["messages"] = [
        {"role": message["role"], "content": _plain(message["content"])}
        for message in asked.get("messages", ())
    ]
    asked["temperature"] = 0
    tools = [
        {name: tool[name] for name in ("name", "description", "input_schema") if name in tool}
        for tool in body.get("tools") or ()
    ]
    if (body.get("tool_choice") or {}).get("type") == "none":
        tools = []
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema is not None and not tools:
        tool = {"name": ANSWER, "description": "The final answer.", "input_schema": schema}
        return {**asked, "tools": [tool], "tool_choice": {"type": "any"}}, True
    return ({**asked, "tools": tools} if tools else asked), False


def _plain(content: Any) -> Any:
    """Content without what a small model's server does not know: marks, thinking, empty text."""
    if not isinstance(content, list):
        return content
    blocks = []
    for block in content:
        if block.get("type") in ("thinking", "redacted_thinking"):
            continue
        kept = {name: value for name, value in block.items() if name != "cache_control"}
        if "content" in kept:
            kept["content"] = _plain(kept["content"])
        blocks.append(kept)
    return blocks


def whole(answer: Json, forced: bool) -> Json:
    """An answer that came in one piece."""
    answer = {**answer, "usage": _usage(answer.get("usage"))}
    if forced:
        answer["content"] = [_as_text(block) for block in answer["content"]]
        answer["stop_reason"] = _reason(answer["stop_reason"])
    return answer


def streamed(event: Json, forced: bool) -> Json:
    """One event of an answer that comes in pieces."""
    kind = event.get("type")
    if kind == "message_start":
        message = event["message"]
        return {**event, "message": {**message, "usage": _usage(message.get("usage"))}}
    if kind == "message_delta":
        event = {**event, "usage": {"output_tokens": 0, **(event.get("usage") or {})}}
        if forced:
            delta = {**event["delta"], "stop_reason": _reason(event["delta"]["stop_reason"])}
            event["delta"] = delta
    elif forced and kind == "content_block_start":
        event = {**event, "content_block": _as_text(event["content_block"], empty=True)}
    elif forced and kind == "content_block_delta":
        delta = event["delta"]
        if delta.get("type") == "input_json_delta":
            event = {**event, "delta": {"type": "text_delta", "text": delta["partial_json"]}}
    return event


def _as_text(block: Json, empty: bool = False) -> Json:
    if block.get("type") != "tool_use":
        return block
    return {"type": "text", "text": "" if empty else json.dumps(block["input"])}


def _reason(reason: str | None) -> str | None:
    return "end_turn" if reason == "tool_use" else reason


def _usage(usage: Json | None) -> Json:
    return {**dict.fromkeys(_USAGE, 0), **(usage or {})}
