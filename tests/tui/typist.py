"""Keys as fast as they come: straight into the console's queue, without waiting between them."""

import asyncio
from typing import Any

from textual import events
from textual.app import App

CALM = 6
"""Turns of the event loop in which nothing moves, after which nothing will."""

LIMIT = 30.0
"""Seconds in which a console comes to rest on the slowest machine, or never does."""


def types(app: App[Any], *keys: str) -> None:
    """Into the queue, whatever the console is at."""
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        app.post_message(event.set_sender(app))


def pastes(app: App[Any], text: str) -> None:
    """As the terminal hands over what was pasted."""
    app.post_message(events.Paste(text).set_sender(app))


async def quiet(app: App[Any]) -> None:
    """Everything that was typed or told has been worked off."""
    taken = asyncio.Event()
    app.call_later(taken.set)  # queued behind the keys
    await taken.wait()
    calm, latest = 0, asyncio.get_running_loop().time() + LIMIT
    while calm < CALM:
        assert asyncio.get_running_loop().time() < latest, "messages that beget messages"
        await asyncio.sleep(0)
        pumps = (app, *app.screen_stack, *app.screen.walk_children())
        calm = 0 if any(pump.message_queue_size for pump in pumps) else calm + 1
