"""The mitigation a model chose, held against the operator's catalogue.

A model names an action by its id, with parameters; what the catalogue does not have is dropped. For
the way back, the version is the one that regression triage found to have worked, and no other.
A choice is one thing: the plan and the reason of one action are never said of another.
"""

from collections.abc import Mapping
from typing import Any

from orchestrator.agents.claude.handing_in import Handed
from orchestrator.agents.rules.planned import plan, way_back
from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN
from orchestrator.model.state import State
from orchestrator.settings import Action, Settings

_WHAT = ("selected", "action", "params")
"""What would be done; everything else of a choice speaks of exactly this."""

_CHOICE = (*_WHAT, "plan", "rollback_plan", "rationale", "summary")


def chosen(
    rules: Mapping[str, Any],
    handed: Handed,
    report: dict[str, Any],
    settings: Settings,
    state: State,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The report with one whole choice, the model's or the rules', and what was dropped of it."""
    theirs = {name: rules[name] for name in _CHOICE}
    said = {name: handed.fields[name] for name in _CHOICE if name in handed.fields}
    own = {"selected": "none", "action": "", "params": {}, **said}
    if own["selected"] == "none":
        return report | theirs, ()
    action = settings.action(own["action"])
    same = all(own[name] == rules[name] for name in _WHAT)
    why = _unfit(own, action, settings, state)
    if not why and not same and "rationale" not in own:
        why = "it gives no reason that holds"
    if why or action is None:
        told = f"{own['selected']} by {own['action'] or 'no action'}: {why}"
        return report | theirs, (told,)
    if same:
        return report | theirs | own, ()
    steps = {
        "plan": list(plan(action, state.service, own["params"])),
        "rollback_plan": list(way_back(action)),
        "summary": own["rationale"],
    }
    return report | steps | own, ()


def _unfit(choice: Json, action: Action | None, settings: Settings, state: State) -> str:
    """Why the choice cannot be offered; empty when it can."""
    if action is None:
        return "the catalogue has no such action"
    if action.service not in ("", *settings.around(state.service)):
        return f"that action is for {action.service}"
    if action.kind != choice["selected"]:
        return f"that action is a {action.kind}"
    if choice["params"].keys() != action.params.keys():
        return f"its parameters are {', '.join(action.params) or 'none'}"
    for name, parameter in action.params.items():
        if why := parameter.wrong(choice["params"][name]):
            return f"{name} {why}"
    good = str(state.told("regression/verdict").get("good_version", UNKNOWN))
    version = choice["params"].get("version")
    if action.kind == "rollback" and version is not None and UNKNOWN in (good, version):
        return "no version is known to have worked"
    if action.kind == "rollback" and version not in (None, good):
        return "its version is not the one that worked"
    return ""
