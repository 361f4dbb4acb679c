"""An Alertmanager notification (webhook body, version 4), checked, as alarms.

The status that counts is each alert's own: a group goes on firing while most of it is resolved.
`startsAt` is when a rule began to hold, not when users were first hit.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.clock import parse_iso
from orchestrator.evidence.hygiene import clean
from orchestrator.model.policy import severity

_SERVICE_LABELS = ("service", "app", "application", "component", "job")
_SEVERITIES = {
    "critical": "P1",
    "page": "P1",
    "high": "P1",
    "error": "P2",
    "warning": "P2",
    "medium": "P2",
    "info": "P3",
    "low": "P3",
}
"""What alert rules usually write; only provisional until triage."""

Text = dict[str, str]


class AlertError(Exception):
    """What is wrong with an alert body, and where, in one line."""


class _Alert(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    status: Literal["firing", "resolved"]
    labels: Text
    annotations: Text = {}
    startsAt: str  # noqa: N815 the format's own name
    endsAt: str = ""  # noqa: N815
    generatorURL: str = ""  # noqa: N815
    fingerprint: str = ""


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    version: Literal["4"]
    groupKey: str = Field(min_length=1)  # noqa: N815
    status: str = ""
    receiver: str = ""
    groupLabels: Text = {}  # noqa: N815
    commonLabels: Text = {}  # noqa: N815
    commonAnnotations: Text = {}  # noqa: N815
    externalURL: str = ""  # noqa: N815
    alerts: tuple[_Alert, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alert as the war room takes it up."""

    title: str
    service: str
    severity: str
    """P0..P3 as far as the alert says, provisional; empty when it says nothing"""
    symptoms: str
    starts_at: float
    """the alert's own time; not the start of impact"""
    firing: bool
    key: str
    """the same for every notification about the same trouble"""
    labels: Mapping[str, str] = field(default_factory=dict)
    alert: Mapping[str, Any] = field(default_factory=dict)
    """the alert as received"""


def read(text: str | bytes) -> list[Alarm]:
    """Alarms from the JSON of a notification, firing ones first. AlertError names what is wrong."""
    try:
        data = json.loads(text)
    except UnicodeDecodeError:
        raise AlertError("alert: is no UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise AlertError(f"alert line {error.lineno}: is no JSON: {error.msg.lower()}") from None
    except RecursionError:
        raise AlertError("alert: is nested too deeply") from None
    return parse(data)


def read_body(text: str | bytes) -> Alarm:
    """The alarm of a notification that an incident is opened for: the gravest one still firing."""
    alarms = read(text)
    return min(alarms, key=lambda alarm: (not alarm.firing, alarm.severity or "P9"))


def parse(data: object) -> list[Alarm]:
    """Alarms from a notification already read as JSON."""
    if not isinstance(data, dict):
        raise AlertError("alert: must be a JSON object as Alertmanager posts it")
    try:
        body = _Body.model_validate(data)
    except ValidationError as error:
        raise AlertError(_first(error)) from None
    alarms = [_alarm(body, alert, number) for number, alert in enumerate(body.alerts)]
    return sorted(alarms, key=lambda alarm: (not alarm.firing, alarm.starts_at))


def _alarm(body: _Body, alert: _Alert, number: int) -> Alarm:
    labels = {**body.commonLabels, **alert.labels}
    notes = {**body.commonAnnotations, **alert.annotations}
    try:
        starts_at = parse_iso(alert.startsAt)
    except (ValueError, OverflowError):
        why = f"{alert.startsAt[:40]!r} is no time"
        raise AlertError(f"alerts[{number}].startsAt: {why}") from None
    name = labels.get("alertname", "alert without a name")
    service = next((labels[key] for key in _SERVICE_LABELS if labels.get(key)), "")
    title = notes.get("summary") or notes.get("title") or name
    fingerprint = alert.fingerprint or json.dumps(alert.labels, sort_keys=True)
    return Alarm(
        title=_line(title, 200),
        service=_line(service, 64),
        severity=label_severity(labels.get("severity", "")),
        symptoms=_line(notes.get("description") or notes.get("message") or title, 1000),
        starts_at=starts_at,
        firing=alert.status == "firing",
        key=f"{body.groupKey}/{fingerprint}",
        labels={_line(key, 100): _line(value, 300) for key, value in labels.items()},
        alert=alert.model_dump(mode="json") | {"groupKey": body.groupKey},
    )


def label_severity(label: str) -> str:
    try:
        return severity(label)
    except ValueError:
        return _SEVERITIES.get(label.strip().lower(), "")


def _line(text: str, limit: int) -> str:
    """Text from outside as one safe line."""
    return " ".join(clean(text).split())[:limit]


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ""
    for part in problem["loc"]:
        where += f"[{part}]" if isinstance(part, int) else f".{part}" if where else str(part)
    why = "is missing" if problem["type"] == "missing" else problem["msg"]
    return f"{where}: {why[0].lower()}{why[1:]}"
