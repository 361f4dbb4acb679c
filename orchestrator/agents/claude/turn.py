"""One turn of a conversation with a model: what is asked, what comes back, how it can fail.

`Client` is the seam to whoever answers: the SDK, or a recording. A turn that fails leaves nothing
behind: no tool has run, and what was heard of it is discarded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Block = dict[str, Any]
"""A content block as the Messages API has it."""

Kind = Literal[
    "rate-limit",
    "overloaded",
    "server",
    "unreachable",
    "cut",
    "stalled",
    "malformed",
    "deadline",
    "key",
    "request",
    "unknown-model",
    "too-large",
    "recording",
]

AGAIN: frozenset[Kind] = frozenset(
    ("rate-limit", "overloaded", "server", "unreachable", "cut", "stalled", "malformed")
)
"""Failures after which the same turn may go better. The others are the same the next time."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a model is asked. Everything before the last message is byte for byte as before."""

    task: str
    number: int
    """from 1, within the task; a turn that is tried again keeps its number"""
    model: str
    system: tuple[Block, ...]
    tools: tuple[Block, ...]
    messages: tuple[Block, ...]
    schema: dict[str, Any]
    """of the report, as JSON Schema"""
    most_output: int
    effort: str = ""
    thinking: bool = True
    last: bool = False
    """no tool may be called any more: the report is due"""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answered turn."""

    fresh: int = 0
    cached: int = 0
    written: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. `content` goes back unchanged in the next turn."""

    content: tuple[Block, ...]
    stop: str
    """end_turn | tool_use | max_tokens | pause_turn | refusal | model_context_window_exceeded"""
    usage: Usage = field(default_factory=Usage)
    why: str = ""
    """of a refusal: its category"""

    @property
    def text(self) -> str:
        return "".join(str(block["text"]) for block in self.content if block["type"] == "text")

    @property
    def calls(self) -> tuple[Block, ...]:
        return tuple(block for block in self.content if block["type"] == "tool_use")


class TurnFailed(Exception):
    """No whole answer came. One line says why; `after` is how long the other side said to wait."""

    def __init__(self, kind: Kind, why: str, after: float = 0.0, again: bool = True) -> None:
        super().__init__(why)
        self.kind: Kind = kind
        self.after = after
        self.again = again and kind in AGAIN


Hear = Callable[[str], None]
"""Takes text for people while it streams."""


class Client(Protocol):
    """Whoever answers a turn."""

    async def reply(self, turn: Turn, hear: Hear) -> Reply:
        """The answer, streamed to `hear` while it comes. TurnFailed; cancelling closes the line."""
