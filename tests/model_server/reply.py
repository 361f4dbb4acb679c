"""One answer of the model, and the events the API writes it out as."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any, TypeAlias

from tests.model_server.usage import BYTES_PER_TOKEN, Usage
from tests.model_server.wire import Wire

Event: TypeAlias = tuple[str, Mapping[str, Any] | str]
"""The name of an event, and its data as JSON or as text that is none"""


@dataclass(frozen=True, slots=True)
class Text:
    """What the model says."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """What the model thinks, with the signature that must come back unchanged."""

    thinking: str
    signature: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call of a tool; its arguments are kept as written, so they may be no JSON at all."""

    name: str
    arguments: str
    call: str = ""
    """Its id; one is made of the request's number when it is empty"""


Block: TypeAlias = Text | Thinking | ToolUse


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole turn: `Reply.thinks(...) + Reply.calls(...)` is one that does both."""

    blocks: tuple[Block, ...] = ()
    stop_reason: str = "end_turn"
    stop_details: Mapping[str, Any] | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    """What replaces the figures worked out from the request"""
    chunk: int = 24
    """Characters in a delta"""
    pause: float = 0.0
    """Seconds between two deltas"""

    @classmethod
    def says(cls, text: str) -> "Reply":
        """A turn that ends with text."""
        return cls((Text(text),))

    @classmethod
    def thinks(cls, thinking: str, signature: str = "") -> "Reply":
        """A thought, empty when the model keeps it to itself; it is signed either way."""
        return cls((Thinking(thinking, signature or signed(thinking)),))

    @classmethod
    def calls(cls, name: str, arguments: Mapping[str, Any] | str, call: str = "") -> "Reply":
        """A turn that wants a tool; arguments given as text are sent as they are."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        return cls((ToolUse(name, text, call),), stop_reason="tool_use")

    def __add__(self, other: "Reply") -> "Reply":
        """Both turns as one, which ends as the second does."""
        return replace(
            other, blocks=self.blocks + other.blocks, usage={**self.usage, **other.usage}
        )

    def paced(self, chunk: int, pause: float = 0.0) -> "Reply":
        """The same answer in pieces of another size, `pause` seconds apart."""
        return replace(self, chunk=chunk, pause=pause)

    def stopping(self, reason: str, details: Mapping[str, Any] | None = None) -> "Reply":
        """The same answer with another reason to end."""
        return replace(self, stop_reason=reason, stop_details=details)

    def using(self, **usage: int) -> "Reply":
        """The same answer with figures of `usage` set."""
        return replace(self, usage={**self.usage, **usage})

    async def send(self, wire: Wire) -> None:
        """Write it out from the first event to the last."""
        await wire.open()
        await self.write(wire, self.events(wire.body, wire.usage, wire.number))
        await wire.close()

    async def write(self, wire: Wire, events: Iterable[Event]) -> None:
        """Write some of its events at its own pace."""
        for event in events:
            await wire.event(*event)
            if self.pause and event[0] == "content_block_delta":
                await wire.sleep(self.pause)

    def events(self, body: Mapping[str, Any], usage: Usage, number: int) -> Iterator[Event]:
        """The events of a stream in the order the API has."""
        figures = {**_figures(usage), **self.usage}
        yield _event("message_start", message=_message(body, figures, number))
        yield _event("ping")
        for index, block in enumerate(self.blocks):
            yield _event("content_block_start", index=index, content_block=_empty(block, number))
            for delta in self._deltas(block):
                yield _event("content_block_delta", index=index, delta=delta)
            yield _event("content_block_stop", index=index)
        thought = _tokens(block for block in self.blocks if isinstance(block, Thinking))
        yield _event(
            "message_delta",
            delta={
                "stop_reason": self.stop_reason,
                "stop_sequence": None,
                "stop_details": self.stop_details,
            },
            usage={
                "output_tokens": _tokens(self.blocks),
                "output_tokens_details": {"thinking_tokens": thought},
                **figures,
            },
        )
        yield _event("message_stop")

    def _deltas(self, block: Block) -> Iterator[Mapping[str, str]]:
        if isinstance(block, Text):
            for piece in self._pieces(block.text):
                yield {"type": "text_delta", "text": piece}
        elif isinstance(block, Thinking):
            for piece in self._pieces(block.thinking):
                yield {"type": "thinking_delta", "thinking": piece}
            yield {"type": "signature_delta", "signature": block.signature}
        else:
            for piece in ["", *self._pieces(block.arguments)]:
                yield {"type": "input_json_delta", "partial_json": piece}

    def _pieces(self, text: str) -> list[str]:
        return [text[at : at + self.chunk] for at in range(0, len(text), self.chunk)]


def signed(thinking: str) -> str:
    """A signature that shows whether the thought came back as it was sent."""
    return f"signed-{sha256(thinking.encode()).hexdigest()[:24]}"


def _tokens(blocks: Iterable[Block]) -> int:
    """An estimate of what was written, thoughts included."""
    written = "".join(
        value for block in blocks for key, value in asdict(block).items() if key != "call"
    )
    return -(-len(written.encode()) // BYTES_PER_TOKEN)


def _event(name: str, **data: Any) -> Event:
    return name, {"type": name, **data}


def _figures(usage: Usage) -> dict[str, int]:
    return {key: int(value) for key, value in asdict(usage).items()}


def _message(body: Mapping[str, Any], figures: Mapping[str, int], number: int) -> dict[str, Any]:
    created = figures["cache_creation_input_tokens"]
    return {
        "id": f"msg_{number:06}",
        "type": "message",
        "role": "assistant",
        "model": body.get("model", ""),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "usage": {
            "output_tokens": 1,
            **figures,
            "cache_creation": {
                "ephemeral_5m_input_tokens": created,
                "ephemeral_1h_input_tokens": 0,
            },
            "service_tier": "standard",
        },
    }


def _empty(block: Block, number: int) -> dict[str, Any]:
    if isinstance(block, Text):
        return {"type": "text", "text": ""}
    if isinstance(block, Thinking):
        return {"type": "thinking", "thinking": "", "signature": ""}
    return {
        "type": "tool_use",
        "id": block.call or f"toolu_{number:06}_{block.name}",
        "name": block.name,
        "input": {},
    }
