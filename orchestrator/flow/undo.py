"""Taking an executed change back: its undo becomes a card of its own, and needs its own key.

An undo that fails is a failed change: it stops the line like any other.
"""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.stopping import halted, stopped_by
from orchestrator.model import events as ev

ROLE = "devops-engineer"


def undos(i: Incident) -> None:
    """Each request once, in order; one that is denied or impossible is simply over."""
    for number, action in enumerate(i.state.undos, start=1):
        _undo(i, number, action)


def _undo(i: Incident, number: int, action: str) -> None:
    key = f"undo@{number}"
    resting = bool(i.state.stopped or i.state.frozen)
    if resting and f"mitigation/prepare-undo@{number}" not in i.state.tasks:
        raise Pending  # its card would be old before anybody may approve it
    done = i.state.tasks[action]
    prepared = i.task(
        f"mitigation/prepare-{key}",
        ROLE,
        f"prepare to take back: {done.title}",
        kind="prepare",
        inputs={"undo_of": action},
    )
    if prepared is None or not prepared["possible"]:
        return
    card = prepared["card"]
    if not i.approval(key, card, ROLE):
        return
    run = i.ask(
        f"mitigation/{key}",
        ROLE,
        str(card["title"]),
        kind="action",
        tries=1,
        inputs={"approval": key, "card": card},
    )
    if run.running:
        raise Pending
    if run.outcome == "done" and run.report.get("drifted"):
        i.emit(f"approval/{key}/voided", ev.ApprovalVoided(key, str(run.report["why"])))
    elif run.report.get("cancelled"):
        halted(i, key, run.why)  # nobody knows how far it came; that is no failure
    elif run.outcome != "done" or run.report.get("exit") != 0:
        said = run.why or str(run.report.get("why", ""))
        stopped_by(i, key, "undo", f"taking it back failed: {said}" if said else "the undo failed")
