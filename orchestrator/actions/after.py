"""The probes an entry of the catalogue names: looked at once, right after its change ended well.

They add to the watch on the service's own signals, which decides; they decide nothing themselves.
"""

from pathlib import Path
from typing import Any

from orchestrator.clock import Clock
from orchestrator.environment import environment
from orchestrator.evidence.safe import safe_text
from orchestrator.evidence.sources import health
from orchestrator.evidence.sources.process import run
from orchestrator.evidence.sources.source import SourceError
from orchestrator.model.events import Json
from orchestrator.settings import ReadCommand, Settings

_LINES = 6


async def probes(settings: Settings, root: Path, card: Json, clock: Clock) -> list[dict[str, Any]]:
    """Each probe with its state: pass, fail, or no data where it could not be asked."""
    return [await _probe(str(name), settings, root, card, clock) for name in card.get("probes", ())]


async def _probe(
    name: str, settings: Settings, root: Path, card: Json, clock: Clock
) -> dict[str, Any]:
    if ":" in name:
        seen = await health.check(name, clock)
        return _told(name, "pass" if seen.well else "fail", seen.why)
    known = settings.commands(str(card["target"]), name) or settings.commands("", name)
    if not known:
        return _told(name, "no data", "warroom.toml has no such command")
    return await _command(known[0], root)


async def _command(command: ReadCommand, root: Path) -> dict[str, Any]:
    try:
        said = await run(command.argv, root, environment(), command.timeout, command.limit)
    except SourceError as error:
        return _told(command.name, "no data", str(error))
    lines = (said.text.strip() or said.errors.strip() or "no output").splitlines()
    told = "\n".join(lines[:_LINES]) + ("\n..." if len(lines) > _LINES else "")
    return _told(command.name, "fail" if said.code else "pass", told)


def _told(name: str, state: str, said: str) -> dict[str, Any]:
    return {"name": name, "state": state, "said": safe_text(said)[:2000]}
