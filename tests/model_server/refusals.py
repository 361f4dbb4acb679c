"""What the API would not accept: the strictest of its models' rules, since a product keeps all."""

from collections.abc import Mapping
from typing import Any

from tests.model_server.reply import signed

SAMPLING = ("temperature", "top_p", "top_k")


def wrong_with(body: Mapping[str, Any]) -> str:
    """Why a request for a turn is refused, in one line; empty when it is not."""
    for name in ("model", "max_tokens", "messages"):
        if not body.get(name):
            return f"{name}: Field required"
    for name in SAMPLING:
        if name in body:
            return f"{name}: Extra inputs are not permitted"
    if (body.get("tool_choice") or {}).get("type") in ("any", "tool"):
        return "tool_choice: forced tool use is not supported on this model"
    if (body.get("thinking") or {}).get("type") in ("enabled", "disabled"):
        return "thinking.type: only adaptive thinking is supported on this model"
    return _wrong_with_turns(body["messages"])


def _wrong_with_turns(messages: list[Mapping[str, Any]]) -> str:
    """The assistant neither begins nor ends, and each call of a tool is answered at once."""
    if messages[0]["role"] == "assistant":
        return "messages.0: the first message must be of the user"
    if messages[-1]["role"] == "assistant":
        return "messages: the conversation must end with a user message"
    open_calls: set[str] = set()
    for at, message in enumerate(messages):
        blocks = [] if isinstance(message["content"], str) else message["content"]
        answered = {block["tool_use_id"] for block in blocks if block.get("type") == "tool_result"}
        if answered != open_calls:
            return (
                f"messages.{at}: tool_use ids and tool_result blocks do not match: "
                f"{', '.join(sorted(answered ^ open_calls))}"
            )
        altered = [block for block in blocks if _is_altered(block)]
        if altered:
            return f"messages.{at}: invalid `signature` in `thinking` block"
        open_calls = {block["id"] for block in blocks if block.get("type") == "tool_use"}
    return ""


def _is_altered(block: Mapping[str, Any]) -> bool:
    """A thought that lost its signature, or whose own signature does not fit it."""
    if block.get("type") != "thinking":
        return False
    signature = block.get("signature", "")
    return not signature or (
        signature.startswith("signed-") and signature != signed(block["thinking"])
    )
