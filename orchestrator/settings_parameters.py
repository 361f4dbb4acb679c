"""What may be put into a command of the catalogue, by type, and what is wrong with other values."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Literal

from pydantic import Field, field_validator, model_validator

from orchestrator.settings_fields import Table, Text

_LONGEST = 256
_VERSION = r"[0-9A-Za-z][0-9A-Za-z._+-]{0,63}"
_NAME = r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}"
_WIDEST = {4: 16, 6: 48}
"""Bits of the widest network that one change may touch, by version."""


class Parameter(Table):
    """What may be put into a command: only values of the type that match the pattern as a whole."""

    type: Literal["", "version", "integer", "choice", "address", "name", "text"] = ""
    """empty: whatever the pattern takes, and without a pattern a version"""
    pattern: str = ""
    """a regular expression, besides the type"""
    min: int = Field(default=0, ge=0)
    """the least integer"""
    max: int = Field(default=1_000_000, ge=0)
    """the greatest integer"""
    choices: tuple[Text, ...] = ()
    description: str = ""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return value

    @model_validator(mode="after")
    def _belongs_together(self) -> "Parameter":
        if (self.type == "choice") != bool(self.choices):
            raise ValueError('needs choices where its type is "choice", and there alone')
        bounds = {"min", "max"} & self.model_fields_set
        if bounds and self.type != "integer":
            raise ValueError('has min or max, which only type = "integer" has')
        if self.min > self.max:
            raise ValueError(f"has a min of {self.min} above its max of {self.max}")
        return self

    def fits(self, value: str) -> bool:
        """True for what may be put into the command."""
        return not self.wrong(value)

    def wrong(self, value: str) -> str:
        """What is wrong with a value, as the end of a sentence that begins with it."""
        if len(value) > _LONGEST:
            return f"is longer than {_LONGEST} characters"
        if not value.isprintable():
            return "holds a control character"
        why = _TYPES[self.type](self, value)
        if not why and self.pattern and not re.fullmatch(self.pattern, value):
            why = f"does not fit {self.pattern}"
        return why

    @property
    def wanted(self) -> str:
        """What fits, in words, for whoever has to choose a value."""
        words = {
            "integer": f"a whole number from {self.min} to {self.max}",
            "choice": f"one of {', '.join(self.choices)}",
            "address": "an address, or a network in the form 192.0.2.0/24",
            "name": "a name of letters, digits, dots, dashes and underscores",
            "text": "one line of text",
        }.get(self.type, "a version")
        if not self.pattern:
            return words
        return f"{words} that fits {self.pattern}" if self.type else self.pattern


def _version(parameter: Parameter, value: str) -> str:
    if parameter.pattern or re.fullmatch(_VERSION, value):
        return ""
    return f"does not fit {_VERSION}"


def _integer(parameter: Parameter, value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        return "is no whole number"
    if not parameter.min <= int(value) <= parameter.max:
        return f"is not between {parameter.min} and {parameter.max}"
    return ""


def _choice(parameter: Parameter, value: str) -> str:
    return "" if value in parameter.choices else f"is none of {', '.join(parameter.choices)}"


def _address(parameter: Parameter, value: str) -> str:
    try:
        network = ipaddress.ip_network(value)
    except ValueError:
        return "is no address, and no network in the form 192.0.2.0/24"
    if network.prefixlen < _WIDEST[network.version]:
        return f"is wider than /{_WIDEST[network.version]}"
    return ""


def _name(parameter: Parameter, value: str) -> str:
    return "" if re.fullmatch(_NAME, value) else "is no name"


def _text(parameter: Parameter, value: str) -> str:
    return "" if value.strip() else "is empty"


_TYPES: Mapping[str, Callable[[Parameter, str], str]] = {
    "": _version,
    "version": _version,
    "integer": _integer,
    "choice": _choice,
    "address": _address,
    "name": _name,
    "text": _text,
}
