"""Step 6, mitigation: what is offered next, as a card that waits for a person's key.

Nothing here changes production: it asks for a card, for a key, and then for exactly what that key
approved. A rollback is offered as soon as the matrix allows. What was tried and did not help is
not offered again, unless a person chooses it. Where no change fits, the service is watched.
"""

from typing import Any

from orchestrator.flow import choosing
from orchestrator.flow.attempt import carry_out, resolved
from orchestrator.flow.decide import Incident, Pending
from orchestrator.flow.denied import denied, denied_card, denied_ever
from orchestrator.flow.denied import told as told_denials
from orchestrator.flow.regression import judging_anew, way_back
from orchestrator.flow.second_look import MOST, unrecovered
from orchestrator.flow.unheeded import unheeded
from orchestrator.flow.watching import watch
from orchestrator.model.attempt import stops, told, tried
from orchestrator.model.events import Json
from orchestrator.model.records import Task
from orchestrator.model.regression import OFFERED

ROLE = "devops-engineer"


def mitigation(i: Incident) -> None:
    if i.state.resolution == "RESOLVED":
        if i.state.open and not i.state.stopped:
            settle(i)
        return
    if i.skipped("mitigation"):
        watch(i)
        return
    number = offer_number(i)
    back_to_work(i, number)
    approval = f"rollback@{number}"
    known = i.state.approvals.get(approval)
    card = known.card if known is not None else prepared(i, number)
    if card is None:
        watch(i)
    elif i.approval(approval, card, ROLE):
        carry_out(i, number, card)
    elif i.state.approvals[approval].decision == "denied":
        watch(i)
    else:
        raise Pending


def settle(i: Incident) -> None:
    """What follows from a resolution is said again until it is journalled: a batch may be torn."""
    number = offer_number(i)
    known = i.state.approvals.get(f"rollback@{number}")
    looks = i.state.tasks.get(f"mitigation/validate@{number}")
    if known is not None and looks is not None and looks.outcome == "done":
        carry_out(i, number, known.card)
    resolved(i)


def prepared(i: Incident, number: int) -> Json | None:
    """The card of what is wanted next; None where nothing fits, or it cannot be done."""
    wanted = choosing.pending(i) or _next(i, number)
    if wanted is None or unheeded(i, "rollback", number):
        return None
    if "security" in i.state.exceptions and i.state.report("security/preserve") is None:
        raise Pending
    by_hand = f".choice{wanted['choice']}" if "choice" in wanted else _again(i, number)
    attempt = attempt_number(i)
    inputs = {**wanted, "attempt": attempt} if attempt > 1 else wanted
    title = f"prepare attempt {attempt}" if attempt > 1 else "prepare the change"
    key = f"mitigation/prepare@{number}{by_hand}"
    ready = i.task(key, ROLE, title, kind="prepare", tries=choosing.TRIES, inputs=inputs)
    if ready is None or not ready["possible"]:
        return None
    card: Json = ready["card"]
    own = {"action": card["action"], "params": card.get("params") or {}}
    if "choice" not in wanted and (
        tried(i.state.attempts.values(), own) or denied_card(i.state, card)
    ):
        return None
    return card


def offer_number(i: Incident) -> int:
    """Which offer this is: one that ran out, was voided, or failed makes room for a new card."""
    number = 1
    while _ended(i, number):
        number += 1
    return number


def attempt_number(i: Incident) -> int:
    """Which attempt the next change is: those that were carried out are counted, not the offers."""
    return 1 + sum(_ran(task) for task in i.state.tasks.values())


def _ran(task: Task) -> bool:
    done = task.key.startswith("mitigation/execute@") and not task.running
    return done and not task.report.get("drifted")


def back_to_work(i: Incident, number: int) -> None:
    """An attempt is over, the line is not stopped: the investigation goes on, and says why."""
    last = i.state.attempts.get(f"rollback@{number - 1}")
    waits = f"rollback@{number}" not in i.state.approvals
    if last is not None and waits and i.state.status == "MITIGATING":
        i.status("INVESTIGATING", f"attempt {last.number}: {last.why}")


def _again(i: Incident, number: int) -> str:
    """What was impossible is tried again after each watch, and whenever triage judged anew."""
    times = i.state.repeats.get("regression", 0) + sum(
        task.key.startswith("mitigation/watch@") and not task.running
        for task in i.state.tasks.values()
    )
    return f".{times}" if times else ""


