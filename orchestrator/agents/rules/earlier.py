"""What earlier tasks of the incident reported: their latest word, and its claims as they stand."""

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.agents.rules.desk import UNKNOWN
from orchestrator.model.records import Task
from orchestrator.model.reports import claims as claims_of
from orchestrator.model.reports.claims import Claim
from orchestrator.model.state import State


def attempts(state: State, key: str) -> list[Task]:
    """Every repeat of some work, oldest first."""
    found = [task for name, task in state.tasks.items() if name.partition("@")[0] == key]
    return sorted(found, key=lambda task: task.requested_at)


def restated(data: Mapping[str, Any] | None) -> Claim:
    """A claim of an earlier report as a claim; UNKNOWN when it said nothing that is known."""
    if not data or data.get("text") in (None, "", claims_of.UNKNOWN):
        return UNKNOWN
    evidence = tuple(str(item) for item in data.get("evidence", ()))
    return Claim(text=str(data["text"]), evidence=evidence, assumption=not evidence)


def grounded(items: Iterable[Mapping[str, Any]]) -> list[Claim]:
    """Those claims of a list that rest on evidence."""
    return [said for said in map(restated, items) if said.evidence]


def known(said: Claim) -> bool:
    """True for a claim that says something."""
    return said.text != claims_of.UNKNOWN


def named(text: object) -> str:
    """A plain field of a report, or empty when it reads UNKNOWN."""
    said = str(text or "")
    return "" if said == claims_of.UNKNOWN else said
