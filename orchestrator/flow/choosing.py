"""A person's own choice from the catalogue: a card of exactly that action, approved like any."""

from orchestrator.flow.decide import Incident
from orchestrator.flow.record import engage
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import Json
from orchestrator.model.state import State
from orchestrator.model.wording import under_way

TRIES = 2
"""How often a card is prepared before it counts as impossible."""


def pending(i: Incident) -> Json | None:
    """The last choice as long as it was neither carried out, nor denied, nor impossible.

    That of a hotfix holds as long as the patch, tests and approval before it do.
    """
    number = len(i.state.choices)
    if not number or _answered(i.state, number):
        return None
    one, fix = i.state.choices[-1], i.state.hotfix
    if one.kinds and (fix is None or fix.last("deploy") is None):
        return None
    named = {"kind": "", "action": one.action, "params": dict(one.params), "choice": number}
    return named | ({"kinds": list(one.kinds)} if one.kinds else {})


def _answered(state: State, number: int) -> bool:
    for task in state.tasks.values():
        if task.inputs.get("choice") != number or task.running:
            continue
        if task.outcome == "failed" and task.attempt < TRIES:
            continue
        if not task.report.get("possible"):
            return True
        offer = task.key.removeprefix("mitigation/prepare@").partition(".")[0]
        approval = state.approvals.get(f"rollback@{offer}")
        if approval is not None and approval.decision in ("granted", "denied"):
            return True
    return False


def refuse_choose(state: State, command: Command) -> str:
    if not state.open:
        return f"{state.incident} is {state.status}: reopen it first"
    if not str(command.args.get("action", "")).strip():
        return "say which action of the catalogue"
    params = command.args.get("params") or {}
    if not isinstance(params, dict) or not all(isinstance(v, str) for v in params.values()):
        return "values are given as name=value"
    if not str(command.args.get("why", "")).strip():
        return "say why"
    if state.stopped:
        return f"the line is stopped ({state.stopped}); record an assessment first"
    if "mitigation" in state.skipped:
        return "the mitigation is skipped; start it first"
    for task in state.outstanding():
        if task.key.startswith("mitigation/validate@"):
            return f"{task.title} is under way; wait for its end, or stop the line"
    return under_way(state)


def choose(i: Incident, c: Command) -> None:
    action, why = str(c.args["action"]).strip(), str(c.args["why"]).strip()
    params = dict(c.args.get("params") or {})
    for approval in list(i.state.approvals.values()):
        if approval.open and approval.approval.startswith("rollback@"):
            fact = ev.ApprovalVoided(approval.approval, f"{action} was chosen instead")
            i.emit(f"approval/{approval.approval}/voided", fact)
    i.emit(c.id, ev.ChangeChosen(action, params, why, c.actor.name), c.actor)
    engage(i, c, f"chose {action}")
