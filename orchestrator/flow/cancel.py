"""Cutting a running change short: an explicit word with a reason, and what follows from it.

Nobody knows how far a change came that was cut. It is no failed rollback: the line stops, people
look at the target, and say what they found.
"""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.record import engage
from orchestrator.flow.stopping import halted
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.state import State


def refuse_cancel(state: State, command: Command) -> str:
    key = str(command.args.get("key", ""))
    task = state.tasks.get(key)
    if task is None or task.kind != "action":
        at_work = [t.key for t in state.tasks.values() if t.kind == "action" and t.running]
        return f"there is no change {key!r}; running: {', '.join(at_work) or 'none'}"
    if not task.running:
        return f"{task.title} has already ended ({task.outcome}); undo takes it back"
    if task.cancel_why:
        return f"{task.title} is being cancelled already, by {task.cancelled_by}"
    return "" if str(command.args.get("why", "")).strip() else "say why it is cancelled"


def cancel(i: Incident, c: Command) -> None:
    key, why = str(c.args["key"]), str(c.args["why"]).strip()
    i.emit(c.id, ev.CancelRequested(key, c.actor.name, why), c.actor)
    engage(i, c, "cancelled a change")


def left_unclear(i: Incident, number: int, why: str) -> None:
    """Nothing more is changed until somebody has looked and says what is there."""
    halted(i, str(number), why)
    raise Pending
