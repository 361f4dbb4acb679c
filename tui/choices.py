"""What the upper-case keys may ask for, from the state alone: each choice is one command."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.clock import hhmmss, span
from orchestrator.model.records import Deadline, Task
from orchestrator.model.state import State
from orchestrator.model.undoing import undoable

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
        said = {**self.args, self.typed: words} if self.typed else dict(self.args)
        return with_why(said) if self.command in ("assign", "handoff") else said


def with_why(args: Mapping[str, Any]) -> dict[str, Any]:
    """`j.ortiz: a.kim is asleep` is a person and a reason."""
    person, _, why = str(args["person"]).partition(":")
    return {**args, "person": person.strip()} | ({"why": why.strip()} if why.strip() else {})


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
            "who? (name: why)",
        )
        for role in known
    ]


def handoffs(state: State, you: str) -> list[Choice]:
    """What is offered to this person first; then what can be offered."""
    mine = state.crew.offered(person=you) if you else ()
    answers = [
        choice
        for one in mine
        for choice in (
            Choice(
                f"accept {one.role.replace('-', ' ')}",
                "accept",
                {"role": one.role},
                f"{one.by} offers it; its packet is among the files",
            ),
            Choice(
                f"decline {one.role.replace('-', ' ')}",
                "decline",
                {"role": one.role},
                "they keep it",
                "why",
                "why not?",
            ),
        )
    ]
    waiting = {one.role for one in state.crew.offered()}
    offers = [
        Choice(
            f"offer {role.replace('-', ' ')}",
            "handoff",
            {"role": role},
            f"now {state.person(role)}",
            "person",
            "to whom? it changes hands when they accept",
        )
        for role in ROLES
        if role not in waiting
    ]
    return answers + offers


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
        for name in (*HOLDABLE, *(one for one in state.deadlines if one.startswith("send ")))
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
    done = sorted(undoable(state), key=lambda task: task.finished_at, reverse=True)
    return [
        Choice(
            task.title,
            "undo",
            {"action": task.key},
            f"{hhmmss(task.finished_at)}  undo: {shlex.join(_undo_of(task))}",
        )
        for task in done
    ]


def _undo_of(task: Task) -> list[str]:
    card = task.inputs.get("card")
    return [str(word) for word in card.get("undo") or ()] if isinstance(card, Mapping) else []


def endings(state: State) -> list[Choice]:
    """Resolve an open incident; reopen or close one that is resolved."""
    if state.open:
        about = "the checks have not decided it: your word, with its reason"
        return [Choice("resolve it", "resolve", {}, about, "why", "why is it over?")]
    back = Choice("reopen it", "reopen", {}, "the clocks run again", "why", "what came back?")
    if state.status == "CLOSED":
        return [back]
    return [back, Choice("close it", "close", {}, "nothing can be changed then", "why", "why now?")]


def majors(state: State) -> list[Choice]:
    """A major incident: declare it, name who coordinates, let changes rest or go on."""
    found = []
    if "major-incident" in state.exceptions:
        about = f"now {state.coordinator or 'nobody'}; each incident keeps its commander"
        found.append(
            Choice("name the coordinator", "coordinate", {}, about, "person", "who coordinates?")
        )
    elif state.open:
        about = "executives at once, one line on the status page"
        found.append(Choice("declare it", "declare", {}, about, "why", "what else is failing?"))
    if state.frozen:
        about = f"frozen by {state.frozen_by}: {state.frozen}"
        return [*found, Choice("lift the freeze", "lift", {}, about, "why", "why now?")]
    about = "no change can be approved in any open incident"
    return [*found, Choice("freeze changes", "freeze", {}, about, "why", "why?")]


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
