"""Alerts as Alertmanager sends them: the body of a webhook, version 4. Pure."""

from collections.abc import Iterable
from typing import Any

from orchestrator.clock import iso
from orchestrator.drills.rules import Alert

NEVER = "0001-01-01T00:00:00Z"
"""How an end that has not come yet is written (the zero time of Go)."""

_FNV_START, _FNV_PRIME = 14695981039346656037, 1099511628211


def body(service: str, alerts: Iterable[Alert], metrics: str) -> dict[str, Any]:
    """One notification about a group: all of its alerts, firing and resolved, in one body."""
    group = [_alert(service, alert, metrics) for alert in alerts]
    firing = any(alert["status"] == "firing" for alert in group)
    return {
        "version": "4",
        "groupKey": f'{{}}:{{service="{service}"}}',
        "truncatedAlerts": 0,
        "status": "firing" if firing else "resolved",
        "receiver": "warroom",
        "groupLabels": {"service": service},
        "commonLabels": _common(alert["labels"] for alert in group),
        "commonAnnotations": _common(alert["annotations"] for alert in group),
        "externalURL": metrics.rsplit("/", 1)[0],
        "alerts": group,
    }


def _alert(service: str, alert: Alert, metrics: str) -> dict[str, Any]:
    labels = {"alertname": alert.name, "service": service, "severity": alert.severity}
    labels |= dict(alert.labels)
    return {
        "status": "firing" if alert.firing else "resolved",
        "labels": labels,
        "annotations": {"summary": alert.summary, "description": alert.description},
        "startsAt": iso(alert.starts_at),
        "endsAt": NEVER if alert.firing else iso(alert.ends_at),
        "generatorURL": metrics,
        "fingerprint": fingerprint(labels),
    }


def fingerprint(labels: dict[str, str]) -> str:
    """The label set's own name: FNV-1a over names and values in order, as Alertmanager does it."""
    digest = _FNV_START
    for name, value in sorted(labels.items()):
        for byte in name.encode() + b"\xff" + value.encode() + b"\xff":
            digest = (digest ^ byte) * _FNV_PRIME % 2**64
    return f"{digest:016x}"


def _common(sets: Iterable[dict[str, str]]) -> dict[str, str]:
    """What all of them say alike."""
    first, *others = sets
    return {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }
