"""The hotfix as a small state: branch, patch by a person, staging tests, approval, deploy, watch.

Each step is a record with who, when and evidence. A new patch makes the tests and the approval
before it void: they were of another commit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.model.attempt import WORDS, Attempt
from orchestrator.model.events import Json

STEPS = ("start", "patch", "tests", "approve", "deploy")
"""What a person says, in this order."""

TITLES = {
    "start": "branch",
    "patch": "patch ready",
    "tests": "staging tests",
    "approve": "deployment manager approves",
    "deploy": "deploy",
    "watch": "watch",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One step as a person recorded it."""

    step: str
    by: str
    at: float
    text: str
    """brief, commit, evidence, reason or action, by step"""


@dataclass(frozen=True, slots=True)
class Hotfix:
    """One hotfix of an incident."""

    number: int
    branch: str
    said: tuple[Said, ...]

    def last(self, step: str) -> tuple[int, Said] | None:
        """The last record of a step, as far as no earlier step was recorded anew after it."""
        before = STEPS[: STEPS.index(step)]
        for place in range(len(self.said) - 1, -1, -1):
            one = self.said[place]
            if one.step == step:
                return place, one
            if one.step in before:
                return None
        return None

    def check(self, step: str) -> str:
        """Key of the task that looks at the last record of a step; empty without one."""
        found = self.last(step)
        return f"hotfix/{step}@{self.number}.{found[0]}" if found else ""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step as it stands: `done`, `now` (it is looked at), `failed` or `open`."""

    step: str
    state: str
    who: str = ""
    at: float = 0.0
    fact: str = ""


def branch_of(incident: str, brief: str) -> str:
    """`hotfix/INC-42-pool-leak`."""
    word = re.sub(r"[^a-z0-9]+", "-", brief.lower()).strip("-")[:40].strip("-")
    return f"hotfix/{incident}-{word or 'fix'}"


def progress(
    hotfix: Hotfix, reports: Mapping[str, Json], attempt: Attempt | None
) -> list[Progress]:
    """All steps in order. `reports`: what ended tasks found, by key; a missing one still looks."""
    rows = []
    for step in STEPS:
        found = hotfix.last(step)
        if found is None:
            rows.append(Progress(step, "open"))
            continue
        state, fact = "done", found[1].text
        if step in ("patch", "tests"):
            seen = reports.get(hotfix.check(step))
            state = "now" if seen is None else "done" if seen.get("good") else "failed"
            fact = str(seen["fact"]) if seen is not None else found[1].text
        rows.append(Progress(step, state, found[1].by, found[1].at, fact))
    if rows[0].state == "done":
        rows[0] = Progress("start", "done", rows[0].who, rows[0].at, hotfix.branch)
    if attempt is not None and hotfix.last("deploy") is not None:
        rows.append(Progress("watch", "done", "", attempt.at, WORDS.get(attempt.effect, "")))
    else:
        rows.append(Progress("watch", "open"))
    return rows
