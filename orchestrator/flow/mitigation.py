"""Step 6, mitigation: a rollback offered as soon as the matrix allows, and its proof by probes.

Nothing here changes production: it asks for a card, for a human's key, and then for exactly what
that key approved. A rollback that fails, or heals nothing, stops the line. Where no change fits,
the service is watched: it may recover by itself, and that is said as it is.
"""

from orchestrator.flow.decide import Incident, Pending
from orchestrator.model import events as ev
from orchestrator.model.events import Json
from orchestrator.model.regression import OFFERED

ROLE = "devops-engineer"


def mitigation(i: Incident) -> None:
    if i.state.resolution == "RESOLVED":
        return
    if i.skipped("mitigation"):
        watch(i)
        return
    number = offer_number(i)
    wanted = _wanted(i)
    if wanted is None:
        watch(i)
        return
    if "security" in i.state.exceptions and i.state.report("security/preserve") is None:
        raise Pending
    key = f"mitigation/prepare@{number}{_again(i, number)}"
    card = i.task(key, ROLE, "prepare the rollback", kind="prepare", inputs=wanted)
    if card is None or not card["possible"]:
        watch(i)
        return
    approval = f"rollback@{number}"
    if i.approval(approval, card["card"], ROLE):
        carry_out(i, number, card["card"])
    elif i.state.approvals[approval].decision == "denied":
        watch(i)
    else:
        raise Pending


def offer_number(i: Incident) -> int:
    """Which offer this is: one that ran out, was voided, or failed makes room for a new card."""
    number = 1
    while _ended(i, number):
        number += 1
    return number


def _again(i: Incident, number: int) -> str:
    """What was impossible is tried again after each watch that saw no recovery."""
    if f"rollback@{number}" in i.state.approvals:
        asked = [key for key in i.state.tasks if key.startswith(f"mitigation/prepare@{number}")]
        return asked[-1].removeprefix(f"mitigation/prepare@{number}")
    watches = sum(
        task.key.startswith("mitigation/watch@") and not task.running
        for task in i.state.tasks.values()
    )
    return f".{watches}" if watches else ""


def _ended(i: Incident, number: int) -> bool:
    approval = i.state.approvals.get(f"rollback@{number}")
    if approval is None or approval.open:
        return False
    if approval.requested_at < i.state.reopened_at:
        return True
    if approval.decision == "denied":
        return False
    assessed = f"line/stopped/{number}" in i.state.ids and not i.state.stopped
    return approval.decision != "granted" or assessed


def _wanted(i: Incident) -> Json | None:
    """What to prepare, once code agrees that it may be offered; None when nothing fits."""
    judged = i.state.regression
    version = str(judged.get("good_version", "UNKNOWN"))
    strategy = i.ask("mitigation/strategy", "incident-responder", "mitigation strategy")
    if judged.get("action") in OFFERED and version != "UNKNOWN":
        if judged["action"] == "ROLLBACK" or "tight-sla" in i.state.themes or _validated(i):
            return {"kind": "rollback", "params": {"version": version}}
        return None
    if not i.state.cause:
        raise Pending
    chosen = i.result(strategy)
    if chosen is None or chosen["selected"] == "none" or not chosen["action"]:
        return None
    fits = i.state.cause["verdict"] != "INCONCLUSIVE"
    if chosen["selected"] == "rollback":
        blamed = judged.get("verdict") in ("CONFIRMED", "LIKELY", "POSSIBLE")
        fits = fits and judged.get("rollback") == "SAFE" and blamed
    return {"kind": chosen["selected"], "params": dict(chosen["params"])} if fits else None


def _validated(i: Incident) -> bool:
    """A LIKELY regression is looked at some minutes more; False when Tier 2 refuted it."""
    clock = i.state.deadlines.get("validate")
    if clock is None or clock.counting:
        raise Pending
    analysis = i.state.report("tier2/analysis") or {}
    return not any(
        hypothesis["status"] == "refuted" and hypothesis["culprit"] == i.state.regression["culprit"]
        for hypothesis in analysis.get("hypotheses", ())
    )


