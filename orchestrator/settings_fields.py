"""What the tables of `warroom.toml` share: names, words, addresses."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_HTTP = re.compile(r"https?://[^\s/]+(/\S*)?")

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of a human's own words: a channel, a number to call, a name of something outside."""


class Table(BaseModel):
    """What all tables share: an unknown key is an error, and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def http(value: str) -> str:
    """An address of the web, or nothing. ValueError for anything else."""
    if value and not _HTTP.fullmatch(value):
        raise ValueError("must be an http address")
    return value
