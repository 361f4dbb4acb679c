"""What the upper-case keys may ask for, from the state alone: each choice is one command."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.clock import hhmmss, span
from orchestrator.model.state import Deadline, State, Task

ROLES = (
    "commander",
    "technical-lead",
    "communications-lead",
    "on-call",
    "deputy",
    "scribe",
)
"""Roles a person can be given during an incident, the one that counts most first."""

LEVELS = {
    "P0": "critical: complete outage, most users, or data loss",
    "P1": "high: severe degradation, or a critical feature gone",
    "P2": "medium: some users, a way around exists",
    "P3": "low: can be scheduled",
}
TARGETS = {
    "tier2": "component owner",
    "tier3": "architecture",
    "management": "the management notification falls due now",
    "executive": "the executive notification falls due now",
}
HOLDABLE = ("tier2", "tier3", "management", "executive", "status-page")
"""Escalations that time alone would bring; promises cannot be held back."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose: what it is called, what it sends, and what must be typed for it."""

    name: str
    command: str
    args: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    typed: str = ""
    """the argument that the typed words become; empty when nothing is typed"""
    hint: str = ""
    """what to type"""

    def complete(self, words: str) -> dict[str, Any]:
        """The arguments of the command with these words."""
        return {**self.args, self.typed: words} if self.typed else dict(self.args)


def severities(state: State) -> list[Choice]:
    """The other severities, the next higher one first."""
    order = [level for level in LEVELS if level != state.severity]
    return [
        Choice(level, "severity", {"severity": level}, LEVELS[level], "why", "why?")
        for level in order
    ]


def roles(state: State) -> list[Choice]:
    """Who holds each role; roles only this incident knows come last."""
    known = [*ROLES, *(role for role in state.roles if role not in ROLES)]
    return [
        Choice(
            role.replace("-", " "),
            "assign",
            {"role": role},
            state.person(role),
            "person",
            "who takes it?",
        )
        for role in known
    ]


def people(state: State) -> list[str]:
    """Names that complete while a person is typed."""
    return sorted({str(person.get("name", "")) for person in state.people} - {""})


def escalations(state: State, now: float) -> list[Choice]:
    """Escalate now, or hold back what time alone would escalate."""
    now_possible = [
        Choice(f"{_called(target)} now", "escalate", {"target": target}, about, "why", "why now?")
        for target, about in TARGETS.items()
        if _can_escalate(state, target)
    ]
    held_back = [
        Choice(
            f"hold back {_called(name)}",
            "hold",
            {"deadline": name},
            _when(state.deadlines[name], now),
            "why",
            "why hold it back?",
        )
        for name in HOLDABLE
        if name in state.deadlines and state.deadlines[name].counting and name not in state.held
    ]
    return now_possible + held_back


def _can_escalate(state: State, target: str) -> bool:
    if target.startswith("tier"):
        return state.open and state.tier < int(target[-1])
    return state.open and target not in state.escalations


def _called(target: str) -> str:
    return f"tier {target[4:]}" if target.startswith("tier") else target.replace("-", " ")


def _when(deadline: Deadline, now: float) -> str:
    left = deadline.due - now
    return f"comes by itself in {span(left)}" if left > 0 else f"due since {span(left)}"


def undos(state: State) -> list[Choice]:
    """Changes that were carried out and can be taken back, the last one first."""
    done = [task for task in state.tasks.values() if _can_be_undone(task)]
    done.sort(key=lambda task: task.finished_at, reverse=True)
    return [
        Choice(
            task.title,
            "undo",
            {"action": task.key},
            f"{hhmmss(task.finished_at)}  undo: {shlex.join(_undo_of(task))}",
        )
        for task in done
        if task.key not in state.undos
    ]


def _undo_of(task: Task) -> list[str]:
    card = task.inputs.get("card")
    return [str(word) for word in card.get("undo") or ()] if isinstance(card, Mapping) else []


def _can_be_undone(task: Task) -> bool:
    return task.kind == "action" and task.outcome == "done" and bool(_undo_of(task))


def endings(state: State) -> list[Choice]:
    """Resolve an open incident; reopen or close one that is resolved."""
    if state.open:
        about = "the checks have not decided it: your word, with its reason"
        return [Choice("resolve it", "resolve", {}, about, "why", "why is it over?")]
    back = Choice("reopen it", "reopen", {}, "the clocks run again", "why", "what came back?")
    if state.status == "CLOSED":
        return [back]
    return [back, Choice("close it", "close", {}, "nothing can be changed then", "why", "why now?")]


def citations(state: State, cited: Sequence[str]) -> list[Choice]:
    """The items that are cited in one place, to choose which to open."""
    found = []
    for one in cited:
        item = state.evidence.get(one.partition(":")[0])
        about = item.summary if item is not None else "not in the ledger"
        found.append(Choice(one, "", {"citation": one}, about))
    return found


def halts(state: State) -> list[Choice]:
    """Stop the line, or release a stopped one by an assessment."""
    if state.stopped:
        about = f"stopped: {state.stopped}"
        return [Choice("release the line", "assess", {}, about, "text", "your assessment")]
    waits = sum(approval.open for approval in state.approvals.values())
    about = "no change can be approved until an assessment is recorded"
    if waits:
        about = f"voids {waits} waiting approval{'s' if waits > 1 else ''}; {about}"
    return [Choice("stop the line", "halt", {}, about, "why", "why?")]
