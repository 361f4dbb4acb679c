"""One attempt: carry out what was approved, look at what it did, and judge it by code.

A command that failed, a change that made it worse and one nobody could measure stop the line; so
does a way back that heals nothing. Any other change that did not bring everything back is an
attempt, told as one, and the next is sought.
"""

from orchestrator.flow.cancel import left_unclear
from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.stopping import stop_the_line
from orchestrator.model import events as ev
from orchestrator.model.attempt import (
    FAILED,
    IMPROVED,
    NONE,
    TAKEN_BACK,
    UNMEASURED,
    WAY_BACK,
    WORSE,
    effect_of,
    resolution_of,
    stops,
)
from orchestrator.model.events import Json
from orchestrator.model.looks import lasted
from orchestrator.model.records import Task
from orchestrator.model.undoing import overtaken

ROLE = "devops-engineer"

PROVES = "reliability-engineer"


def carry_out(i: Incident, number: int, card: Json) -> None:
    """Run what was approved, then watch the probes."""
    if i.state.status == "INVESTIGATING":
        i.status("MITIGATING", str(card["title"]))
    done = i.ask(
        f"mitigation/execute@{number}",
        ROLE,
        str(card["title"]),
        kind="action",
        tries=1,
        inputs={"approval": f"rollback@{number}", "card": card},
    )
    if done.running:
        raise Pending
    if done.outcome == "done" and done.report.get("drifted"):
        why = str(done.report["why"])
        i.emit(f"approval/rollback@{number}/voided", ev.ApprovalVoided(f"rollback@{number}", why))
        raise Pending
    if done.report.get("cancelled"):
        left_unclear(i, number, done.why)
    elif done.outcome == "done" and done.report.get("exit") == 0:
        prove(i, number, card, done)
    else:
        said = done.why or str(done.report.get("why") or _exit(done.report))
        judge(i, number, card, FAILED, "", f"the {_kind(card)} failed: {said}")


def _exit(report: Json) -> str:
    """A command that ends with an error mostly says no why of its own."""
    return f"it ended with {report.get('exit', 'no exit code')}"


def prove(i: Incident, number: int, card: Json, done: Task) -> None:
    """Look at the incident's own service, whatever was changed."""
    looks = i.task(
        f"mitigation/validate@{number}",
        PROVES,
        "validate against the baseline",
        kind="probe",
        inputs={
            "action": card["title"],
            "started": done.requested_at,
            "ended": done.finished_at,
        },
    )
    until = i.state.tasks[f"mitigation/validate@{number}"].finished_at
    if (back := overtaken(i.state, done.key, until)) is not None:
        _taken_back(i, number, card, looks, back)
        return
    if looks is None:
        why = f"whether the {_kind(card)} helped could not be measured"
        judge(i, number, card, UNMEASURED, "", why)
        return
    resolution = decide_resolution(i, f"{number}", looks, str(card["title"]))
    effect = effect_of(looks.get("before", ()), looks["checks"], resolution, i.policy.validation)
    judge(i, number, card, effect, resolution, _why(card, effect, looks))
    resolved(i)


def _taken_back(i: Incident, number: int, card: Json, looks: Json | None, back: Task) -> None:
    """A change that was undone while its effect was watched is credited with nothing."""
    if back.running:
        raise Pending
    resolution = decide_resolution(i, f"{number}", looks, "") if looks is not None else ""
    why = f"the {_kind(card)} was taken back before it could be judged"
    judge(i, number, card, TAKEN_BACK, resolution, why)
    resolved(i)


def judge(i: Incident, number: int, card: Json, effect: str, resolution: str, why: str) -> None:
    """Journal what the attempt did; stop the line where it has to be stopped."""
    approval, kind = f"rollback@{number}", _kind(card)
    if f"line/stopped/{number}" not in i.state.ids:
        i.emit(
            f"attempt/{number}/judged",
            ev.AttemptJudged(
                number=1 + len(i.state.attempts),
                approval=approval,
                action=str(card["action"]),
                kind=kind,
                title=str(card["title"]),
                params=dict(card.get("params") or {}),
                effect=effect,
                resolution=resolution,
                why=why,
                undo=bool(card.get("undo")),
            ),
        )
    if stops(kind, effect):
        stop_the_line(i, number, kind, why)


def decide_resolution(i: Incident, occurrence: str, looks: Json, action: str) -> str:
    """RESOLVED when the looks passed in a row over the whole window; code decides, nobody else."""
    resolution = resolution_of(looks["checks"], lasted(looks))
    i.emit(
        f"resolution/{occurrence}",
        ev.ResolutionDecided(
            resolution, action, tuple(looks["checks"]), float(looks["restored_at"] or 0.0)
        ),
    )
    return resolution


def resolved(i: Incident) -> None:
    """Move on once the looks said so; the last of what is said, so that a torn batch is noticed."""
    if i.state.resolution == "RESOLVED":
        i.void("the incident is resolved")
        i.status("RESOLVED", i.state.resolution_action or "recovered without a change")


def _kind(card: Json) -> str:
    """Cards of the first release say no kind: they had rollbacks only."""
    return str(card.get("kind") or "rollback")


def _why(card: Json, effect: str, looks: Json) -> str:
    """The effect in one line, with what still fails."""
    kind = _kind(card)
    ill = ", ".join(str(one["name"]) for one in looks["checks"] if one["state"] != "pass")
    if effect == NONE and kind in WAY_BACK:
        return f"the {kind} did not bring the service back"
    if effect == NONE:
        return f"the {kind} changed nothing: {ill or 'it did not last'}"
    if effect == WORSE:
        return f"the {kind} made it worse: {ill}"
    if effect == UNMEASURED:
        return f"whether the {kind} helped could not be measured"
    if effect == IMPROVED:
        return f"the {kind} helped, and something is still wrong: {ill or 'it did not last'}"
    return f"the {kind} brought the service back"
