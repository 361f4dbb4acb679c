"""Answers of a model kept in files and given again: for drills and tests without a network.

A recording is a folder with one JSON file a turn, `tier2-analysis.3.json`: what was answered and
what it used. Nothing of a request is kept, so no key and no header can be. Tools run anew against
what is there now, and a statement whose evidence is not there now is dropped like any other.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestrator.agents.claude.turn import Block, Client, Hear, Reply, Turn, TurnFailed, Usage
from orchestrator.evidence.safe import safe
from orchestrator.project import write_private

log = logging.getLogger(__name__)


class Recorded:
    """A client that answers from a recording."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def reply(self, turn: Turn, hear: Hear) -> Reply:
        """The recorded answer to this turn of this task. TurnFailed where there is none."""
        path = _path(self._folder, turn)
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            reply = Reply(
                content=tuple(_block(block) for block in body["content"]),
                stop=str(body["stop"]),
                usage=Usage(**body["usage"]),
                why=str(body.get("why", "")),
            )
        except FileNotFoundError:
            raise TurnFailed("recording", f"{path.name} is not in the recording") from None
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise TurnFailed("recording", f"{path.name} cannot be read: {error}") from None
        for block in reply.content:
            if block["type"] == "thinking":
                hear(f"{block.get('thinking', '')}\n")
        return reply


class Recording:
    """A client that passes turns on to another and keeps what it answered."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client = client
        self._folder = folder

    async def reply(self, turn: Turn, hear: Hear) -> Reply:
        reply = await self._client.reply(turn, hear)
        usage = reply.usage
        body: dict[str, Any] = {
            "model": turn.model,
            "stop": reply.stop,
            "why": reply.why,
            "content": safe(list(reply.content)),
            "usage": {
                name: getattr(usage, name) for name in ("fresh", "cached", "written", "output")
            },
        }
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(_path(self._folder, turn), json.dumps(body, ensure_ascii=False, indent=1))
        except OSError as error:  # the answer is worth more than its copy
            log.warning("an answer was not recorded: %s", error)
        return reply


_HAS: Mapping[str, Mapping[str, type]] = {
    "text": {"text": str},
    "tool_use": {"id": str, "name": str, "input": dict},
}
"""What is read of a block, by its type: a file may have been edited."""


def _block(given: Mapping[str, Any]) -> Block:
    for name, kind in _HAS.get(given["type"], {}).items():
        if not isinstance(given[name], kind):
            raise TypeError(f"{name} of a {given['type']} block is of another type")
    return dict(given)


def _path(folder: Path, turn: Turn) -> Path:
    return folder / f"{turn.task.replace('/', '-')}.{turn.number}.json"
