"""What the tools of a model take: each a schema that is told to it, and checked before a call."""

from pydantic import Field

from orchestrator.model.reports.claims import Strict


class Nothing(Strict):
    """No arguments."""


class Lines(Strict):
    """Lines of one evidence item."""

    id: str = Field(pattern=r"^E\d{1,6}$")
    first_line: int = Field(default=1, ge=1)
    last_line: int = Field(default=0, ge=0)
    """0: as far as there is room"""


class Words(Strict):
    """Words to look for, in one item or in all."""

    words: str = Field(min_length=2, max_length=200)
    id: str = Field(default="", pattern=r"^(E\d{1,6})?$")


class Since(Strict):
    """How far back to read."""

    minutes: float = Field(default=0.0, ge=0, le=1440)
    """before now; 0: the last 500 lines"""


class Many(Strict):
    """How many to list."""

    limit: int = Field(default=20, ge=1, le=50)


class Sha(Strict):
    """A commit."""

    sha: str = Field(pattern=r"^[0-9a-f]{7,40}$")


class Of(Strict):
    """A service of the settings; empty: the one of the incident."""

    service: str = Field(default="", max_length=64)


class Key(Strict):
    """A task of this incident, such as `tier1/data`."""

    task: str = Field(max_length=64)


class Question(Strict):
    """A field nobody could fill, and the question that would."""

    field: str = Field(min_length=1, max_length=80, pattern=r"^[a-z0-9][a-z0-9 _/-]*$")
    question: str = Field(min_length=5, max_length=300)
