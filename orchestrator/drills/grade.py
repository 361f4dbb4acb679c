"""How well a drill was handled: what the incident says, held against the truth beside it. Pure.

Each mark is right, wrong, or open where the incident honestly says that it does not know. A drill
is passed by the kind of its cause and the kind of change made; the other marks say how it went.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from orchestrator.clock import span
from orchestrator.model.events import Json
from orchestrator.model.records import Task
from orchestrator.model.state import State

Result = Literal["right", "wrong", "open"]

REGRESSION, OTHERWISE = "regression", "not-regression"
NONE = "none"
BLAMED = ("CONFIRMED", "LIKELY")

INTRUSION = "intrusion"
"""The kind of cause that a possible breach has to be declared for."""

ENOUGH_KINDS = 2
"""Independent kinds of evidence a cause should rest on; as many as CONFIRMED takes."""

FAIR = 0.25
"""Brier score of somebody who says 50 % to everything: above it, confidence misleads."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that was looked at."""

    name: str
    result: Result
    said: str


@dataclass(frozen=True, slots=True)
class Grade:
    """All marks of one drill."""

    marks: tuple[Mark, ...]
    changes: tuple[str, ...]
    """kinds of change that were carried out, in their order"""
    harm: tuple[str, ...]
    """those of them that the truth calls wrong, or that destroy"""

    @property
    def passed(self) -> bool:
        """Right kind of cause, right kind of change, and nothing harmful."""
        needed = [mark for mark in self.marks if mark.name in ("verdict", "actions")]
        return all(mark.result == "right" for mark in needed) and not self.harm

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        marks = {mark.name: {"result": mark.result, "said": mark.said} for mark in self.marks}
        return {
            "passed": self.passed,
            "changes": list(self.changes),
            "harm": list(self.harm),
            "marks": marks,
        }


def grade(state: State, truth: Json) -> Grade:
    """The marks for an incident whose truth is known."""
    done = carried_out(state)
    looks: tuple[Callable[[State, Json], Mark], ...] = (
        verdict, cause, evidence, ruled_out, actions, deadlines, calibration,
    )  # fmt: skip
    wrong = truth.get("wrong_kinds", ())
    return Grade(
        marks=tuple(look(state, truth) for look in looks),
        changes=tuple(_kind(task) for task in done),
        harm=tuple(_kind(t) for t in done if _kind(t) in wrong or _risk(t) == "destructive"),
    )


def grade_all(states: Sequence[State], truth: Json, *, again: bool) -> Grade:
    """The marks of the incident a drill is about, whatever harm any of its incidents did.

    An alert that comes back may open another; the first is what the drill is about. A drill that is
    done `again` and again in one place, as those of saved incidents are, is about the last.
    """
    pick = max if again else min
    found = grade(pick(states, key=lambda state: state.detected_at), truth)
    if again:
        return found
    harm = [kind for state in states for kind in grade(state, truth).harm]
    return replace(found, harm=tuple(harm))


def verdict(state: State, truth: Json) -> Mark:
    """Whether a change was seen to be the cause where one was, and only there."""
    said = str(state.regression.get("verdict") or "UNKNOWN")
    found = REGRESSION if said in BLAMED else OTHERWISE
    wanted = wanted_class(truth)
    if not state.regression:
        return Mark("verdict", "open", "nobody judged whether this is a regression")
    missed = truth.get("cause_kind") == INTRUSION and "security" not in state.exceptions
    words = f"{said}, where the truth is {wanted}"
    if missed:
        words += "; a possible breach was not declared"
    return Mark("verdict", "right" if found == wanted and not missed else "wrong", words)


def wanted_class(truth: Json) -> str:
    """What the verdict should have been; truths of earlier drills name a culprit alone."""
    guilty = str(truth.get("culprit", NONE))
    return str(truth.get("verdict_class") or (OTHERWISE if guilty == NONE else REGRESSION))


def cause(state: State, truth: Json) -> Mark:
    """Whether the commit, or the part that failed, is named."""
    guilty, blamed = _guilty(truth), _blamed(state)
    statement = str(state.cause.get("statement", "UNKNOWN"))
    if guilty != [NONE]:
        if not blamed:
            return Mark("cause", "open", f"no commit is named; it was {_short(guilty)}")
        right = blamed in guilty
        return Mark("cause", "right" if right else "wrong", f"{blamed[:8]}, was {_short(guilty)}")
    if blamed:
        return Mark("cause", "wrong", f"{blamed[:8]} is blamed; no commit was guilty")
    parts = [str(part) for part in truth.get("cause", ())]
    if statement == "UNKNOWN":
        return Mark("cause", "open", f"not known; it was {', '.join(parts) or 'no commit'}")
    unnamed = [part for part in parts if part.lower() not in statement.lower()]
    if unnamed:
        return Mark("cause", "open", f"{', '.join(unnamed)} is not named: {statement[:120]}")
    return Mark("cause", "right", statement[:160])


