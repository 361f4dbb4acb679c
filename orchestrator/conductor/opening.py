"""From a report at the desk to a new incident, or to a note on the one that it repeats."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.intake.guidance import themes
from orchestrator.model.codec import encode
from orchestrator.model.events import AlertRepeated, IncidentDetected
from orchestrator.model.policy import Policy, severity
from orchestrator.model.state import State
from orchestrator.project import Project
from orchestrator.settings import Settings


class Reported(BaseModel):
    """What somebody or something reports: the trust boundary for new incidents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=200)
    service: str = Field(default="", max_length=100)
    symptoms: str = Field(default="", max_length=4000)
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
    alert: dict[str, Any] = Field(default_factory=dict)
    key: str = Field(default="", max_length=300)
    """what makes two notifications the same trouble"""
    firing: bool = True


def detected(
    reported: Reported, incident: str, settings: Settings, policy: Policy, project: Project
) -> dict[str, Any]:
    """The first event's data. ValueError for a severity nobody knows."""
    service = reported.service
    if not service and len(settings.services) == 1:
        service = settings.services[0].name
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
        people=tuple(person.model_dump(mode="json") for person in settings.people),
        guidance=reported.guidance,
        answers=reported.answers,
        themes=tuple({"name": t.name, "effect": t.effect} for t in themes(reported.guidance)),
        drill=settings.drill and project.drill_mark.exists(),
    )
    return dict(encode(event))


def repeats(state: State, reported: Reported) -> bool:
    """True when this is about the trouble of an incident that is still open."""
    return bool(reported.key) and state.open and state.alert.get("key") == reported.key


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
