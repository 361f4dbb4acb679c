"""After a resolution that the checks decided the looks go on; a relapse takes it up again.

A relapse is what the looks see, or the alert that had ended and fires anew: one that is merely sent
again may still tell of the trouble before. The review goes on meanwhile; only the closing waits for
the end of the window, unless a person closes. What a person resolved by hand is a person's word: no
check takes it back.
"""

from orchestrator.flow.decide import Incident
from orchestrator.model import events as ev
from orchestrator.model.durations import words
from orchestrator.model.records import Task
from orchestrator.model.state import State


def relapse(i: Incident) -> None:
    key = f"relapse/watch@{i.state.resolutions}"
    known = i.state.tasks.get(key)
    if i.state.status in ("RESOLVED", "REVIEWED"):
        _look_on(i, key)
    elif known is not None and known.running:
        i.emit(f"{known.id}/stopped-at-closing", ev.StopRequested(key))


def _look_on(i: Incident, key: str) -> None:
    window = i.policy.validation.relapse_window
    if not window or not i.state.checks or not i.state.resolved_at:
        return
    looks = i.ask(
        key,
        "reliability-engineer",
        "watch for a relapse",
        kind="probe",
        inputs={"action": i.state.resolution_action, "until": i.state.resolved_at + window},
    )
    if looks.outcome == "done" and looks.report.get("relapsed"):
        _seen(i, looks)
    elif looks.running and i.state.alerted_again_at > i.state.resolved_at:
        after = words(i.state.alerted_again_at - i.state.resolved_at)
        _take_up(i, f"the alert fired again {after} after the resolution", ())


def looks_on(state: State) -> bool:
    """Whether it is resolved, and a relapse would still be taken up in it."""
    looks = state.tasks.get(f"relapse/watch@{state.resolutions}")
    return state.status in ("RESOLVED", "REVIEWED") and looks is not None and looks.running


def _seen(i: Incident, looks: Task) -> None:
    checks = looks.report.get("checks", ())
    ill = ", ".join(str(one["name"]) for one in checks if one["state"] == "fail")
    after = words(max(0.0, looks.finished_at - i.state.resolved_at))
    summary = looks.report.get("summary") or {}
    evidence = tuple(str(one) for one in summary.get("evidence", ()))
    _take_up(i, f"{ill or 'the checks'} failed again {after} after the resolution", evidence)


def _take_up(i: Incident, why: str, evidence: tuple[str, ...]) -> None:
    """Reopened, with what is seen; the resolution before it was provisional."""
    number, action = i.state.resolutions, i.state.resolution_action
    i.emit(f"relapse/{number}", ev.Relapsed(number, action, why, evidence))
    if action:
        i.question(f"relapse {number}", f"{why}. Take back {action!r} (undo), or choose another?")
    i.status("REOPENED", why)
