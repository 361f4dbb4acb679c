"""What a Prometheus server itself holds: alerts, rules, and whether it reaches its targets.

https://prometheus.io/docs/prometheus/latest/querying/api/#alerts (and #rules, #targets)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.evidence.sources.prometheus import selector
from orchestrator.evidence.sources.prometheus_api import Prometheus
from orchestrator.evidence.sources.timestamps import value


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that is pending or firing now."""

    name: str
    state: str
    """`pending` or `firing`"""
    active_at: float
    """when its expression first held; not the start of impact. 0: not told"""
    value: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """An alerting rule as it stands."""

    name: str
    query: str
    duration: float
    """seconds it must hold before it fires"""
    state: str
    """`inactive`, `pending` or `firing`"""
    health: str
    """`ok`, `err` or `unknown`: whether it can be evaluated at all"""
    error: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Target:
    """Something that the server scrapes."""

    address: str
    health: str
    """`up`, `down` or `unknown`"""
    error: str
    labels: Mapping[str, str]


async def alerts(server: Prometheus) -> list[Alert]:
    """All alerts that are pending or firing; none is a sound answer."""
    data = await server.data("alerts")
    try:
        return [
            Alert(
                name=str(one["labels"].get("alertname", "")),
                state=str(one["state"]),
                active_at=value(one.get("activeAt")) or 0.0,
                value=str(one.get("value", "")),
                labels=_labels(one["labels"]),
            )
            for one in data["alerts"]
        ]
    except (KeyError, TypeError, AttributeError):
        raise server.foreign() from None


async def rules(server: Prometheus) -> list[Rule]:
    """All alerting rules in the order of their groups."""
    data = await server.data("rules", {"type": "alert"})
    try:
        return [
            Rule(
                name=str(one["name"]),
                query=str(one["query"]),
                duration=float(one.get("duration", 0)),
                state=str(one["state"]),
                health=str(one.get("health", "unknown")),
                error=str(one.get("lastError", "")),
                labels=_labels(one.get("labels") or {}),
            )
            for group in data["groups"]
            for one in group["rules"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise server.foreign() from None


async def targets(server: Prometheus) -> list[Target]:
    """All targets that are scraped now."""
    data = await server.data("targets", {"state": "active"})
    try:
        return [
            Target(
                address=str(one["scrapeUrl"]),
                health=str(one["health"]),
                error=str(one.get("lastError", "")),
                labels=_labels(one["labels"]),
            )
            for one in data["activeTargets"]
        ]
    except (KeyError, TypeError, AttributeError):
        raise server.foreign() from None


def of_service(labels: Mapping[str, str], service: str, wanted: str) -> bool:
    """Whether labels mean a service: by the settings' own labels, else by any that names it."""
    if wanted:
        return all(one.holds(labels) for one in selector(f"ALERTS{wanted}").matchers)
    return service in labels.values()


def _labels(given: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(text) for name, text in given.items()}
