"""A delivery that the journal asks for: its words, its channel, its trail."""

import asyncio
from collections.abc import Callable
from typing import Any

from orchestrator.clock import Clock
from orchestrator.comms.carriers import carrier, table
from orchestrator.comms.deliver import deliver
from orchestrator.comms.letter import Letter, letter
from orchestrator.comms.order import NotTaken, Order
from orchestrator.comms.outbox import Outbox
from orchestrator.documents.messages import public_status
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from orchestrator.settings import Settings

WRITTEN = 30.0
"""Seconds that a text is waited for which goes out by itself before it was ever written."""

LOOK = 0.25
"""Seconds between two looks for it."""


async def post(
    folder: IncidentFolder,
    state: State,
    task: Task,
    settings: Settings,
    clock: Clock,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """The report of one `deliver` task. InDoubt when nobody can tell whether it arrived."""
    path, name = str(task.inputs["path"]), str(task.inputs["channel"])
    say(f"{path} to {name}")
    if state.forked_from:
        why = "simulated: this drill was forked from an incident, nothing was sent"
        say(why)
        return {"delivered": True, "detail": why, "attempts": 0, "sha256": ""}
    outbox, channel = Outbox(folder), table(settings, name)
    trail = outbox.trail(task.key)
    known = await asyncio.to_thread(trail.read)
    sha256 = str(task.inputs["sha256"]) or known.sha256
    words = await _words(outbox, folder, path, sha256, clock)
    if words is None or channel is None:
        why = "the words are not there as they were shown" if channel else "no such channel"
        return {"delivered": False, "detail": why, "attempts": 0, "sha256": sha256}
    public = _is_public(state, name)
    order = Order(
        key=f"{folder.incident}/{task.key}",
        incident=folder.incident,
        path=path,
        subject=words.subject,
        body=words.body(public),
        status=public_status(state),
    )

    def way() -> Any:
        if not order.body:
            raise NotTaken("this text has no words for everybody", final=True)
        return carrier(settings, name)

    return await deliver(
        order,
        way,
        trail,
        clock,
        sha256=words.sha256,
        retries=channel.retries,
        pause=channel.retry_seconds,
        timeout=channel.timeout,
        say=say,
    )


def _is_public(state: State, name: str) -> bool:
    return any(one.public for one in state.channels if one.name == name)


async def _words(
    outbox: Outbox, folder: IncidentFolder, path: str, sha256: str, clock: Clock
) -> Letter | None:
    """The kept words; for what goes out by itself those of the document now, kept from here on."""
    if sha256:
        return await asyncio.to_thread(outbox.read, sha256)
    until = clock.now() + WRITTEN
    place = folder.document(path)
    while not place.is_file():
        if clock.now() >= until:
            return None
        await clock.sleep(LOOK)
    found = letter(await asyncio.to_thread(place.read_text, encoding="utf-8", errors="replace"))
    await asyncio.to_thread(outbox.keep, found)
    return found
