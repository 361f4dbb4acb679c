"""A hotfix: a person writes it, code looks at commit and tests, the deployment manager approves.

Its deploy is a change like any other: a card of its own, an approval, and the watch after it.
"""

from orchestrator.flow.choosing import pending, refuse_choose
from orchestrator.flow.decide import Incident
from orchestrator.flow.people import assign
from orchestrator.flow.record import engage
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import Json
from orchestrator.model.hotfix import STEPS, TITLES, Hotfix, branch_of
from orchestrator.model.hotfix_state import standing
from orchestrator.model.state import State

MANAGER = "deployment-manager"

NEXT = {
    "patch": "The hotfix goes on {branch}. Which commit is ready? (hotfix patch COMMIT)",
    "tests": "The patch is there. Which evidence has the staging tests? (hotfix tests E1)",
    "approve": "The tests passed. Does the deployment manager approve? (hotfix approve REASON)",
    "deploy": "Approved. Which action of the catalogue deploys it? (hotfix deploy ACTION)",
}
"""What is asked for when a step is the next one."""

DEPLOYS = ("hotfix", "redeploy")
"""Kinds of action that may deploy one."""


def hotfix(i: Incident) -> None:
    """Look at what was recorded, and ask for the next step."""
    fix = i.state.hotfix
    if fix is None or not i.state.open:
        return
    assign(i, MANAGER, "Who is the deployment manager? A hotfix needs their approval.")
    _look(i, fix, "patch")
    _look(i, fix, "tests")
    for row in standing(i.state):
        if row.state == "now":
            return
        if row.state in ("open", "failed") and row.step in NEXT:
            failed = f" ({row.fact})" if row.state == "failed" else ""
            field = f"hotfix {row.step}/{fix.number}.{len(fix.said)}"
            i.question(field, NEXT[row.step].format(branch=fix.branch) + failed)
            return


def _look(i: Incident, fix: Hotfix, step: str) -> None:
    found = fix.last(step)
    if found is None:
        return
    i.ask(
        fix.check(step),
        "devops-engineer",
        f"look at the hotfix: {step}",
        kind="inspect",
        tries=1,
        inputs={"what": step, "named": found[1].text, "branch": fix.branch},
    )


def refuse(state: State, command: Command) -> str:
    step = str(command.args.get("what", ""))
    if step not in STEPS:
        return f"say {', '.join(STEPS[:-1])} or {STEPS[-1]}"
    if not state.open:
        return f"{state.incident} is {state.status}: reopen it first"
    if not str(command.args.get("text", "")).strip():
        return _missing(step)
    if step == "start":
        return ""
    rows = {row.step: row for row in standing(state)}
    if not rows:
        return "there is no hotfix; start one with a short name of it"
    before = rows[STEPS[STEPS.index(step) - 1]]
    if before.state != "done":
        waits = "is still looked at" if before.state == "now" else "comes first"
        return f"{before.step} {waits}{f': {before.fact}' if before.fact else ''}"
    if step == "tests" and str(command.args["text"]).strip() not in state.evidence:
        return "name the evidence that has their exit code; add it: warroom evidence INC -- COMMAND"
    if step == "approve":
        return _approves(state, command)
    if step == "deploy":
        return refuse_choose(state, _as_choice(state, command))
    return ""


def ungated(state: State, card: Json) -> str:
    """Why the card of a hotfix may not be approved yet; empty for any other card.

    Chosen by hand it would else go around its patch, its tests and the deployment manager.
    """
    if card.get("kind") != "hotfix":
        return ""
    fix = state.hotfix
    if fix is None:
        return f"{card['title']} is a hotfix: begin with `hotfix start`, so that it is tested"
    for row in standing(state):
        if row.step in ("patch", "tests", "approve") and row.state != "done":
            return f"{card['title']} is a hotfix; first: {TITLES[row.step]}"
        if row.step == "patch" and (card.get("params") or {}).get("version", row.fact) != row.fact:
            return f"{card['title']} is not the hotfix that was tested: {row.fact[:12]}"
    return ""


def step(i: Incident, c: Command) -> None:
    word, text = str(c.args["what"]), str(c.args["text"]).strip()
    fix, state = i.state.hotfix, i.state
    if word == "start":
        number = fix.number + 1 if fix is not None else 1
        branch = branch_of(state.incident, text)
    else:
        assert fix is not None, "refused without one"
        number, branch = fix.number, fix.branch
    for field in [name for name in state.questions if name.startswith("hotfix ")]:
        i.emit(f"{c.id}/answered/{field}", ev.QuestionAnswered(field, f"{word}: {text}"), c.actor)
    if word == "deploy":
        _void(i, "the hotfix is deployed instead")
        params = dict(_as_choice(i.state, c).args["params"])
        asked = ev.ChangeChosen(text, params, f"hotfix {branch}", c.actor.name, DEPLOYS)
        i.emit(f"{c.id}/chosen", asked, c.actor)
    elif (pending(i) or {}).get("kinds"):
        _void(i, f"hotfix {word} was said anew: it is approved and deployed anew")
    # last, because a command whose own line is journalled is not taken a second time
    i.emit(c.id, ev.HotfixStepped(number, word, text, c.actor.name, branch), c.actor)
    engage(i, c, f"hotfix {word}")


def _void(i: Incident, why: str) -> None:
    for approval in list(i.state.approvals.values()):
        if approval.open and approval.approval.startswith("rollback@"):
            i.emit(
                f"approval/{approval.approval}/voided", ev.ApprovalVoided(approval.approval, why)
            )


def _as_choice(state: State, command: Command) -> Command:
    patch = next(row for row in standing(state) if row.step == "patch")
    args = {"action": command.args["text"], "params": {"version": patch.fact}, "why": "hotfix"}
    return Command(command.id, "choose", command.at, command.actor, args)


def _approves(state: State, command: Command) -> str:
    manager = state.roles.get(MANAGER, "")
    if not manager:
        return "nobody is deployment manager; assign the role first"
    if command.actor.kind == "human" and command.actor.name != manager:
        return f"a hotfix is approved by the deployment manager: {manager}"
    return ""


def _missing(step: str) -> str:
    return {
        "start": "say in a few words what it fixes",
        "patch": "say which commit",
        "tests": "say which evidence has the exit code of the tests",
        "approve": "say why",
        "deploy": "say which action of the catalogue",
    }[step]
