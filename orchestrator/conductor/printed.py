"""What a change printed becomes one numbered item, which its report cites."""

import shlex
from typing import Any

from orchestrator.agents.contract import Bench, Observation
from orchestrator.model.events import Json


async def printed(bench: Bench, card: Json, done: Json) -> dict[str, Any]:
    """The report's summary with the item behind it; nothing where nothing was printed."""
    parts = [str(done.get("output", ""))]
    parts += [f"{one['state']} {one['name']}: {one['said']}" for one in done.get("probes", ())]
    content = "\n".join(part for part in parts if part)
    if not content:
        return {}
    ended = "was cancelled" if done.get("cancelled") else f"ended with exit {done.get('exit')}"
    text = f"{card['title']}: {ended}"
    command = shlex.join(str(part) for part in card["argv"])
    found = Observation("action", str(card["action"]), command, text, content)
    claim = {"text": text, "evidence": [await bench.observe(found)], "assumption": False}
    return {"summary": claim}
