"""A person sends a text: the words that were on the screen are kept, then the journal says so."""

import asyncio

from orchestrator.conductor.desk import Asked
from orchestrator.conductor.room import Room
from orchestrator.documents.edits import where


async def kept(room: Room, asked: Asked) -> str:
    """Keep the words that go out. Why not, where they are not the ones that were shown."""
    from orchestrator.comms.letter import letter  # only when something is sent
    from orchestrator.comms.outbox import Outbox

    if asked.path not in room.state.documents:
        return f"{asked.path or 'that text'} is not written yet"
    try:
        text = await asyncio.to_thread(
            where(room.folder, asked.path).read_text, encoding="utf-8", errors="replace"
        )
    except OSError as error:
        return f"{asked.path} cannot be read: {error.strerror}"
    now = letter(text)
    if now.sha256 != asked.sha256:
        return f"{asked.path} is not the text you saw: look at it again"
    try:
        await asyncio.to_thread(Outbox(room.folder).keep, now)
    except OSError as error:
        return f"the text cannot be kept, so it is not sent: {error.strerror}"
    return ""
