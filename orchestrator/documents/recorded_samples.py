"""The signals of an incident as they were recorded: from the ring, else as evidence filed them.

The ring keeps two hours. After that only what was filed as evidence is left, rounded as it was
written for people, and the export says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.evidence.sources.ring import read_ring
from orchestrator.model.records import Evidence
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project

BEFORE, AFTER = 1800.0, 600.0
"""Seconds of samples before the impact and after the resolution that belong to the picture."""

DAY = 86400.0
_ROW = re.compile(r"^(\d\d):(\d\d):(\d\d)Z? (.+)$")
_VALUE = re.compile(
    r"(?P<name>[a-z][\w-]*) (?P<value>-?\d+(?:\.\d+)?)(?P<unit> ?%| ?ms| ?s|/s)?(?=\s|$)"
)
_SCALE = {"%": 0.01, "ms": 0.001}

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Signals by name, and where they come from in words."""

    signals: Mapping[str, Points]
    source: str
    why: str
    """why there are none; empty where there are"""


def recorded(state: State, folder: IncidentFolder) -> Recorded:
    """What is kept of the time around the incident."""
    start = (state.impact_started_at or state.detected_at) - BEFORE
    end = (state.resolved_at or state.last_at) + AFTER
    project = Project(folder.path.parent.parent.parent)
    found: dict[str, list[tuple[float, float]]] = {}
    if folder.path.parent.name == "incidents" and state.service:
        for sample in read_ring(project, state.service, start):
            for name, value in sample.values.items() if sample.t <= end else ():
                found.setdefault(name, []).append((sample.t, value))
    if found:
        return Recorded(_ordered(found), f"the samples of {state.service} on this machine", "")
    for item in state.evidence.values():
        filed = _filed(folder, item) if item.kind == "metric" else {}
        for name, points in filed.items():
            found.setdefault(name, []).extend(p for p in points if start <= p[0] <= end)
    known = {name: points for name, points in found.items() if len(points) > 1}
    if known:
        return Recorded(_ordered(known), "the samples filed as evidence, rounded as filed", "")
    return Recorded({}, "", "no samples of this time are kept: the ring holds two hours")


def _ordered(found: Mapping[str, list[tuple[float, float]]]) -> dict[str, Points]:
    return {name: tuple(sorted(dict(points).items())) for name, points in sorted(found.items())}


def _filed(folder: IncidentFolder, item: Evidence) -> dict[str, list[tuple[float, float]]]:
    try:
        text = (folder.path / item.path).read_text("utf-8", "replace")
    except OSError:
        return {}
    found: dict[str, list[tuple[float, float]]] = {}
    for line in text.splitlines():
        row = _ROW.match(line)
        if row is None:
            continue
        of_day = int(row[1]) * 3600 + int(row[2]) * 60 + int(row[3])
        at = item.at - item.at % DAY + of_day
        at -= DAY if at > item.at + 60 else 0.0  # filed after midnight
        for value in _VALUE.finditer(row[4]):
            scale = _SCALE.get((value["unit"] or "").strip(), 1.0)
            found.setdefault(value["name"], []).append((at, float(value["value"]) * scale))
    return found
