"""The tables of the policy file that are more than numbers: business hours, what law asks for."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator

from orchestrator.intake.guidance import EFFECTS
from orchestrator.model.business_hours import BusinessHours
from orchestrator.model.policy import Regulation
from orchestrator.settings_fields import Table
from orchestrator.toml_lines import Place

_Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_Date = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]

_UNITS = {"hours": 3600.0, "days": 86400.0}


class PolicyError(ValueError):
    """What is wrong in the policy file, and where."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(why)
        self.place = place


class _Business(Table):
    zone: str = "UTC"
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        default=("mon", "tue", "wed", "thu", "fri"), min_length=1
    )
    opens: _Clock = "09:00"
    closes: _Clock = "17:00"
    holidays: tuple[_Date, ...] = ()
    severities: tuple[Literal["P0", "P1", "P2", "P3"], ...] = ("P2", "P3")

    @field_validator("zone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no zone; write one such as Europe/Berlin") from None
        return value

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "_Business":
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self


class _Law(Table):
    name: str = Field(min_length=1, max_length=40)
    hours: float = Field(default=0.0, ge=0)
    days: float = Field(default=0.0, ge=0)
    themes: tuple[str, ...] = Field(default=("security", "data-loss", "compliance"), min_length=1)

    @field_validator("themes")
    @classmethod
    def _are_known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        strange = [theme for theme in value if theme not in EFFECTS]
        if strange:
            raise ValueError(f"{strange[0]!r} is no theme; themes are {', '.join(EFFECTS)}")
        return value

    @model_validator(mode="after")
    def _ends(self) -> "_Law":
        if not self.hours and not self.days:
            raise ValueError("needs hours or days")
        return self


def business_hours(data: object) -> BusinessHours:
    """`[business]`. PolicyError names the key."""
    checked = _checked(_Business, data, ("business",))
    return BusinessHours(**checked.model_dump())


def regulations(data: object) -> tuple[Regulation, ...]:
    """`[[regulatory]]`: all of them; the built-in one is replaced. PolicyError names the key."""
    if not isinstance(data, list):
        raise PolicyError(("regulatory",), "must be tables such as [[regulatory]]")
    laws = [_checked(_Law, one, ("regulatory", n)) for n, one in enumerate(data)]
    names = [law.name for law in laws]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise PolicyError(("regulatory", number, "name"), f"{name!r} is there twice")
    return tuple(
        Regulation(law.name, law.hours * _UNITS["hours"] + law.days * _UNITS["days"], law.themes)
        for law in laws
    )


def _checked(table: type[Any], data: object, place: Place) -> Any:
    if not isinstance(data, Mapping):
        raise PolicyError(place, "must be a table")
    try:
        return table.model_validate(dict(data))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        why = {"missing": "is missing", "extra_forbidden": "is unknown"}.get(
            problem["type"], problem["msg"].removeprefix("Value error, ")
        )
        raise PolicyError((*place, *problem["loc"]), why[0].lower() + why[1:]) from None
