"""Keys in the order they were typed: each is done with before the next one is given out.

A person types faster than a field can take the focus. What follows a key that opens a field is
held and goes into that field; it must never act on the incident instead. Where a key decides about
production only fresh ones count: one that waited was typed at something else.
"""

import asyncio
from collections import deque
from functools import partial
from typing import Any

from textual import events
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui.failures import QuietApp

PATIENCE = 2.0
"""Seconds without any progress after which held keys are given up: what should have taken them did
not come."""

FRESH = 0.4
"""Seconds a key may have waited and still decide."""

LAPS = 3
"""Messages one after the other that a key may set going, before it has done what it does: enter in
a list is a key, then `opened`, then `incident chosen`."""

FIELDS = ("Input", "TextArea")
"""What a screen focuses by itself when it is opened to be typed into."""


class InOrder(QuietApp):
    """An app whose keys wait for one another, and for the field that one of them opens."""

    class Taken(Message):
        """Follows a key on its way up, and then each message that the key set going."""

        def __init__(self, lap: int) -> None:
            super().__init__()
            self.lap = lap

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._typed: deque[tuple[events.Key | events.Paste, float]] = deque()
        """what is held, and when it was typed"""
        self._given = 0
        self._turn: tuple[InOrder.Taken, Widget] | None = None
        """what follows the key that is on its way, and who was given the key"""
        self._field_comes = False
        self._guarded = False

    def field_comes(self) -> None:
        """A field is about to be opened: whatever is typed from now on is for that field."""
        self._field_comes = True

    def push_screen(self, screen: Any, *args: Any, **options: Any) -> Any:
        if isinstance(screen, Screen) and screen.AUTO_FOCUS in FIELDS:
            self.field_comes()
        return super().push_screen(screen, *args, **options)

    def pop_screen(self) -> Any:
        gone = self.screen
        popped = super().pop_screen()
        if self._turn is not None and self._turn[1] in (gone, *gone.walk_children()):
            self._turn = None  # what was given to a screen that went has acted
            self.call_later(self._give)
        return popped

    async def on_event(self, event: events.Event) -> None:
        typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if not typed or self._at_once(event):
            await super().on_event(event)
            return
        assert isinstance(event, events.Key | events.Paste)
        self._typed.append((event, asyncio.get_running_loop().time()))
        await self._give()
        self._guard()

    def _at_once(self, event: events.Event) -> bool:
        """Leaving and stopping wait for nothing."""
        if not self.screen_stack:
            return True
        if not isinstance(event, events.Key):
            return False
        chain = self.screen._binding_chain
        bound = [one for _, own in chain for one in own.key_to_bindings.get(event.key, ())]
        return any(one.priority for one in bound)

    async def _give(self) -> None:
        """Give out the next key, unless the one before is still on its way."""
        while self._typed and not self._field_comes and not self._on_its_way:
            (event, at), target = self._typed.popleft(), self.focused or self.screen
            self._given += 1
            if self._decides and asyncio.get_running_loop().time() - at > FRESH:
                continue
            await super().on_event(event)
            self._follow(target)

    @property
    def _decides(self) -> bool:
        """Whether a key may decide where it would go now; what a field takes is only text."""
        field = self.focused
        text = field is not None and field.check_consume_key("x", "x")
        return bool(getattr(self.screen, "DECIDES", False)) and not text

    def _follow(self, target: Widget, lap: int = 1) -> None:
        follows = self.Taken(lap)
        self._turn = (follows, target) if target.post_message(follows) else None

    @property
    def _on_its_way(self) -> bool:
        """True while a key may still act; one whose widget is gone cannot."""
        return self._turn is not None and self._turn[1].is_attached

    async def on_in_order_taken(self, message: Taken) -> None:
        if self._turn is None or message is not self._turn[0]:
            return
        target, lap = self._turn[1], message.lap + 1
        self._turn = None
        if lap <= LAPS:
            self._follow(target, lap)
        await self._give()

    async def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        field = self.focused
        if self._field_comes and field is not None and field.check_consume_key("x", "x"):
            self._field_comes = False
            await self._give()

    def _guard(self) -> None:
        """Look after held keys, once they have waited for long."""
        if self._typed and not self._guarded:
            self._guarded = True
            self.set_timer(PATIENCE, partial(self._look_after, self._given), name="keys")

    def _look_after(self, given: int) -> None:
        """Give them up where nothing has moved since `given` keys had been given out."""
        self._guarded = False
        if self._typed and given == self._given:
            self._give_up()
        self._guard()

    def _give_up(self) -> None:
        """What they were typed for did not come: so late they must not act on anything else."""
        self._field_comes = False
        self._typed.clear()
        self._turn = None