def _ended(i: Incident, number: int) -> bool:
    approval = i.state.approvals.get(f"rollback@{number}")
    if approval is None or approval.open:
        return False
    run = i.state.tasks.get(f"mitigation/execute@{number}")
    if run is not None and run.running:
        return False
    if approval.requested_at < i.state.reopened_at:
        return True
    if approval.decision == "denied":
        chosen = any(choice.at >= approval.decided_at for choice in i.state.choices)
        offered = f"rollback@{number + 1}" in i.state.approvals
        return chosen or offered or _instead(i) is not None
    if approval.decision != "granted":
        return True
    attempt = i.state.attempts.get(approval.approval)
    if attempt is not None and not stops(attempt.kind, attempt.effect):
        return True
    return f"line/stopped/{number}" in i.state.ids and not i.state.stopped  # it was assessed


def _instead(i: Incident) -> Json | None:
    """What is proposed after a denial, once whoever proposes has heard why; else None."""
    try:
        return _next(i, 0)
    except Pending:
        return None


def _next(i: Incident, number: int) -> Json | None:
    """What the flow itself would try next; None once a person has to choose, or nothing fits."""
    attempts = tuple(i.state.attempts.values())
    now = [one for one in attempts if one.at > i.state.reopened_at]
    if len(now) >= i.policy.attempts:
        said = "; ".join(f"{one.title}: {one.why}" for one in now)
        asked = f"{len(now)} changes did not bring the service back ({said}). Which is next?"
        anew = f" {i.state.reopened + 1}" if i.state.reopened else ""
        i.question(f"mitigation attempts{anew}", asked)
        return None
    wanted = _wanted(i)
    if wanted is None or tried(attempts, wanted) or denied(i.state, wanted):
        return None
    return wanted


def _wanted(i: Incident) -> Json | None:
    """What to prepare, once code agrees that it may be offered; None when nothing fits."""
    if judging_anew(i):
        return None  # the service is watched meanwhile
    judged = i.state.regression
    attempts = tuple(i.state.attempts.values())
    back = way_back(judged)
    no = told_denials(i.state)
    said: dict[str, Any] = {"attempts": told(attempts)} if attempts else {}
    said |= {"denied": no} if no else {}
    times = _times(i)
    anew = f"@{times}" if times > 1 else ""
    strategy = i.ask(
        f"mitigation/strategy{anew}",
        "incident-responder",
        f"mitigation strategy, attempt {len(attempts) + 1}" if attempts else "mitigation strategy",
        inputs=said or None,
    )
    done = back is None or tried(attempts, back) or denied(i.state, back)
    if judged.get("action") in OFFERED and back is not None and not done:
        if judged["action"] == "ROLLBACK" or "tight-sla" in i.state.themes or _validated(i):
            return back
        return None
    if not i.state.cause:
        raise Pending
    chosen = i.result(strategy)
    if chosen is None or chosen["selected"] == "none" or not chosen["action"]:
        return None
    fits = i.state.cause["verdict"] != "INCONCLUSIVE"
    if chosen["selected"] in ("rollback", (judged.get("way") or {}).get("kind")):
        blamed = judged.get("verdict") in ("CONFIRMED", "LIKELY", "POSSIBLE")
        fits = fits and judged.get("rollback") == "SAFE" and blamed
    named = {"kind": chosen["selected"], "action": chosen["action"]}
    return named | {"params": dict(chosen["params"])} if fits else None


def _times(i: Incident) -> int:
    """How often it was asked what to do: anew when more is known than when it was last answered."""
    judged = i.state.repeats.get("regression", 0)
    looks = min(len(unrecovered(i.state)), MOST * (i.state.reopened + 1))
    return 1 + len(i.state.attempts) + denied_ever(i.state) + judged + looks


def _validated(i: Incident) -> bool:
    """A LIKELY regression is looked at some minutes more; False when Tier 2 refuted it."""
    clock = i.state.deadlines.get("validate")
    if clock is None or clock.counting:
        raise Pending
    analysis = i.state.report("tier2/analysis") or {}
    return not any(
        hypothesis["status"] == "refuted"
        and hypothesis["culprit"]
        and hypothesis["culprit"] == i.state.regression["culprit"]
        for hypothesis in analysis.get("hypotheses", ())
        if not hypothesis.get("by")  # a model's doubt is shown beside it, and stops nothing
    )
