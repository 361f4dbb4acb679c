"""From a report at the desk to a new incident, or to a note on the one that it repeats."""

from datetime import UTC, datetime
from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from orchestrator.evidence.safe import safe
from orchestrator.flow.relapse import looks_on
from orchestrator.intake.guidance import EFFECTS, themes
from orchestrator.model.codec import encode
from orchestrator.model.events import AlertRepeated, IncidentDetected, Json
from orchestrator.model.policy import Policy, severity
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import Settings

TITLE, SYMPTOMS, KEY = 200, 4000, 300
"""Characters at most. A title that is longer is refused; what a machine wrote is cut."""


class Reported(BaseModel):
    """What somebody or something reports: the trust boundary for new incidents.

    All of it is made safe before anything else sees it, because all of it is journalled.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=TITLE)
    service: str = Field(default="", max_length=100)
    symptoms: str = Field(default="", max_length=SYMPTOMS)
    reporter: str = Field(default="", max_length=100)
    method: str = Field(
        default="manual", pattern="^(automated-alert|user-report|monitoring|manual)$"
    )
    severity: str = ""
    category: str = Field(
        default="availability",
        pattern="^(availability|performance|functionality|security|data-integrity)$",
    )
    guidance: str = Field(default="", max_length=2000)
    answers: dict[str, str] = Field(default_factory=dict)
    """the eight questions of the intake, those that were answered"""
    themes: tuple[str, ...] = Field(default=(), max_length=len(EFFECTS))
    """those that were shown before it was sent; what the guidance says is read again in any case"""
    alert: dict[str, Any] = Field(default_factory=dict)
    key: str = Field(default="", max_length=KEY)
    """what makes two notifications the same trouble"""
    firing: bool = True

    @model_validator(mode="before")
    @classmethod
    def _made_safe(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        made: dict[str, Any] = safe(data)
        title = data.get("title")
        if isinstance(title, str):
            if len(title) > TITLE:
                raise ValueError(f"the title has {len(title)} characters; {TITLE} at most")
            made["title"] = " ".join(made["title"].split())[:TITLE]
        for name, most in (("symptoms", SYMPTOMS), ("key", KEY)):
            if isinstance(made.get(name), str):
                made[name] = made[name][:most]
        return made

    @field_validator("themes")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in EFFECTS:
                raise ValueError(f"there is no theme {name!r}; known: {', '.join(EFFECTS)}")
        return value


def why_not(error: ValidationError) -> str:
    """What is wrong with something that was sent, and where, in one line."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    why = first["msg"].removeprefix("Value error, ")
    return f"{where}: {why}" if where else why


def detected(
    reported: Reported,
    incident: str,
    settings: Settings,
    policy: Policy,
    project: Project,
    duty: tuple[Json, ...] = (),
) -> dict[str, Any]:
    """The first event's data. ValueError for a severity nobody knows."""
    service = reported.service
    if not service and len(settings.services) == 1 and not reported.alert.get("bundle"):
        service = settings.services[0].name
    named = {theme.name for theme in themes(reported.guidance)} | set(reported.themes)
    event = IncidentDetected(
        incident=incident,
        title=reported.title,
        service=service,
        symptoms=reported.symptoms or reported.title,
        reporter=reported.reporter,
        method=reported.method,
        severity=severity(reported.severity),
        category=reported.category,
        project=settings.name or project.root.name,
        alert={**reported.alert, "key": reported.key} if reported.key else reported.alert,
        policy=encode(policy),
        people=tuple(person.told() for person in settings.people),
        guidance=reported.guidance,
        answers=reported.answers,
        themes=tuple({"name": name, "effect": EFFECTS[name]} for name in EFFECTS if name in named),
        drill=settings.drill and project.drill_mark.exists(),
        duty=duty,
        bisects=tuple(one.name for one in settings.services if one.bisect.test),
    )
    return dict(encode(event))


def repeats(state: State, reported: Reported) -> bool:
    """True when this is about the trouble of an incident that is open, or watched for a relapse."""
    here = state.open or looks_on(state)
    return bool(reported.key) and here and state.alert.get("key") == reported.key


def repeated(reported: Reported) -> dict[str, Any]:
    status = "firing" if reported.firing else "resolved"
    return dict(encode(AlertRepeated(status, reported.title, reported.alert)))


def mint(project: Project, now: float) -> str:
    """The next free id of the day: INC-20261123-1, -2, ..."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d")
    taken = {folder.incident for folder in project.all_incidents()}
    number = 1
    while f"INC-{day}-{number}" in taken:
        number += 1
    return f"INC-{day}-{number}"
