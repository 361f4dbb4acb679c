"""What Claude's API refuses and a small model's server would swallow.

Only rules that its documentation states; each is one that a client can break without noticing.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_UNSUPPORTED = {
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "maxItems", "minProperties", "maxProperties"),
}
"""Words of JSON schema that structured output does not know."""


def refusal(body: Json) -> str:
    """Why the API would answer this request with 400; empty when it would not."""
    return next(_found(body), "")


def _found(body: Json) -> Iterator[str]:
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            yield f"{name}: Field required"
    for name in ("temperature", "top_p", "top_k"):
        if name in body:
            yield f"{name}: not supported on this model"
    kind = (body.get("tool_choice") or {}).get("type")
    if kind in ("any", "tool"):
        yield f'tool_choice: forced tool use ("{kind}") is not supported on this model'
    if kind and not body.get("tools"):
        yield "tool_choice: may only be specified while providing tools"
    thinking = (body.get("thinking") or {}).get("type")
    if thinking in ("enabled", "disabled"):
        yield f'thinking.type: "{thinking}" is not supported on this model'
    yield from _conversation(list(body.get("messages") or ()))
    schema = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    if schema is not None:
        yield from _schema(schema, "output_config.format.schema")


def _conversation(messages: list[Json]) -> Iterator[str]:
    """Every tool call is answered in the message right behind it; the last word is the user's."""
    if not messages:
        yield "messages: at least one message is required"
        return
    for number, message in enumerate(messages):
        asked = _ids(message, "tool_use", "id")
        answers = messages[number + 1] if number + 1 < len(messages) else {}
        if lacking := asked - _ids(answers, "tool_result", "tool_use_id"):
            yield (
                f"messages.{number}: `tool_use` ids were found without `tool_result` blocks"
                f" immediately after: {', '.join(sorted(lacking))}"
            )
        before = messages[number - 1] if number else {}
        if _ids(message, "tool_result", "tool_use_id") - _ids(before, "tool_use", "id"):
            yield f"messages.{number}: unexpected `tool_use_id` found in `tool_result` blocks"
    if messages[-1].get("role") == "assistant":
        yield "messages: the final message must not be the assistant's: no prefill on this model"


def _ids(message: Json, kind: str, field: str) -> set[str]:
    content = message.get("content")
    blocks = content if isinstance(content, list) else ()
    return {str(block.get(field)) for block in blocks if block.get("type") == kind}


def _schema(schema: Any, where: str) -> Iterator[str]:
    if isinstance(schema, list):
        for one in schema:
            yield from _schema(one, where)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield f"{where}: for 'object' type, 'additionalProperties' must be explicitly set to false"
    for word in sorted(_UNSUPPORTED & schema.keys()):
        yield f"{where}: for '{schema.get('type')}' type, property '{word}' is not supported"
    for named in ("properties", "$defs"):
        for name, inner in dict(schema.get(named) or {}).items():
            yield from _schema(inner, f"{where}.{name}")
    for inner in ("items", "anyOf", "allOf"):
        yield from _schema(schema.get(inner), where)
