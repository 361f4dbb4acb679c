"""The mitigation a model chose, held against the operator's catalogue.

A model names an action by its id, with parameters; what the catalogue does not have is dropped. For
the way back, the version is the one that regression triage found to have worked, and no other.
"""

from collections.abc import Mapping
from typing import Any

from orchestrator.model.events import Json
from orchestrator.model.reports.claims import UNKNOWN
from orchestrator.model.state import State
from orchestrator.settings import Settings

_CHOICE = ("selected", "action", "params", "plan", "rollback_plan", "rationale")


def chosen(
    rules: Mapping[str, Any], report: dict[str, Any], settings: Settings, state: State
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The report with a choice the catalogue has, and what was dropped for not being in it."""
    if report["selected"] == "none":
        return report | {name: rules[name] for name in _CHOICE}, ()
    why = _unfit(rules, report, settings, state)
    if not why:
        return report, ()
    told = f"{report['selected']} by {report['action'] or 'no action'}: {why}"
    return report | {name: rules[name] for name in _CHOICE}, (told,)


def _unfit(rules: Mapping[str, Any], report: Json, settings: Settings, state: State) -> str:
    """Why the choice cannot be offered; empty when it can."""
    action = settings.action(report["action"])
    if action is None:
        return "the catalogue has no such action"
    if action.service not in ("", *settings.around(state.service)):
        return f"that action is for {action.service}"
    if action.kind != report["selected"]:
        return f"that action is a {action.kind}"
    if report["params"].keys() != action.params.keys():
        return f"its parameters are {', '.join(action.params) or 'none'}"
    for name, parameter in action.params.items():
        if why := parameter.wrong(report["params"][name]):
            return f"{name} {why}"
    good = str(state.told("regression/verdict").get("good_version", UNKNOWN))
    version = report["params"].get("version")
    if action.kind == "rollback" and version is not None and UNKNOWN in (good, version):
        return "no version is known to have worked"
    if action.kind == "rollback" and version not in (None, good):
        return "its version is not the one that worked"
    return ""
