"""The channels that texts are sent by: understood, reachable, and one for each kind of text.

Nothing is sent. A connection is opened and closed, no more.
"""

import asyncio

from orchestrator.checkup.found import Found, bad, ok, warn
from orchestrator.comms.carriers import carrier, known
from orchestrator.comms.order import NotTaken
from orchestrator.settings import Settings

TIMEOUT = 5.0

NEEDED = ("management", "executive", "status-page", "update", "resolution")
"""Audiences without a channel of which the texts are sent by hand."""


async def check(settings: Settings) -> list[Found]:
    """Every channel, side by side, and whom none of them reaches; without any there is no fault."""
    names = [one.name for one in known(settings)]
    found = list(await asyncio.gather(*(_channel(settings, name) for name in names)))
    reached = {audience for one in known(settings) for audience in one.audiences}
    missing = [audience for audience in NEEDED if audience not in reached]
    if names and missing:
        why = f"no channel for {', '.join(missing)}: these are sent by hand"
        mend = "add [[channels]] with these audiences, or leave it so"
        found.append(warn("channels", "audiences", why, mend))
    return found


async def _channel(settings: Settings, name: str) -> Found:
    about = f"channel {name}"
    try:
        place = (await asyncio.to_thread(carrier, settings, name)).place()
    except NotTaken as error:
        return bad(about, "address", str(error), "correct its url, or set the variable")
    if place is None:
        return ok(about, "address", "understood; whether it answers shows when it is used")
    host, port = place
    try:
        async with asyncio.timeout(TIMEOUT):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
    except TimeoutError:
        return bad(about, "reach", f"{host}:{port} does not answer", "is it the right host?")
    except OSError as error:
        why = f"{host}:{port}: {error.strerror or error}"
        return bad(about, "reach", why, "is it the right host and port, and is it up?")
    return ok(about, "reach", f"{host}:{port} answers; nothing was sent")
