"""The line stops: P0, an emergency room, and no approval until somebody records an assessment."""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.people import assign
from orchestrator.model import events as ev
from orchestrator.model.attempt import WAY_BACK
from orchestrator.model.state import NO_REASON

ACTIONS = (
    "P0 CRITICAL: no change until an assessment is recorded",
    "emergency room: commander, deployment manager, architect, DBA, infrastructure lead",
    "options: earlier version, hotfix, maintenance mode, manual repair",
    "executives at once",
    "public: extended outage, team working on resolution",
)
"""What is done about it, in order."""

ROOM = {
    "commander": "Who commands this incident?",
    "deployment-manager": "A change failed. Who is the deployment manager in the emergency room?",
    "architect": "A change failed. Which architect joins the emergency room?",
    "dba": "A change failed. Who joins the emergency room for the databases?",
    "infrastructure": "A change failed. Who joins the emergency room for the infrastructure?",
}
"""The emergency room: each from the settings, or asked for."""

PATHS = ("rollback-failed", "change-failed")


def stop_the_line(i: Incident, number: int, kind: str, why: str) -> None:
    """A failed change; nothing goes on before an assessment."""
    stopped_by(i, str(number), kind, why)
    raise Pending


def halted(i: Incident, occurrence: str, why: str) -> bool:
    """STOP, once an occurrence; False once it was assessed, or where another reason stops it.

    All of it is said again until it is journalled: a batch may be torn between two lines.
    """
    if i.emit(f"line/stopped/{occurrence}", ev.LineStopped(why)):
        i.void("the line is stopped")
    if i.state.stopped != (why or NO_REASON):
        return False
    if i.state.status in ("INVESTIGATING", "MITIGATING"):
        i.status("STOPPED", why)
    return True


def stopped_by(i: Incident, occurrence: str, kind: str, why: str) -> None:
    """STOP for a change that failed, with all that follows from it."""
    if not halted(i, occurrence, why):
        return
    path = "rollback-failed" if kind in WAY_BACK else "change-failed"
    i.emit(f"exception/{path}/{occurrence}", ev.ExceptionDeclared(path, why, ACTIONS))
    if i.state.severity != "P0":
        what = "failed rollback" if kind in WAY_BACK else "failed change"
        i.emit(f"line/severity/{occurrence}", ev.SeveritySet("P0", what, f"CRITICAL: {why}"))


def emergency(i: Incident) -> None:
    """Who has to be there, and what is possible: read from the catalogue and the deploy log."""
    if not i.state.open or not any(path in i.state.exceptions for path in PATHS):
        return
    for role, question in ROOM.items():
        assign(i, role, question)
    i.ask(
        f"emergency/options@{i.state.stops}",
        "incident-responder",
        "options after the failed change",
        kind="options",
    )
