"""Where a text goes and how far it came: one line for each channel it was handed to."""

from dataclasses import dataclass

ENDED = ("delivered", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as the settings name it; its address is in no journal."""

    name: str
    audiences: tuple[str, ...]
    auto: bool = False
    """true: what is due goes out by itself, after a countdown that a person can hold back"""

    @property
    def public(self) -> bool:
        """Whether everybody reads it: then only the words meant for everybody go there."""
        return "status-page" in self.audiences


@dataclass(frozen=True, slots=True)
class Delivery:
    """One text on its way to one channel. `state`: asked, delivered, failed or unknown."""

    key: str
    """`deliver/management-notification/1/mail`: also what makes it arrive only once"""
    path: str
    channel: str
    number: int
    """which sending of this text it belongs to, from 1"""
    sha256: str
    """of the words that go out; empty where they are taken as they stand at that moment"""
    by: str
    at: float
    state: str = "asked"
    detail: str = ""
    ended_at: float = 0.0
