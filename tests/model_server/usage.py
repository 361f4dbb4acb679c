"""What a request would be billed, worked out from the requests that came before it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

BYTES_PER_TOKEN = 4
"""A rule of thumb for English and JSON: the true tokenizer is nobody's to have."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the input, in the three kinds that have three prices."""

    input_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int

    @property
    def all_input(self) -> int:
        """How long the prompt is, whatever was paid for it."""
        return self.input_tokens + self.cache_creation_input_tokens + self.cache_read_input_tokens


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request's input in the order the model reads it, and where it asks to be kept.

    A unit is all tools, one block of the system prompt, or one message.
    """

    model: str
    units: tuple[bytes, ...]
    breakpoints: tuple[int, ...]
    """Each is a count of units: what lies before it is to be cached"""


def prompt(body: Mapping[str, Any]) -> Prompt:
    """The input of a request, without the marks that only say what to cache."""
    parts: list[Any] = [body["tools"]] if body.get("tools") else []
    parts += _as_blocks(body.get("system") or [])
    parts += [
        {**message, "content": _as_blocks(message["content"])} for message in body["messages"]
    ]
    marked = [number for number, part in enumerate(parts, 1) if _asks_for_caching(part)]
    if body.get("cache_control") and parts:
        marked.append(len(parts))
    units = tuple(_canonical(_unmarked(part)) for part in parts)
    return Prompt(body.get("model", ""), units, tuple(sorted(set(marked))))


def tokens_of(units: Iterable[bytes]) -> int:
    """An estimate that never decreases as units are added."""
    return -(-sum(map(len, units)) // BYTES_PER_TOKEN)


def usage(asked: Prompt, earlier: Iterable[Prompt]) -> Usage:
    """Split the input into what is read from the cache, written to it, and neither.

    As in the API, only a breakpoint of an earlier request leaves an entry: two prompts that
    begin alike share nothing unless one of them was marked where they part.
    """
    written = asked.breakpoints[-1] if asked.breakpoints else 0
    read = max(
        (
            kept
            for other in earlier
            if other.model == asked.model
            for kept in other.breakpoints
            if kept <= written and other.units[:kept] == asked.units[:kept]
        ),
        default=0,
    )
    to_read, to_written = tokens_of(asked.units[:read]), tokens_of(asked.units[:written])
    return Usage(tokens_of(asked.units) - to_written, to_written - to_read, to_read)


def _as_blocks(content: Any) -> list[Any]:
    """A string is short for one block of text."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _canonical(part: Any) -> bytes:
    """Keys keep their order: a tool whose keys move about misses the cache in the API too."""
    return json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()


def _marked_places(part: Any) -> list[Any]:
    """The dicts that may carry a mark; a tool's schema and arguments are never searched."""
    if isinstance(part, list):
        return [place for block in part for place in _marked_places(block)]
    if not isinstance(part, dict):
        return []
    return [part, *_marked_places(part.get("content"))]


def _asks_for_caching(part: Any) -> bool:
    return any(place.get("cache_control") for place in _marked_places(part))


def _unmarked(part: Any) -> Any:
    if isinstance(part, list):
        return [_unmarked(block) for block in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if key != "cache_control"}
    if "content" in kept:
        kept["content"] = _unmarked(kept["content"])
    return kept
