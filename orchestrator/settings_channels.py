"""The tables of the channels: where texts are sent, which of them, and whether by themselves."""

import os
import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from orchestrator.settings_fields import Name, Table

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+")

Audience = Literal[
    "alert", "management", "executive", "status-page", "update", "resolution", "handoff", "page"
]

PUBLIC = frozenset({"status-page", "resolution"})
"""What a channel that everybody reads may get."""


class Delivering(Table):
    """How patiently a channel is tried, and whether it may be tried without a person."""

    auto: bool = False
    """true: a text that is due goes out by itself, after a countdown a person can hold back"""
    retries: int = Field(default=4, ge=0, le=50)
    retry_seconds: float = Field(default=2.0, gt=0, le=3600)
    """until the first repeat; each wait is twice the one before, up to five minutes"""
    timeout: float = Field(default=15.0, gt=0, le=120)
    idempotent: bool = False
    """of an http address: true where the receiver drops a repeat with the same Idempotency-Key"""


class ChannelTable(Delivering):
    """`[[channels]]`: one place, one message."""

    name: Name
    url: SecretStr
    """apprise's address of it, an http address, or the name of the variable that holds either"""
    audiences: tuple[Audience, ...] = Field(min_length=1)

    @field_validator("url")
    @classmethod
    def _address(cls, value: SecretStr) -> SecretStr:
        return address(value)

    @model_validator(mode="after")
    def _public_or_not(self) -> "ChannelTable":
        """Words for a few never go where everybody reads."""
        inner = sorted(set(self.audiences) - PUBLIC)
        if "status-page" in self.audiences and inner:
            raise ValueError(f"status-page is public: name another channel for {', '.join(inner)}")
        return self


class StatusPageTable(Delivering):
    """`[status_page]`: where the public word is posted, as JSON."""

    url: SecretStr = SecretStr("")
    """http address, or the name of the variable that holds it; empty: there is none"""
    token_env: str = Field(default="", pattern=r"^([A-Z_][A-Z0-9_]{0,127})?$")
    """variable that holds the token sent with it; empty: none is sent"""

    @field_validator("url")
    @classmethod
    def _address(cls, value: SecretStr) -> SecretStr:
        found = address(value, empty=True)
        text = found.get_secret_value()
        if text and "://" in text and not text.startswith(("http://", "https://")):
            raise ValueError("must be an http address, or the name of an environment variable")
        return found


def address(value: SecretStr, empty: bool = False) -> SecretStr:
    """A channel's address or a variable's name. ValueError, without the value, for others."""
    given = value.get_secret_value().strip()
    if (empty and not given) or _VARIABLE.fullmatch(given) or _URL.fullmatch(given):
        return SecretStr(given)
    raise ValueError("must be an address such as mailto://..., or an environment variable's name")


def resolved(value: SecretStr) -> str:
    """The address itself; empty where its variable is not set."""
    given = value.get_secret_value()
    return os.environ.get(given, "") if _VARIABLE.fullmatch(given) else given
