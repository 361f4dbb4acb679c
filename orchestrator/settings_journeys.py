"""What users do, as requests that can be repeated: `[[services.journeys]]` in `warroom.toml`."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from orchestrator.settings_fields import Table, Text, http


class Step(Table):
    """One request of a journey, and what must come back."""

    path: str = Field(min_length=1, max_length=2000, pattern=r"^/[^\s]*$")
    """appended to the journey's address"""
    method: Literal["GET", "HEAD", "POST"] = "GET"
    """anything but GET is sent only because it stands here: it may change something"""
    body: str = Field(default="", max_length=10_000)
    status: int = Field(default=200, ge=100, le=599)
    """as it comes: a redirect is not followed"""
    contains: str = Field(default="", max_length=1000)
    """text that must be in the answer"""
    timeout: float = Field(default=5.0, gt=0, le=60)

    @model_validator(mode="after")
    def _says_something(self) -> "Step":
        if self.body and self.method != "POST":
            raise ValueError('a body is sent with method = "POST" only')
        if self.contains and self.method == "HEAD":
            raise ValueError("an answer to HEAD holds no text; use GET where something is expected")
        return self


class Journey(Table):
    """One thing users do with a service, from the first request to the last."""

    name: Text = Field(min_length=1)
    url: str = Field(min_length=1)
    """address that every path is appended to"""
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        return http(value).rstrip("/")
