"""The table of the model: which one answers which task, where it is reached, and what it may cost.

Ids and prices of the models themselves lie in `orchestrator/agents/models.toml`; `[model.known]`
adds to it and overrides it.
"""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from orchestrator.settings_fields import Table, http

Effort = Literal["", "low", "medium", "high", "xhigh", "max"]
Size = Literal["small", "middle", "strong"]


class Known(Table):
    """What is known of a model. Prices are US dollars for a million tokens; none: not known."""

    input: float | None = Field(default=None, ge=0)
    output: float | None = Field(default=None, ge=0)
    cache_read: float | None = Field(default=None, ge=0)
    cache_write: float | None = Field(default=None, ge=0)
    context: int = Field(default=200_000, ge=1024)
    """tokens it can read at once"""
    most_output: int = Field(default=32_000, ge=256)
    """tokens it can write at once"""
    effort: bool = True
    """whether it takes `effort`"""
    thinking: bool = True
    """whether it can be asked to show its thinking in short"""


class Limits(Table):
    """What one task may use before it must hand in."""

    turns: int = Field(default=12, ge=1, le=100)
    tokens: int = Field(default=600_000, ge=1000)
    """read and written, in all its turns"""
    seconds: float = Field(default=240.0, gt=0, le=7200)
    usd: float = Field(default=3.0, ge=0)


class TaskModel(Table):
    """Another model, effort or limit for one task; or none at all."""

    ask: bool = True
    """false: the rules answer this task alone"""
    model: str = ""
    effort: Effort = ""
    seconds: float = Field(default=0.0, ge=0, le=7200)
    turns: int = Field(default=0, ge=0, le=100)


class ModelTable(Table):
    """`[model]` in `warroom.toml`."""

    backend: Literal["auto", "rules", "claude", "recorded"] = "auto"
    """auto: claude where a key is at hand, else rules"""
    provider: Literal["anthropic", "bedrock", "vertex"] = "anthropic"
    base_url: str = ""
    """address of a gateway that speaks the same language; empty: the provider's own"""
    key_env: str = Field(default="ANTHROPIC_API_KEY", pattern=r"^[A-Z_][A-Z0-9_]{0,127}$")
    """name of the environment variable that holds the key; a key itself is in no file"""
    region: str = Field(default="", max_length=64)
    """of Bedrock or Vertex"""
    cloud_project: str = Field(default="", max_length=128)
    """of Vertex"""
    small: str = "claude-haiku-5-5"
    middle: str = "claude-sonnet-5-5"
    strong: str = "claude-opus-5-5"
    fallback: str = "claude-sonnet-5-5"
    """asked where another model refuses; empty: none is"""
    task: Limits = Limits()
    incident_usd: float = Field(default=25.0, ge=0)
    """what all tasks of one incident may cost; after that the rules answer alone"""
    tasks: dict[str, TaskModel] = Field(default_factory=dict)
    """by task, as `[model.tasks."tier3/architecture"]`"""
    known: dict[str, Known] = Field(default_factory=dict)
    """by model id: what is not in the data file, or is otherwise there"""
    recording: str = ""
    """folder of recorded answers: read by `recorded`, written by `claude` where `record` is set"""
    record: bool = False

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if "@" in value.partition("//")[2].partition("/")[0]:
            raise ValueError("must hold no name and no password: the key is in the environment")
        return http(value).rstrip("/")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "ModelTable":
        if (self.record or self.backend == "recorded") and not self.recording:
            raise ValueError("needs the folder of the recording")
        if self.provider == "vertex" and not self.region:
            raise ValueError("needs the region of Vertex")
        return self
