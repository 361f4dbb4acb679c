"""One clock for all painting: text comes at any rate, panes are painted at most 20 times a second.

Two dirty panes a tick, the focused one first and then the one that has waited longest: that keeps a
key press within one frame while eight agents stream.
"""

from collections.abc import Callable
from typing import Protocol

from textual.message_pump import MessagePump
from textual.timer import Timer

FRAMES_PER_SECOND = 20
PANES_A_TICK = 2


class Painted(Protocol):
    """What the clock paints: something that gathers text and shows it when told."""

    @property
    def has_focus(self) -> bool: ...

    def flush(self) -> None:
        """Show everything gathered so far."""


class FrameClock:
    """The shared ticker of one screen."""

    def __init__(self, budget: int = PANES_A_TICK) -> None:
        self.ticks = 0
        self._budget = budget
        self._dirty: dict[int, Painted] = {}
        self._each: list[Callable[[], None]] = []
        self._timer: Timer | None = None

    def start(self, owner: MessagePump) -> None:
        """Tick for as long as `owner` is mounted."""
        self._timer = owner.set_interval(1 / FRAMES_PER_SECOND, self.tick, name="frame clock")

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    def each(self, step: Callable[[], None]) -> None:
        """Call `step` at every tick, before anything is painted."""
        self._each.append(step)

    def dirty(self, pane: Painted) -> None:
        """`pane` has something new to show; asking again before it was painted costs nothing."""
        self._dirty.setdefault(id(pane), pane)

    @property
    def waiting(self) -> int:
        """How many panes have something that is not on the screen yet."""
        return len(self._dirty)

    def tick(self) -> None:
        self.ticks += 1
        for step in self._each:
            step()
        self._paint(self._budget)

    def drain(self) -> None:
        """Paint everything now: after a seek the whole screen must agree."""
        self._paint(len(self._dirty))

    def _paint(self, budget: int) -> None:
        if not self._dirty:
            return
        order = sorted(self._dirty.values(), key=lambda pane: not pane.has_focus)
        for pane in order[:budget]:
            del self._dirty[id(pane)]
            pane.flush()
