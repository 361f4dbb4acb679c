"""What was done in production, in order: every change, who approved it and how it ended. Pure.

A change that failed stays in the list as such: a review that only tells of the one that helped
would be wrong about how often somebody had to try.
"""

from dataclasses import dataclass

from orchestrator.model.attempt import FAILED, RESTORED, WORDS, Attempt
from orchestrator.model.looks import lasted
from orchestrator.model.records import Task
from orchestrator.model.state import State

UNDO = "mitigation/undo"


@dataclass(frozen=True, slots=True)
class Change:
    """One change that was approved, whatever became of it."""

    number: int
    key: str
    title: str
    by: str
    """who approved it; UNKNOWN where the journal does not say"""
    began: float
    took: float | None
    """None while it runs"""
    ended: str
    """how, in words"""
    ran: bool
    helped: bool | None
    """whether the signals came back after it; None where nobody looked, and for an undo"""

    @property
    def undoes(self) -> bool:
        return self.key.partition("@")[0] == UNDO

    @property
    def failed(self) -> bool:
        """It ran and did not do what it was for."""
        return self.ran and (self.helped is False or not self.ended.startswith("carried out"))


def changes_made(state: State) -> tuple[Change, ...]:
    """All of them, as they were begun."""
    tasks = sorted(
        (task for task in state.tasks.values() if task.kind == "action"),
        key=lambda task: (task.requested_at, task.key),
    )
    return tuple(_change(state, task, number) for number, task in enumerate(tasks, start=1))


def _change(state: State, task: Task, number: int) -> Change:
    name = str(task.inputs.get("approval", ""))
    approval, judged = state.approvals.get(name), _judged(state, task, name)
    people = (*approval.endorsed_by, approval.by) if approval is not None else ()
    looks = _looks(state, task) if _carried_out(task) else None
    return Change(
        number=number,
        key=task.key,
        title=task.title,
        by=" and ".join(person for person in people if person) or "UNKNOWN",
        began=task.requested_at,
        took=None if task.running else round(max(0.0, task.finished_at - task.requested_at), 3),
        ended=f"carried out; {WORDS[judged.effect]}" if judged else _ended(task, looks),
        ran=not task.running and not task.report.get("drifted"),
        helped=judged.effect == RESTORED if judged else _helped(looks),
    )


def _judged(state: State, task: Task, approval: str) -> Attempt | None:
    """What code judged a change to have done, where it ran well; older journals have none."""
    found = state.attempts.get(approval) if _carried_out(task) else None
    return None if found is None or found.effect == FAILED else found


def _helped(looks: Task | None) -> bool | None:
    return None if looks is None or looks.running else _passed(looks)


def _carried_out(task: Task) -> bool:
    return task.outcome == "done" and task.report.get("exit") == 0


def _looks(state: State, task: Task) -> Task | None:
    """The watch over its effect; an undo and an isolation have none."""
    if "/execute" not in task.key:
        return None
    return state.tasks.get(task.key.replace("/execute", "/validate"))


def _passed(looks: Task) -> bool:
    return looks.outcome == "done" and "passes" in looks.report and lasted(looks.report)


def _ended(task: Task, looks: Task | None) -> str:
    why = str(task.why or task.report.get("why") or "")
    if task.running:
        return "still running"
    if task.report.get("drifted"):
        return _with("not run", why)
    if task.outcome != "done":
        return _with("outcome unknown" if task.outcome == "unknown" else task.outcome, why)
    if not _carried_out(task):
        return _with(f"failed, exit {task.report.get('exit', 'UNKNOWN')}", why)
    if looks is None:
        return "carried out"
    if looks.running:
        return "carried out; its effect is being watched"
    return f"carried out; the signals {'came' if _passed(looks) else 'did not come'} back"


def _with(text: str, why: str) -> str:
    return f"{text}: {why}" if why else text
