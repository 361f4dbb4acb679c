"""The agents side by side: who has a pane, who has a strip, and where each of them is.

A task keeps its number while it is shown. The text of every task is kept here, so that a pane which
changes hands, or opens from a strip, shows everything at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult, RenderResult
from textual.content import Content
from textual.geometry import NULL_OFFSET, Region, Size, Spacing
from textual.layout import Layout, WidgetPlacement
from textual.message import Message
from textual.widget import Widget

from orchestrator.journal.transcript import Line
from orchestrator.model.records import Task
from orchestrator.model.spending import models_asked, of_task
from orchestrator.model.state import State
from tui.failures import Enduring
from tui.frame import FRAMES_PER_SECOND, FrameClock
from tui.keys import labels_of
from tui.pane_text import PaneText
from tui.tiling import tile, wanted
from tui.widgets.agent_pane import AgentPane
from tui.widgets.reader import STEP_SECONDS, Reader

SLOTS = 8
TICKS_A_MESSAGE = int(STEP_SECONDS * FRAMES_PER_SECOND)


class PaneLayout(Layout):
    """Asks the grid where its panes go; widget order and styles do not matter."""

    name = "panes"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> list[WidgetPlacement]:
        assert isinstance(parent, PaneGrid)
        regions = parent.regions(size)
        return [
            WidgetPlacement(regions[child], NULL_OFFSET, Spacing(), child)
            for child in children
            if child in regions
        ]


BRIEF = ("page",)
"""Kinds of work that say nothing to watch: the timeline has them."""


class PaneGrid(Enduring, Widget):
    """Up to eight agents; those without room are one-row strips, opened by their number."""

    DEFAULT_CSS = """
    PaneGrid { width: 1fr; height: 1fr; background: $wr-background; color: $wr-muted; }
    """

    @dataclass
    class Changed(Message):
        """Other agents are shown than before."""

        count: int

    def __init__(self, clock: FrameClock, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.panes = [AgentPane(number) for number in range(1, SLOTS + 1)]
        self.gap = 1
        self.zoomed = False
        self.reader = Reader(id="reader")
        self._read_area = Region()
        self.texts: dict[str, PaneText] = {}
        self._pane_layout = PaneLayout()
        self._clock = clock
        self._holders: list[str] = [""] * SLOTS
        self._chosen: list[int] = []
        self._finished_chosen = ""
        """the task that was asked for when it had already finished: somebody reads it"""
        self._open: list[int] = []
        self._tasks: dict[str, Task] = {}

    def compose(self) -> ComposeResult:
        for pane in self.panes:
            pane.display = False
            yield pane
        self.reader.display = False
        yield self.reader

    def on_mount(self) -> None:
        self._clock.each(self._read)

    @property
    def layout(self) -> Layout:
        return self._pane_layout

    def render(self) -> RenderResult:
        return Content("" if self._used else " no agent at work yet")

    # --- what it is told --------------------------------------------------------------------------

    def reset(self) -> None:
        """Everything shown is void: another moment of the incident follows."""
        for text in self.texts.values():
            text.clear()
            text.attempt = 0
        self._tasks.clear()

    def apply(self, state: State, lines: Mapping[str, Sequence[Line]], now: float) -> None:
        """Take the tasks as they are, and what their agents said."""
        before = [(key, self._tasks[key].running) for key in self._holders if key in self._tasks]
        self._tasks = {key: task for key, task in state.tasks.items() if task.kind not in BRIEF}
        for key, new in lines.items():
            self._text(key).feed(new)
        for slot, key in enumerate(self._holders):
            if key and key not in self._tasks:
                self._holders[slot] = ""
        for key, task in self._tasks.items():
            if key not in self._holders and self._may_enter(task):
                self._holders[self._free_slot()] = key
        models = models_asked(state)
        for slot, key in enumerate(self._holders):
            if not key:
                continue
            pane, task = self.panes[slot], self._tasks[key]
            pane.bill(of_task(state, task), models)
            text = self._text(key)
            if task.attempt > text.attempt:
                text.clear()
                text.attempt = task.attempt
            if pane.task_shown is not task or pane.text is not text:
                pane.show(task, text, now)
            if text.unsettled:
                self._clock.dirty(pane)
        after = [(key, self._tasks[key].running) for key in self._holders if key]
        if before != after:
            self._rearrange()
            self.post_message(self.Changed(len(self._used)))

    def _text(self, key: str) -> PaneText:
        if key not in self.texts:
            self.texts[key] = PaneText(labels=labels_of(self.app))
        return self.texts[key]

    def tick(self, now: float) -> None:
        """Time passed."""
        for slot in self._used:
            self.panes[slot].tick(now)
        reads = self._read_pane() is not None
        moved = reads and self._reader_area(self.size) != self._read_area
        if self.zoomed and (moved or reads != self.reader.display):
            self._rearrange()

    def _read(self) -> None:
        """Now and then, while one agent is alone: its next finished message."""
        if self._clock.ticks % TICKS_A_MESSAGE == 0:
            self._read_on()

    def _read_pane(self) -> AgentPane | None:
        """The agent alone on the screen, when it has said anything."""
        shown = self.shown() if self.zoomed else []
        return shown[0] if shown and len(shown[0].text) else None

    def _read_on(self) -> None:
        if (pane := self._read_pane()) is not None:
            self.reader.step(pane.text, pane.running)

    # --- who is shown -----------------------------------------------------------------------------

    @property
    def _used(self) -> list[int]:
        return [slot for slot, key in enumerate(self._holders) if key]

    @property
    def working(self) -> int:
        """How many of the agents shown are at work."""
        return sum(1 for slot in self._used if self._tasks[self._holders[slot]].running)

    def key_of(self, number: int) -> str:
        """The task shown under a number; empty when there is none."""
        return self._holders[number - 1] if 1 <= number <= SLOTS else ""

    def pane_of(self, key: str) -> AgentPane | None:
        return self.panes[self._holders.index(key)] if key in self._holders else None

    def _may_enter(self, task: Task) -> bool:
        """A finished task takes no place from a later one."""
        if "" in self._holders:
            return True
        oldest = min(self._tasks[key].requested_at for key in self._holders)
        return task.running or task.requested_at > oldest

    def _free_slot(self) -> int:
        """The first free number, or that of the agent that finished longest ago."""
        if "" in self._holders:
            return self._holders.index("")
        return min(
            range(SLOTS),
            key=lambda slot: (
                self._tasks[self._holders[slot]].running,
                self._tasks[self._holders[slot]].finished_at,
            ),
        )

    def open(self, number: int) -> AgentPane | None:
        """Open and focus the pane with this number; None when nobody has it."""
        if not self.key_of(number):
            return None
        slot = number - 1
        self._chosen = [slot, *(s for s in self._chosen if s != slot)][:SLOTS]
        key = self._holders[slot]
        self._finished_chosen = "" if self._tasks[key].running else key
        if slot not in self._open or self.zoomed:
            self._rearrange()
        self.panes[slot].focus(scroll_visible=False)
        return self.panes[slot]

    def focused_pane(self) -> AgentPane | None:
        return next((pane for pane in self.panes if pane.has_focus), None)

    def shown(self) -> list[AgentPane]:
        """Open panes in the order of their numbers."""
        return [self.panes[slot] for slot in self._open]

    def _rank(self, slot: int) -> tuple[bool, bool, bool, bool, bool, float]:
        """Who gets a pane first: who is read, was asked for, works, has said something.

        One that finished while it had the focus keeps the focus, but gives its place to one that
        works, unless somebody scrolled back in it or asked for it since.
        """
        task, pane = self._tasks[self._holders[slot]], self.panes[slot]
        text = self.texts.get(task.key)
        said = text is not None and (len(text) > 0 or text.unsettled)
        asked = slot in self._chosen[:1]
        wanted = task.running or task.key == self._finished_chosen
        read = pane.has_focus and (wanted or not pane.following)
        looked_at = asked if self.zoomed else read
        at_hand = asked or pane.has_focus
        return (looked_at, asked and wanted, task.running, at_hand, said, task.requested_at)

    def _choose(self, size: Size) -> list[int]:
        used = self._used
        running = self.working
        count = 1 if self.zoomed else wanted(running, len(used), size.width, size.height, self.gap)
        return sorted(sorted(used, key=self._rank, reverse=True)[:count])

    def _rearrange(self) -> None:
        self._open = self._choose(self.size)
        for slot, pane in enumerate(self.panes):
            pane.display = bool(self._holders[slot]) and (not self.zoomed or slot in self._open)
        read = self._read_pane()
        for slot, pane in enumerate(self.panes):
            pane.alone = self.zoomed and slot in self._open
            pane.lend(self.reader if pane is read else None)
        self.reader.display = read is not None
        for pane in self.shown()[:1]:
            pane.refresh(layout=True)  # a child's wish, because it is its parent that arranges anew
        self.refresh()

    def on_resize(self) -> None:
        if self._choose(self.size) != self._open:
            self._rearrange()

    def set_zoom(self, zoomed: bool) -> None:
        """One agent alone with all its messages, or all of them."""
        if zoomed == self.zoomed:
            return
        self.zoomed = zoomed
        if (pane := self.focused_pane()) is not None:
            self._chosen = [pane.number - 1, *self._chosen][:SLOTS]
        self._rearrange()
        if zoomed:
            self._read_on()
        else:
            self.reader.close()

    def _reader_area(self, size: Size) -> Region:
        """Where the finished messages of an agent alone go: over its pane, under its head."""
        pane = self.shown()[0]
        head, rows = pane.head_of(size.height), pane.reader_rows_of(size.height)
        return Region(0, head, size.width, rows)

    def regions(self, size: Size) -> dict[Widget, Region]:
        """Where each pane goes in this size."""
        strips = [] if self.zoomed else [slot for slot in self._used if slot not in self._open]
        order = [*self._open, *strips]
        places = tile(len(self._open), len(strips), size.width, size.height, self.gap)
        regions: dict[Widget, Region] = {
            self.panes[slot]: place for slot, place in zip(order, places, strict=True)
        }
        if self._read_pane() is not None:
            regions[self.reader] = self._read_area = self._reader_area(size)
        return regions