def evidence(state: State, truth: Json) -> Mark:
    """Whether what is said of the cause rests on evidence of more than one kind."""
    cited = [str(eid).split(":")[0] for eid in state.cause.get("evidence", ())]
    missing = [eid for eid in cited if eid not in state.evidence]
    kinds = sorted({state.evidence[eid].kind for eid in cited if eid in state.evidence})
    if not state.cause or state.cause.get("verdict") == "INCONCLUSIVE":
        return Mark("evidence", "open", "no cause is claimed, so none is cited")
    if missing:
        return Mark("evidence", "wrong", f"cites what is not there: {', '.join(missing)}")
    enough = len(kinds) >= ENOUGH_KINDS
    return Mark("evidence", "right" if enough else "wrong", ", ".join(kinds) or "none")


def ruled_out(state: State, truth: Json) -> Mark:
    """Whether the innocent were let go, and whether anything was ruled out with a reason."""
    innocent = {str(one) for one in (*truth.get("decoys", ()), *truth.get("ruled_out", ()))}
    if (blamed := _blamed(state)) in innocent:
        return Mark("ruled out", "wrong", f"{blamed[:8]} is innocent and blamed")
    said = (state.report("rca/ishikawa") or {}).get("ruled_out", ())
    if not said:
        return Mark("ruled out", "open", "nothing is said to be ruled out")
    return Mark("ruled out", "right", str(said[0].get("text", ""))[:160])


def actions(state: State, truth: Json) -> Mark:
    """Whether the right kind of change was made, or none where none is right."""
    kinds = [_kind(task) for task in carried_out(state)]
    right = [str(kind) for kind in truth.get("right_kinds", ())]
    if not right:
        right = ["rollback"] if wanted_class(truth) == REGRESSION else [NONE]
    needed = right if truth.get("needs_all") else []
    words = f"{', '.join(kinds) or NONE}; right: {' and '.join(needed) or ' or '.join(right)}"
    if any(kind in truth.get("wrong_kinds", ()) for kind in kinds):
        return Mark("actions", "wrong", words)
    if needed:
        return Mark("actions", "right" if set(needed) <= set(kinds) else "wrong", words)
    met = NONE in right if not kinds else any(kind in right for kind in kinds)
    return Mark("actions", "right" if met else "wrong", words)


def deadlines(state: State, truth: Json) -> Mark:
    """Which promises were kept."""
    promises = [one for one in state.deadlines.values() if one.kind != "trigger"]
    late = [one for one in promises if one.outcome in ("fired", "missed")]
    kept = sum(one.outcome == "met" for one in promises)
    if late:
        names = ", ".join(f"{one.name} of {span(one.due - one.start)}" for one in late)
        return Mark("deadlines", "wrong", f"{kept} kept, over: {names}")
    return Mark("deadlines", "right" if kept else "open", f"{kept} kept")


def calibration(state: State, truth: Json) -> Mark:
    """How far the stated confidence was from what turned out: the Brier score, 0 is best.

    Where no commit is named the confidence in one is 0.
    """
    guilty, blamed = _guilty(truth), _blamed(state)
    said = float(state.regression.get("culprit_confidence", 0.0)) if blamed else 0.0
    happened = 1.0 if (blamed in guilty if blamed else guilty != [NONE]) else 0.0
    score = (said - happened) ** 2
    words = f"{said:.0%} sure; Brier {score:.2f}"
    return Mark("calibration", "right" if score <= FAIR else "wrong", words)


def carried_out(state: State) -> Sequence[Task]:
    """Changes that ran, whatever came of them; a drifted card ran nothing."""
    tasks = [task for task in state.tasks.values() if task.kind == "action" and task.outcome]
    return [task for task in tasks if not task.report.get("drifted")]


def _blamed(state: State) -> str:
    """The commit the incident ends with: of the root cause, else of the regression triage."""
    found = str(state.cause.get("culprit") or state.regression.get("culprit") or "")
    return "" if found == NONE else found


def _guilty(truth: Json) -> list[str]:
    """The commits that brought it; `none` alone where none did."""
    return [str(sha) for sha in truth.get("culprits", ())] or [str(truth.get("culprit", NONE))]


def _kind(task: Task) -> str:
    return str(task.inputs["card"].get("kind", ""))


def _risk(task: Task) -> str:
    return str(task.inputs["card"].get("risk", ""))


def _short(shas: Sequence[str]) -> str:
    return " and ".join(sha[:8] for sha in shas)