def carry_out(i: Incident, number: int, card: Json) -> None:
    """Run what was approved, then watch the probes; anything but a pass stops the line."""
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
    if done.outcome == "done" and done.report.get("exit") == 0:
        prove(i, number, card)
    else:
        stop_the_line(i, number, done.why or str(done.report.get("why", "the rollback failed")))


def prove(i: Incident, number: int, card: Json) -> None:
    looks = i.task(
        f"mitigation/validate@{number}",
        "reliability-engineer",
        "validate against the baseline",
        kind="probe",
        inputs={"action": card["title"]},
    )
    if looks is None:
        stop_the_line(i, number, "whether the rollback helped could not be measured")
    elif decide_resolution(i, f"{number}", looks, str(card["title"])) != "RESOLVED":
        stop_the_line(i, number, "the rollback did not bring the service back")


def watch(i: Incident) -> None:
    """No change to offer: look for a recovery without one, and ask a human meanwhile."""
    if i.state.stopped:
        raise Pending
    number = 1
    while f"mitigation/watch@{number}" in i.state.tasks:
        task = i.state.tasks[f"mitigation/watch@{number}"]
        if task.running:
            raise Pending
        earlier = task.requested_at < i.state.reopened_at
        if task.outcome == "done" and not task.report["gave_up"] and not earlier:
            decide_resolution(i, f"watch/{number}", task.report, "")
            return
        number += 1
    clock = i.state.deadlines.get("watch")
    if clock is not None and clock.counting:
        raise Pending
    if not any(approval.decision == "denied" for approval in i.state.approvals.values()):
        i.question("mitigation", "No change in the catalogue fits. What should be done?")
    i.ask(
        f"mitigation/watch@{number}",
        "reliability-engineer",
        "watch for a recovery",
        kind="probe",
        inputs={"action": ""},
    )
    raise Pending


def decide_resolution(i: Incident, occurrence: str, looks: Json, action: str) -> str:
    """RESOLVED when the looks passed in a row over the whole window; code decides, nobody else."""
    states = {check["name"]: check["state"] for check in looks["checks"]}
    well = looks["passes"] >= looks["needed"] and looks["stable_for"] >= looks["window"]
    if well and not looks["gave_up"]:
        resolution = "RESOLVED"
    elif states.get("errors") == "pass" and states.get("traffic") == "pass":
        resolution = "PARTIALLY_RESOLVED"
    else:
        resolution = "NOT_RESOLVED"
    i.emit(
        f"resolution/{occurrence}",
        ev.ResolutionDecided(
            resolution, action, tuple(looks["checks"]), float(looks["restored_at"] or 0.0)
        ),
    )
    if resolution == "RESOLVED":
        i.void("the incident is resolved")
        i.status("RESOLVED", action or "recovered without a change")
    return resolution


def _emergency(why: str) -> ev.ExceptionDeclared:
    return ev.ExceptionDeclared(
        "rollback-failed",
        why,
        (
            "no change until an assessment is recorded",
            "emergency room: commander, deployment manager, architect, DBA, infrastructure lead",
            "options: earlier version, hotfix, maintenance mode, manual repair",
            "executives at once",
            "public: extended outage, team working on resolution",
        ),
    )


def stop_the_line(i: Incident, number: int, why: str) -> None:
    """Failed rollback: P0, and nothing can be approved until somebody records an assessment."""
    if i.emit(f"line/stopped/{number}", ev.LineStopped(why)):
        i.void("the line is stopped")
        i.status("STOPPED", why)
        i.emit(f"exception/rollback-failed/{number}", _emergency(why))
        if i.state.severity != "P0":
            i.emit(f"line/severity/{number}", ev.SeveritySet("P0", "failed rollback", why))
    raise Pending
