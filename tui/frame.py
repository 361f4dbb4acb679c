"""One clock for all painting: text comes at any rate, panes are painted a few times a second.

Two dirty panes a tick, the focused one first and then the one that has waited longest: that keeps a
key press within one frame while eight agents stream. A terminal that does not take a frame before
the next one is due gets half as many, down to a floor, and all of them again once it keeps up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from textual.message_pump import MessagePump
from textual.timer import Timer

FRAMES_PER_SECOND = 20
SLOWEST = 2.0
"""Frames a second that the slowest terminal is still offered."""

STEPS_A_SECOND = 4
"""What is read and what ages is looked at this often at least, however few frames are wanted."""

PANES_A_TICK = 2

KEPT_UP = 10
"""Frames in a row that the terminal must take in time before it is offered twice as many."""


class Painted(Protocol):
    """What the clock paints: something that gathers text and shows it when told."""

    @property
    def has_focus(self) -> bool: ...

    def flush(self) -> None:
        """Show everything gathered so far."""


@dataclass(slots=True)
class _Step:
    """Something done every so often, and how long ago it was."""

    do: Callable[[], None]
    seconds: float
    passed: float = 0.0

    def due(self, interval: float) -> bool:
        """One more tick of that length has passed."""
        self.passed += interval
        if self.passed < self.seconds - 1e-6:
            return False
        self.passed = (self.passed - self.seconds) if self.seconds else 0.0
        return True


class FrameClock:
    """The shared ticker of one screen."""

    def __init__(self, budget: int = PANES_A_TICK, fps: int = FRAMES_PER_SECOND) -> None:
        self.ticks = 0
        self.fps = fps
        self.behind: Callable[[], bool] = lambda: False
        """whether the terminal has not taken the last frame yet"""
        self.failed: Callable[[Exception], None] | None = None
        """told of an error in a step or a pane, which costs the others nothing; None lets it out"""
        self._slower = 1
        """1, 2, 4, ...: what the frames are divided by for a terminal that does not keep up"""
        self._in_time = 0
        self._budget = budget
        self._dirty: dict[int, Painted] = {}
        self._steps: list[_Step] = []
        self._timer: Timer | None = None

    def start(self, owner: MessagePump) -> None:
        """Tick for as long as `owner` is mounted."""
        self._timer = owner.set_interval(self._interval, self.tick, name="frame clock")

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    def each(self, step: Callable[[], None]) -> None:
        """Call `step` at every tick, before anything is painted."""
        self.every(0.0, step)

    def every(self, seconds: float, step: Callable[[], None]) -> None:
        """Call `step` at the first tick after that long."""
        self._steps.append(_Step(step, seconds))

    def dirty(self, pane: Painted) -> None:
        """`pane` has something new to show; asking again before it was painted costs nothing."""
        self._dirty.setdefault(id(pane), pane)

    @property
    def waiting(self) -> int:
        """How many panes have something that is not on the screen yet."""
        return len(self._dirty)

    @property
    def rate(self) -> float:
        """Frames a second that are offered now."""
        return self.fps / self._slower

    @property
    def _ticks_a_frame(self) -> int:
        """How many ticks it takes to a frame when every frame is taken in time."""
        return -(-STEPS_A_SECOND // self.fps)

    @property
    def _interval(self) -> float:
        return 1 / (self.fps * self._ticks_a_frame)

    def tick(self) -> None:
        self.ticks += 1
        for step in self._steps:
            if step.due(self._interval):
                self._survive(step.do)
        if self.ticks % (self._ticks_a_frame * self._slower) == 0:
            self._adapt()
            self._paint(self._budget)

    def drain(self) -> None:
        """Paint everything now: after a seek the whole screen must agree."""
        self._paint(len(self._dirty))

    def _adapt(self) -> None:
        """Half as many frames when the last one is not out yet; twice as many after a while."""
        if self.behind():
            self._in_time = 0
            if self.rate / 2 >= SLOWEST:
                self._slower *= 2
        elif self._slower > 1:
            self._in_time += 1
            if self._in_time >= KEPT_UP:
                self._in_time, self._slower = 0, self._slower // 2

    def _paint(self, budget: int) -> None:
        if not self._dirty:
            return
        order = sorted(self._dirty.values(), key=lambda pane: not pane.has_focus)
        for pane in order[:budget]:
            del self._dirty[id(pane)]
            self._survive(pane.flush)

    def _survive(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            if self.failed is None:
                raise
            self.failed(error)
