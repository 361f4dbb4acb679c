"""A journal as plain JSON lines, and what can be read off them without any state."""

from dataclasses import dataclass
from typing import Any

from orchestrator.clock import parse_iso

Line = dict[str, Any]

ENDS = ("deadline.met", "deadline.fired", "deadline.missed", "deadline.dropped")
OVER = ("RESOLVED", "REVIEWED", "CLOSED")


@dataclass(frozen=True)
class RawClock:
    """A deadline as it was last planned, and the first line after that which ended it."""

    due: float
    planned_at: float
    end: str
    ended_at: float

    @property
    def came(self) -> bool:
        return self.end in ("deadline.fired", "deadline.missed")


class RawJournal:
    """The lines of one incident, asked by type and fields."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self._of: dict[str, list[Line]] = {}
        for line in lines:
            self._of.setdefault(line["type"], []).append(line)
        self.begun = at(lines[0])
        self.policy = lines[0]["data"]["policy"]
        self.severity = self.said("severity.set", "severity") or lines[0]["data"]["severity"]
        self.row = self.policy["table"][self.severity or "P0"]

    def all(self, kind: str, **fields: Any) -> list[Line]:
        return [
            line
            for line in self._of.get(kind, ())
            if all(line["data"][name] == value for name, value in fields.items())
        ]

    def said(self, kind: str, field: str) -> Any:
        """A field of the last line of a type; empty when there is none."""
        found = self.all(kind)
        return found[-1]["data"][field] if found else ""

    def first(self, kind: str, **fields: Any) -> float | None:
        found = self.all(kind, **fields)
        return at(found[0]) if found else None

    def last(self, kind: str, **fields: Any) -> float | None:
        found = self.all(kind, **fields)
        return at(found[-1]) if found else None

    @property
    def status(self) -> str:
        return str(self.said("status.changed", "status"))

    @property
    def over(self) -> bool:
        return self.status in OVER

    def since_reopened(self, kind: str, **fields: Any) -> Line | None:
        """The last such line, unless the incident was taken up again after it."""
        found, again = self.all(kind, **fields), self.all("status.changed", status="REOPENED")
        if not found or (again and again[-1]["seq"] > found[-1]["seq"]):
            return None
        return found[-1]

    def skipped(self, step: str) -> bool:
        said = self.all("step.overridden", step=step)
        return bool(said) and said[-1]["data"]["what"] == "skip"

    def report(self, key: str) -> Line | None:
        """What the latest repetition of a task reported; None when it has not done so."""
        asked = {line["data"]["key"] for line in self.all("task.requested")}
        again = [name for name in asked if name.split("@")[0] == key]
        if not again:
            return None
        latest = max(again, key=lambda name: int(name.partition("@")[2] or 1))
        done = self.all("task.finished", key=latest, outcome="done")
        return done[-1]["data"]["report"] if done else None

    def clock(self, name: str) -> RawClock | None:
        plans = self.all("deadline.planned", name=name)
        if not plans:
            return None
        ends = [
            line
            for kind in ENDS
            for line in self.all(kind, name=name)
            if line["seq"] > plans[-1]["seq"]
        ]
        end = min(ends, key=lambda line: int(line["seq"])) if ends else None
        return RawClock(
            due=float(plans[-1]["data"]["due"]),
            planned_at=at(plans[-1]),
            end=end["type"] if end else "",
            ended_at=at(end) if end else 0.0,
        )


def at(line: Line) -> float:
    return parse_iso(line["at"])
