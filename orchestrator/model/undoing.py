"""Which changes can be taken back: they were carried out, and their card has an undo.

A command that failed, or of which nobody can tell whether it took effect, may have changed half of
it: taking that back is offered as well.
"""

from orchestrator.model.records import Task
from orchestrator.model.state import State


def undoable(state: State) -> list[Task]:
    """In the order they were asked for."""
    return [task for task in state.tasks.values() if _changed(task) and not taking(state, task.key)]


def taking(state: State, action: str) -> str:
    """What became of the last request to take it back; empty where there is none in force."""
    asked = [n for n, key in enumerate(state.undos, start=1) if key == action]
    if not asked:
        return ""
    number = asked[-1]
    ready = state.tasks.get(f"mitigation/prepare-undo@{number}")
    if ready is not None and not ready.running and not ready.report.get("possible"):
        return ""
    approval = state.approvals.get(f"undo@{number}")
    if approval is not None and approval.decision in ("denied", "expired", "voided"):
        return ""
    run = state.tasks.get(f"mitigation/undo@{number}")
    if run is None or run.running:
        return "is on its way"
    if run.outcome == "done" and run.report.get("exit") == 0:
        return "was done already"
    return ""


def overtaken(state: State, action: str, until: float) -> Task | None:
    """The undo of a change that was begun before `until`, unless it failed; None where none was.

    What is seen after it no longer tells what the change did.
    """
    for number, key in enumerate(state.undos, start=1):
        run = state.tasks.get(f"mitigation/undo@{number}")
        if key != action or run is None or run.requested_at > until:
            continue
        if run.running or (run.outcome == "done" and run.report.get("exit") == 0):
            return run
    return None


def _changed(task: Task) -> bool:
    ran = task.kind == "action" and task.outcome in ("done", "unknown")
    card = task.inputs.get("card") or {}
    return ran and not task.report.get("drifted") and bool(card.get("undo"))
