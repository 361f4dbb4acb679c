"""What a carrier is given, and how it says that it could not: for sure, or without knowing."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Order:
    """One message to one place."""

    key: str
    """the same for every attempt: whoever gets it twice can tell"""
    incident: str
    path: str
    subject: str
    body: str
    status: str
    """the public word for how it stands"""


class NotTaken(Exception):
    """The message did not go out: it is safe to try again, unless `final` says it is no use."""

    def __init__(self, why: str, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


class Doubt(Exception):
    """The message may have gone out: nobody here can tell."""


class Carrier(Protocol):
    """One channel's way of handing a message over. Both calls block: they run in a thread."""

    repeatable: bool
    """a message handed over twice under one key arrives once, or it can be looked up"""

    def place(self) -> tuple[str, int] | None:
        """Host and port it is reached at; None where only its library knows."""

    def look(self, order: Order) -> bool:
        """Whether the message is there already; False where that cannot be asked."""

    def hand(self, order: Order) -> str:
        """Hand it over and say what was answered. NotTaken or Doubt."""
