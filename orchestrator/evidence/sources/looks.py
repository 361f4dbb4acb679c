"""All questions that a service's settings allow, by how deep one looks."""

from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.evidence.sources import (
    certificate,
    command,
    database,
    prometheus_looks,
    workload,
)
from orchestrator.evidence.sources.question import Question
from orchestrator.settings import Service


def first_look(service: Service, root: Path, clock: Clock) -> list[Question]:
    """What is collected before anybody interprets: states, alerts, who waits."""
    return [
        *prometheus_looks.first_look(service),
        *workload.first_look(service, root),
        *database.first_look(service, clock),
        *certificate.questions(service, root, clock),
        *command.questions(service, root),
    ]


def deep_look(service: Service, root: Path, clock: Clock, since: float) -> list[Question]:
    """What an analysis reads besides: courses, rules, descriptions, logs, statements."""
    return [
        *prometheus_looks.deep_look(service, since, clock),
        *workload.deep_look(service, root, since),
        *database.deep_look(service, clock),
        *certificate.questions(service, root, clock),
    ]


def every(service: Service, root: Path, clock: Clock, since: float) -> list[Question]:
    """Each question once."""
    found = first_look(service, root, clock) + deep_look(service, root, clock, since)
    return list({(one.about, one.name): one for one in found}.values())
