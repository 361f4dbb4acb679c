"""The `anthropic` SDK behind the `Client` seam: the only module that knows it.

The package takes more than a second to import, so it is imported when it is first needed (`warm`
does that in a thread). Retries are ours: the SDK would obey any `retry-after`, and an incident does
not wait for a model.
"""

import asyncio
import importlib
import json
import os
from collections.abc import Mapping
from typing import Any

from orchestrator.agents.claude.failures import failed
from orchestrator.agents.claude.turn import Block, Hear, Reply, Turn, TurnFailed, Usage
from orchestrator.settings_model import ModelTable

CONNECT = 5.0
"""Seconds to reach the other side."""

SILENCE = 60.0
"""Seconds without a byte after which a stream counts as dead."""


class NoKey(Exception):
    """Nothing says as whom to ask, in one line."""


async def warm() -> None:
    """Import the SDK beside whatever else goes on."""
    await asyncio.to_thread(importlib.import_module, "anthropic")


class SdkClient:
    """Asks over the network. One per runner: its connections are shared by all tasks."""

    def __init__(
        self, table: ModelTable, environ: Mapping[str, str] = os.environ, silence: float = SILENCE
    ) -> None:
        self._table = table
        self._environ = environ
        self._silence = silence
        self._made: Any = None
        self._making = asyncio.Lock()

    async def reply(self, turn: Turn, hear: Hear) -> Reply:
        try:
            client = await self._client()
            written: dict[int, str] = {}
            half = ""
            async with client.messages.stream(**asked(turn)) as stream:
                async for event in stream:
                    words, half = _words(half + _heard(event))
                    if words:
                        hear(words)
                    if (
                        event.type == "content_block_delta"
                        and event.delta.type == "input_json_delta"
                    ):
                        known = written.get(event.index, "")
                        written[event.index] = known + event.delta.partial_json
                return _whole(stream, written)
        except TurnFailed:
            raise
        except Exception as error:
            raise self._failed(error) from error

    async def knows(self, model: str) -> tuple[str, bool]:
        """Why a model cannot be asked, and whether that is sure; empty when it can.

        A gateway may know no such question: that is unsure.
        """
        try:
            client = await self._client()
            await client.models.retrieve(model)
        except Exception as error:
            why = self._failed(error)
            return str(why), why.kind in ("key", "unreachable", "stalled")
        return "", True

    def _failed(self, error: Exception) -> TurnFailed:
        return failed(error, self._environ.get(self._table.key_env, "").strip())

    async def close(self) -> None:
        """Close what is open, if anything ever was."""
        if self._made is not None:
            await self._made.close()

    async def _client(self) -> Any:
        async with self._making:
            if self._made is None:
                await warm()
                self._made = self._make()
        return self._made

    def _make(self) -> Any:
        import anthropic

        table = self._table
        given: dict[str, Any] = {
            "max_retries": 0,
            "timeout": anthropic.Timeout(self._silence, connect=min(CONNECT, self._silence)),
        }
        if table.base_url:
            given["base_url"] = table.base_url
        if table.provider == "bedrock":
            return anthropic.AsyncAnthropicBedrock(aws_region=table.region or None, **given)
        if table.provider == "vertex":
            if table.cloud_project:
                given["project_id"] = table.cloud_project
            return anthropic.AsyncAnthropicVertex(region=table.region, **given)
        return anthropic.AsyncAnthropic(api_key=key(table, self._environ), **given)


def key(table: ModelTable, environ: Mapping[str, str]) -> str:
    """The key the environment holds. NoKey says which variable is empty, or holds none."""
    found = environ.get(table.key_env, "").strip()
    if not found:
        raise NoKey(f"{table.key_env} is not set")
    if not (found.isascii() and found.isprintable()):  # the HTTP library would repeat it
        raise NoKey(f"{table.key_env} holds what no key can")
    return found


def asked(turn: Turn) -> dict[str, Any]:
    """The arguments of the request: no sampling, no forced tool, the cache up to the last block."""
    output: dict[str, Any] = {"format": {"type": "json_schema", "schema": turn.schema}}
    if turn.effort:
        output["effort"] = turn.effort
    given: dict[str, Any] = {
        "model": turn.model,
        "max_tokens": turn.most_output,
        "system": list(turn.system),
        "messages": list(turn.messages),
        "output_config": output,
        "cache_control": {"type": "ephemeral"},
    }
    if turn.tools:
        given["tools"] = list(turn.tools)
        if turn.last:
            given["tool_choice"] = {"type": "none"}
    if turn.thinking:
        # without a display value a model that thinks says nothing between its calls
        given["thinking"] = {"type": "adaptive", "display": "summarized"}
    return given


def _heard(event: Any) -> str:
    """What people see of an event: thinking in short. The report itself is shown when checked."""
    if event.type == "content_block_delta" and event.delta.type == "thinking_delta":
        return str(event.delta.thinking)
    if event.type == "content_block_stop" and event.content_block.type == "thinking":
        return "\n"
    return ""


def _words(text: str) -> tuple[str, str]:
    """Whole words, and the half one behind them: a secret in two pieces would pass for none."""
    end = max(text.rfind(" "), text.rfind("\n")) + 1
    return text[:end], text[end:]


def _whole(stream: Any, written: Mapping[int, str]) -> Reply:
    """The answer, if it is one: a stream that just ends raises nothing.

    `written` has the arguments of the calls as they were sent, by block.
    """
    try:
        message = stream.current_message_snapshot
    except AssertionError:
        raise TurnFailed("cut", "the answer ended before it began") from None
    if message.stop_reason is None:
        raise TurnFailed("cut", "the answer was cut off")
    cut = message.stop_reason == "max_tokens"  # whoever reads that stop runs no call
    if not cut and not all(_sound(text) for text in written.values()):
        raise TurnFailed("malformed", "the model's call cannot be read")
    usage = message.usage
    details = getattr(message, "stop_details", None)
    return Reply(
        content=tuple(_block(block) for block in message.content),
        stop=str(message.stop_reason),
        usage=Usage(
            fresh=usage.input_tokens or 0,
            cached=usage.cache_read_input_tokens or 0,
            written=usage.cache_creation_input_tokens or 0,
            output=usage.output_tokens or 0,
        ),
        why=str(getattr(details, "category", "") or "") if details is not None else "",
    )


def _block(block: Any) -> Block:
    body: Block = block.to_dict()
    return body


def _sound(arguments: str) -> bool:
    """Whether they are an object to the last brace: the SDK makes one of half an object too."""
    try:
        return isinstance(json.loads(arguments or "{}"), dict)
    except (ValueError, RecursionError):
        return False
