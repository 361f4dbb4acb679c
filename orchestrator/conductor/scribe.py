"""Keeps the documents on disk as the journal has them: written when what they say has changed.

Documents are views. Losing one loses nothing: the next look writes it again.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from orchestrator.clock import Clock
from orchestrator.conductor.room import Room
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER, DocumentFailed, DocumentWritten, Event

log = logging.getLogger(__name__)

Apply = Callable[[str, Command], Awaitable[list[Event]]]

GATHER = 0.25
"""Seconds in which changes are gathered before documents are looked at."""

MEND = 5.0
"""Seconds until a document whose template failed is tried again."""

RETRY = 1.0
"""Seconds until a write that failed (a full disk) is tried again."""


class Conflict(Exception):
    """A person's edit and the record disagree in the same place."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} was edited otherwise than the record says: see {path}.proposed.md"
        )


class Scribe:
    """One pending look per incident; it ends when nothing is left to write."""

    def __init__(self, apply: Apply, clock: Clock) -> None:
        self._apply = apply
        self._clock = clock
        self._pending: set[str] = set()

    def look(self, room: Room, spawn: Callable[[Any], None]) -> None:
        """Ask for a look soon; asking again before it happens asks nothing more."""
        if room.incident not in self._pending:
            self._pending.add(room.incident)
            spawn(self._write(room))

    def settled(self, incident: str) -> bool:
        """True when every document is as the journal has it."""
        return incident not in self._pending

    async def _write(self, room: Room) -> None:
        from orchestrator.documents.write import due, merge_into  # jinja2 is not needed to start

        try:
            while True:
                await self._clock.sleep(GATHER)
                state, events = room.state, list(room.events)
                wrong: list[Exception] = []
                found = await asyncio.to_thread(due, state, events, room.folder, wrong.append)
                await self._tell(room, wrong)
                if not found and not wrong and room.state.seq == state.seq:
                    return
                if not found:
                    await self._clock.sleep(MEND)
                try:
                    for rendered in found:
                        made = await asyncio.to_thread(merge_into, room.folder, state, rendered)
                        if made.conflict:
                            await self._tell(room, [Conflict(made.path)])
                        else:
                            await self._journal(room, made.path, made.text)
                except OSError as error:
                    log.error("%s: %s", room.folder.path, error.strerror)
                    await self._clock.sleep(RETRY)
        finally:
            self._pending.discard(room.incident)

    async def _journal(self, room: Room, path: str, text: str) -> None:
        body = text.encode("utf-8", errors="surrogateescape")
        digest = hashlib.sha256(body).hexdigest()
        known = room.state.documents.get(path)
        if known is not None and known.sha256 == digest:
            return
        revision = known.revision + 1 if known else 1
        fact = DocumentWritten(path, digest, len(body))
        command_id = f"document/{path}/{revision}"
        now = self._clock.now()
        await self._apply(room.incident, Command(command_id, "document", now, RUNNER, encode(fact)))

    async def _tell(self, room: Room, wrong: list[Exception]) -> None:
        """A template's mistake is told once and delays no other document."""
        for error in wrong:
            meaning = hashlib.sha256(str(error).encode()).hexdigest()[:16]
            command_id = f"document/failed/{meaning}"
            if command_id not in room.state.ids:
                log.error("%s", error)
                fact = encode(DocumentFailed(str(error)))
                now = self._clock.now()
                await self._apply(
                    room.incident, Command(command_id, "document-failed", now, RUNNER, fact)
                )
