"""A whole project for the board: the told P0 at a moment, three others that run, two that ended."""

import json
from dataclasses import replace
from pathlib import Path

from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.project import Project
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import KIM, MONITOR, WAITING, detected, leak_story, write_incident
from tests.unit.incident_telling import Telling

HOUR = 3600.0
MOMENT = WAITING + 21


def other(
    incident: str,
    title: str,
    severity: str,
    began: float,
    commander: str,
    promises: dict[str, tuple[float, float]],
    *,
    service: str = "",
    status: str = "INVESTIGATING",
    over: float = 0.0,
) -> list[Event]:
    """An incident in a few facts. `began` and `over` are seconds after T0, `promises` after it."""
    t = Telling(T0 + began)
    facts = replace(detected(), incident=incident, title=title, severity=severity, service=service)
    t.say(0, "incident/detected", facts, MONITOR)
    t.say(60, "status/1", ev.StatusChanged("TRIAGED"))
    t.say(60, "severity/1", ev.SeveritySet(severity, "matrix", "matrix"))
    if status != "TRIAGED":
        t.say(61, "status/2", ev.StatusChanged(status))
    if commander:
        t.say(60, "role/commander", ev.RoleAssigned("commander", commander, "settings"))
    t.say(30, "ack/1", ev.Acknowledged(commander or "a.kim"), KIM)
    for name, (start, seconds) in promises.items():
        t.plan(name, 61, seconds, start=start)
    if over:
        ended = over - began
        t.say(ended, "resolution/1", ev.ResolutionDecided("RESOLVED", "", (), ended))
        t.say(ended, "status/resolved", ev.StatusChanged("RESOLVED"))
        t.say(ended + 600, "status/closed", ev.StatusChanged("CLOSED", "reviewed"))
    return t.events()


def others() -> list[list[Event]]:
    """Everything but the told P0."""
    now = MOMENT
    return [
        other(
            "INC-2029", "payment webhooks delayed", "P1", now - 1.2 * HOUR, "l.novak",
            {"update": (1.2 * HOUR - 1092, 1800), "resolve": (0, 4 * HOUR),
             "management": (0, 2 * HOUR)},
            service="payments",
        ),
        other(
            "INC-2026", "search index stale in eu2", "P2", now - 9.06 * HOUR, "m.sato",
            {"update": (9.06 * HOUR - 86650, 86400), "resolve": (0, 24 * HOUR)},
            service="search",
        ),
        other(
            "INC-2019", "nightly export 40 min slow", "P3", now - 50 * HOUR, "", {},
            service="export", status="TRIAGED",
        ),
        other(
            "INC-2027", "search latency p95 4 s", "P1", -30 * HOUR, "m.sato",
            {"resolve": (0, 4 * HOUR)}, over=-28.8 * HOUR,
        ),
        other(
            "INC-2018", "login outage, certificate expired", "P0", -80 * HOUR, "a.kim",
            {"resolve": (0, 2 * HOUR)}, over=-77.65 * HOUR,
        ),
    ]  # fmt: skip


def ring(project: Project, service: str, shape: str, until: float) -> None:
    """Half an hour of samples: a signal that climbs, or one that stands."""
    project.metrics.mkdir(parents=True, exist_ok=True)
    lines = []
    for second in range(-1800, int(until) + 1, 5):
        share = max(0.0, (second + 1500) / 2500) if shape == "climbing" else 0.01
        wave = (second // 5 * 7919 % 13) / 260
        values = {"errors": min(0.9, share + wave), "p95": 0.2 + share, "requests": 40.0}
        lines.append(json.dumps({"t": T0 + second, "ok": True, "values": values}))
    (project.metrics / f"{service}.ndjson").write_text("\n".join(lines) + "\n")


def told_project(root: Path) -> Project:
    """All of it on a disk."""
    project = Project(root)
    project.create()
    write_incident(project.incidents, leak_story(MOMENT))
    for events in others():
        write_incident(project.incidents, events, transcripts=False)
    ring(project, "payments", "climbing", MOMENT)
    ring(project, "search", "standing", MOMENT)
    return project
