"""The tables about people: who may be asked and with which credential, and whose turn it is."""

import datetime as dt
import re
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from orchestrator.settings_fields import Name, Table, Text

Role = Literal[
    "commander",
    "technical-lead",
    "communications-lead",
    "on-call",
    "tier2",
    "tier3",
    "deputy",
    "scribe",
    "engineering-manager",
    "architect",
    "deployment-manager",
    "dba",
    "infrastructure",
    "executive",
    "management",
    "security",
    "legal",
    "component-owner",
    "support-lead",
]


class Person(Table):
    """Somebody who may be asked, and as whom their keys count."""

    name: str = Field(min_length=1, max_length=64)
    uid: int | None = Field(default=None, ge=0)
    """the Unix user whose commands are this person's"""
    token_sha256: str = ""
    """SHA-256 of a token that makes a command this person's, whoever's account it comes from"""
    roles: tuple[Role, ...] = ()
    contact: Text = ""
    """how to reach them, in the team's own words"""
    page: SecretStr = SecretStr("")
    """address that wakes them, as apprise writes it, or the environment variable that holds it"""
    calendar: tuple[Text, ...] = ()
    """how on-call calendars write them: mail addresses, other names"""
    backup: str = ""
    """who is asked when they cannot be reached: another person's name"""
    unavailable: bool = False
    """true while they are away: nobody waits for them, their backup is asked at once"""

    @field_validator("token_sha256")
    @classmethod
    def _digest(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9a-fA-F]{64}", value):
            raise ValueError("must be the 64 hex digits of a SHA-256, not the token itself")
        return value.lower()

    def told(self) -> dict[str, Any]:
        """What an incident may know and keep of them: no address and no credential."""
        kept = {"name", "uid", "roles", "contact", "backup", "unavailable"}
        return {**self.model_dump(mode="json", include=kept), "paged": bool(self.page)}


class Override(Table):
    """For a while another person takes the shifts of a rotation."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    person: str = Field(min_length=1)
    from_: dt.datetime = Field(alias="from")
    to: dt.datetime
    """without an offset both are times of the rotation's zone"""

    @model_validator(mode="after")
    def _in_order(self) -> "Override":
        if self.to.replace(tzinfo=None) <= self.from_.replace(tzinfo=None):
            raise ValueError("to must be later than from")
        return self


class Rotation(Table):
    """Whose turn it is for one role: from a calendar file, or people one after the other."""

    name: Name
    role: Role = "on-call"
    ics: str = ""
    """calendar file, relative to the project"""
    people: tuple[str, ...] = ()
    every: Literal["weekly", "daily"] = "weekly"
    at: str = "09:00"
    zone: str = "UTC"
    starts: dt.date | None = None
    """the first day of the first person's first shift"""
    overrides: tuple[Override, ...] = ()

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; as Europe/Berlin")
        return value

    @field_validator("at")
    @classmethod
    def _time(cls, value: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("must be a time as 09:00")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> "Rotation":
        if bool(self.ics) == bool(self.people):
            raise ValueError("needs either ics or people")
        if self.people and self.starts is None:
            raise ValueError("people take turns from a day on: set starts = 2026-01-05")
        return self

    def moment(self, at: dt.datetime) -> float:
        """A moment of an override in seconds since the epoch."""
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.zone))).timestamp()
