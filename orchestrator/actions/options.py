"""What is possible after a failed change: read from the catalogue and the deploy log.

None of it is chosen here: a person assesses, and asks for a card of one action by `choose`.
"""

from pathlib import Path
from typing import Any

from orchestrator.evidence.sources import deploys
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.attempt import WAY_BACK
from orchestrator.model.state import State
from orchestrator.settings import Action, Service, Settings

SHOWN = 5
"""Earlier versions that are named, the latest first."""


async def options(settings: Settings, root: Path, state: State) -> list[dict[str, Any]]:
    """The four ways of the emergency room, each with what there is for it."""
    service = settings.service(state.service)
    around = ("", *settings.around(state.service))
    there = [action for action in settings.actions if action.service in around]
    versions, why = await _earlier(service, root, state)
    return [
        _option("earlier version", _of(there, *WAY_BACK), versions, why),
        _option("hotfix", _of(there, "hotfix", "redeploy"), [], "a person writes the patch first"),
        _option("maintenance mode", _of(there, "maintenance"), [], ""),
        _option(
            "manual repair", _of(there, "database-repair", "workaround", "configuration"), [], ""
        ),
    ]


async def _earlier(service: Service | None, root: Path, state: State) -> tuple[list[str], str]:
    """Versions that were live before, without those that were tried now; and where from."""
    if service is None or not service.deploy_log:
        return [], "no deploy log is known"
    try:
        log = await deploys.read(root / service.deploy_log)
    except SourceError as error:
        return [], f"the deploy log cannot be read: {error}"
    tried = {str(one.params.get("version", "")) for one in state.attempts.values()}
    bad = str(state.regression.get("bad_version", ""))
    live = [one.version for one in reversed(log.of(service.name))]
    found = [version for version in dict.fromkeys(live) if version not in {*tried, bad, ""}]
    return found[:SHOWN], "from the deploy log" if found else "the deploy log names no other"


def _of(actions: list[Action], *kinds: str) -> list[Action]:
    return [action for action in actions if action.kind in kinds]


def _option(name: str, actions: list[Action], versions: list[str], why: str) -> dict[str, Any]:
    said = ", ".join(action.id for action in actions)
    text = f"the catalogue has {said}" if actions else "the catalogue has no action for it"
    return {
        "name": name,
        "available": bool(actions),
        "actions": [action.id for action in actions],
        "versions": versions,
        "why": f"{text}; {why}" if why else text,
    }
