"""Texts on their way to people outside: asked for, arrived, failed, or nobody knows."""

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.events.envelope import Json, Payload, journalled


@journalled
@dataclass(frozen=True, slots=True)
class ChannelsKnown(Payload):
    """The channels as the settings name them now; without their addresses."""

    type: ClassVar[str] = "channels.known"
    channels: tuple[Json, ...]
    """{"name", "audiences", "auto"} of each"""


@journalled
@dataclass(frozen=True, slots=True)
class SendRequested(Payload):
    """A person (or the policy of a channel) sends a text: exactly the words with this hash."""

    type: ClassVar[str] = "message.send_requested"
    path: str
    number: int
    """which sending of this text it is, from 1"""
    sha256: str
    """of the words that go out; empty: as they stand when they go out"""
    channels: tuple[str, ...]
    by: str
    why: str = ""
    """why so soon after the last one, where that was asked"""


@journalled
@dataclass(frozen=True, slots=True)
class MessageDelivered(Payload):
    """A channel took the text, or a person saw that it arrived."""

    type: ClassVar[str] = "message.delivered"
    path: str
    channel: str
    key: str
    detail: str = ""


@journalled
@dataclass(frozen=True, slots=True)
class MessageFailed(Payload):
    """A channel did not take the text; the others are not concerned."""

    type: ClassVar[str] = "message.failed"
    path: str
    channel: str
    key: str
    detail: str


@journalled
@dataclass(frozen=True, slots=True)
class MessageUnknown(Payload):
    """The text was handed over and nobody knows whether it arrived: a person has to look."""

    type: ClassVar[str] = "message.unknown"
    path: str
    channel: str
    key: str
    detail: str
