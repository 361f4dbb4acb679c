"""What a person brings in: evidence of their own, and edits of documents.

Both touch files first and the journal second, so that a line of the journal never names content
that is not there.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from orchestrator.agents.contract import Observation
from orchestrator.clock import Clock
from orchestrator.conductor.desk import Answer, Asked, accepted, refused
from orchestrator.conductor.numbered import numbered
from orchestrator.conductor.room import Room
from orchestrator.documents.edits import where
from orchestrator.evidence.ledger import Ledger
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor, DocumentEdited, Event
from orchestrator.project import sha256_file, write_private

FIRST_LINE = 1000
"""Characters of the first line that are looked at for the summary."""

Apply = Callable[[str, Command], Awaitable[list[Event]]]


class ByHand:
    """Takes evidence and edits from the desk."""

    def __init__(self, apply: Apply, clock: Clock) -> None:
        self._apply = apply
        self._clock = clock

    async def take(self, room: Room, asked: Asked, actor: Actor) -> Answer:
        if not asked.text.strip():
            return refused("there is no text")
        if asked.cmd == "evidence":
            return await self._evidence(room, asked, actor)
        return await self._edit(room, asked, actor)

    async def _evidence(self, room: Room, asked: Asked, actor: Actor) -> Answer:
        """The responder's own observation, numbered like any other and seen by the agents."""
        stored = await asyncio.to_thread(Ledger(room.folder).store, asked.text)
        observation = Observation(
            kind="human",
            source=actor.name,
            command=asked.source or "typed in",
            summary=asked.text.strip().splitlines()[0][:FIRST_LINE],
            content=asked.text,
            taint="human",
        )
        facts = numbered(observation, stored, actor.name)
        command = Command(asked.id, "evidence", self._clock.now(), actor, encode(facts))
        await self._apply(room.incident, command)
        same = (stored.sha256, "human", facts.command)
        known = room.state.evidence.values()
        eid = next((e.eid for e in known if (e.sha256, e.kind, e.command) == same), "")
        return accepted(incident=room.incident, evidence=eid)

    async def _edit(self, room: Room, asked: Asked, actor: Actor) -> Answer:
        """A document as a person left it; `sha256` is of what they started from."""
        known = room.state.documents.get(asked.path)
        if known is None:
            return refused(f"there is no document {asked.path!r}")
        if room.state.status == "CLOSED":
            return refused(f"{room.incident} is closed: its documents are final")
        path = where(room.folder, asked.path)
        there = sha256_file(path) if path.exists() else ""
        if asked.sha256 != there:
            return refused(f"{asked.path} has changed meanwhile: open it again")
        digest = hashlib.sha256(asked.text.encode()).hexdigest()
        await asyncio.to_thread(write_private, path, asked.text)
        fact = encode(DocumentEdited(asked.path, digest, asked.sha256))
        await self._apply(
            room.incident, Command(asked.id, "edited", self._clock.now(), actor, fact)
        )
        return accepted(incident=room.incident)
