"""The journal as plain objects, one a line, and the questions that can be put to it."""

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.recount.words import one_line, seconds_of

Line = dict[str, Any]


def read(path: Path) -> "Lines":
    return Lines([json.loads(line) for line in path.read_text("utf-8").split("\n") if line])


class Lines:
    """The lines of one incident as far as some moment."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.first = lines[0]["data"]
        self.begun = at(lines[0])
        self.policy: Line = self.first["policy"]
        self.severity = str(self.said("severity.set", "severity") or self.first["severity"])
        self.row: Line = self.policy["table"][self.severity or "P0"]
        self.evidence = {line["data"]["eid"]: line["data"] for line in self.all("evidence.added")}

    def until(self, seq: int) -> "Lines":
        return Lines([line for line in self.lines if line["seq"] < seq])

    def all(self, kind: str, **fields: Any) -> list[Line]:
        return [
            line
            for line in self.lines
            if line["type"] == kind and all(line["data"].get(k) == v for k, v in fields.items())
        ]

    def last(self, kind: str, **fields: Any) -> Line | None:
        found = self.all(kind, **fields)
        return found[-1] if found else None

    def earliest(self, kind: str) -> float | None:
        found = self.all(kind)
        return at(found[0]) if found else None

    def said(self, kind: str, field: str) -> Any:
        line = self.last(kind)
        return line["data"][field] if line else None

    @property
    def reopened(self) -> list[Line]:
        return self.all("status.changed", status="REOPENED")

    def standing(self, kind: str, **fields: Any) -> Line | None:
        """The last such line, unless the incident was taken up again after it."""
        line, again = self.last(kind, **fields), self.reopened
        return None if line and again and again[-1]["seq"] > line["seq"] else line

    def tasks(self) -> dict[str, Line]:
        """Key → what was asked last and how that attempt ended, in the order first asked."""
        return self._tasks

    @cached_property
    def _tasks(self) -> dict[str, Line]:
        found: dict[str, Line] = {}
        for line in self.lines:
            data = line["data"]
            if line["type"] == "task.requested":
                new = {**data, "asked": at(line), "end": None, "ended": None, "backend": ""}
                found[data["key"]] = {**new, "taken_over": ""}
            elif line["type"] in ("task.finished", "task.engaged") and data["key"] in found:
                task = found[data["key"]]
                if data["attempt"] != task["attempt"] or task["end"] is not None:
                    continue
                if line["type"] == "task.finished":
                    task["end"], task["ended"] = data, at(line)
                else:
                    task["taken_over"] = data["why"]
                    task["backend"] = data["backend"]
        return found

    def report(self, key: str) -> Line:
        """What the latest repeat that is done has reported; empty where none has."""
        done = [t for t in self._of(key) if t["end"] and t["end"]["outcome"] == "done"]
        return max(done, key=lambda t: t["asked"])["end"]["report"] if done else {}

    def newest(self, key: str) -> Line:
        """What the newest repeat reported; empty where that one is not done."""
        found = self._of(key)
        if not found:
            return {}
        task = max(found, key=lambda t: int(t["key"].partition("@")[2] or 1))
        done = task["end"] and task["end"]["outcome"] == "done"
        return dict(task["end"]["report"]) if done else {}

    def _of(self, key: str) -> list[Line]:
        return [t for name, t in self.tasks().items() if name.partition("@")[0] == key]

    def questions(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self.lines:
            if line["type"] == "question.opened":
                found[line["data"]["field"]] = line["data"]["text"]
            elif line["type"] == "question.answered":
                found.pop(line["data"]["field"], None)
        return found

    def answers(self) -> dict[str, str]:
        given = {str(k): str(v) for k, v in self.first.get("answers", {}).items()}
        for line in self.all("question.answered"):
            given[line["data"]["field"]] = line["data"]["text"]
        return {name(field): text for field, text in given.items()}

    def themes(self) -> set[str]:
        return {line["data"]["theme"] for line in self.all("guidance.applied")}

    def claims(self) -> set[tuple[str, tuple[str, ...]]]:
        """Every statement of every report that came in, with its evidence."""
        reports = [line["data"]["report"] for line in self.all("task.finished")]
        found = {claim for report in reports for claim in statements(report)}
        for line in self.all("action_item.tracked"):
            found |= set(statements(line["data"]))
        return found


def at(line: Line) -> float:
    return seconds_of(line["at"])


def name(field: str) -> str:
    return field.replace("_", " ").replace("-", " ").strip().lower()


def statements(data: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Text and evidence wherever they stand together, at any depth."""
    if isinstance(data, dict):
        if "text" in data and "evidence" in data:
            yield one_line(str(data["text"])), tuple(dict.fromkeys(data["evidence"]))
        for value in data.values():
            yield from statements(value)
    elif isinstance(data, list):
        for value in data:
            yield from statements(value)
