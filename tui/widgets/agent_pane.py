"""One agent at work: a band, what it says and does, and whether it still does anything.

The pane is told its task and the time. Alone on the screen it lends most of its rows to a reader
of the finished messages, and its keys move that instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Region as Area
from textual.message import Message
from textual.strip import Strip

from orchestrator.model.records import Spent, Task
from tui.answering import details
from tui.citations import CitationChosen, cited_in
from tui.following import Following
from tui.ink import row
from tui.keys import LIST, PANE, REGION, bindings, labels_of
from tui.pane_bands import Condition, last_row, now_band, pane_band, strip_row
from tui.pane_text import PaneText
from tui.widgets.reader import Reader
from tui.widgets.text_pane import TextPane
from tui.wrapping import Run, wrap

STALL_SECONDS = 45.0
"""Silence of a working agent after which its pane says so."""

TASK_ROW_FROM, AIR_FROM = 8, 12
"""Rows a pane needs before it spends one on its task, and one more on a blank row under it."""

DETAILS_PART = 3
"""What is said of a task takes at most this part of the rows of its pane."""

LIVE_ROWS = 6
"""Rows of running text under a reader."""


class AgentPane(TextPane):
    """The pane of one task. One row high it is a strip: number, code, newest words, state."""

    DEFAULT_CSS = """
    AgentPane { background: $wr-surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(REGION, LIST, PANE)

    @dataclass
    class StopRequested(Message):
        """The person wants this agent to stop."""

        pane: "AgentPane"
        key: str

    @dataclass
    class SteerRequested(Message):
        """The person wants to tell this agent something."""

        pane: "AgentPane"
        key: str

    def __init__(self, number: int, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.number = number
        self.task_shown: Task | None = None
        self.now = 0.0
        self.alone = False
        """whether it has the screen for itself"""
        self._spent = Spent()
        self._models = False
        self._reader: Reader | None = None
        self._kept = (self.text, self.place)
        self._said: tuple[object, ...] = ()

    # --- what it is told --------------------------------------------------------------------------

    def show(self, task: Task, text: PaneText, now: float) -> None:
        """Show this task's text from now on."""
        if text is not self.text:
            self.take(text)
        self.task_shown = task
        self.tick(now)

    def bill(self, spent: Spent, models: bool) -> None:
        """What its task used, and whether anybody but the rules answers in this incident."""
        if (spent, models) != (self._spent, self._models):
            self._spent, self._models = spent, models
            self.tick(self.now)

    def tick(self, now: float) -> None:
        """Time passed: repaint the band, and the last row when what it says changed."""
        self.now = now
        condition = self.condition
        band = (condition.facts, condition.answering)
        said = (band, self._details(), self._status(), self.body_height)
        if said == self._said or not self.is_mounted:
            return
        status_changed = self._said[1:] != said[1:]
        self._said = said
        if status_changed:
            self.place.grown(self.text, self.body_height)
            self.refresh()
        else:
            self.refresh(Area(0, 0, self.size.width, 1))

    def changed(self) -> None:
        self.tick(self.now)

    def lend(self, reader: Reader | None) -> None:
        """Let a reader lie over most of this pane, or no longer.

        Meanwhile the pane follows; afterwards it stands where it stood before.
        """
        if reader is not None and self._reader is None:
            self.place.hold(self.text)
            self._kept = (self.text, self.place)
            self.place = Following()
        elif reader is None and self._reader is not None:
            text, place = self._kept
            self.place = place if text is self.text else Following()
        self._reader = reader
        self.refit()

    # --- state ------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self.task_shown is not None and self.task_shown.running

    @property
    def silent_for(self) -> float:
        """Seconds since the last sign of a working agent."""
        if self.task_shown is None or not self.running:
            return 0.0
        return max(0.0, self.now - max(self.text.last_at, self.task_shown.requested_at))

    @property
    def stalled(self) -> bool:
        return self.silent_for >= STALL_SECONDS

    @property
    def has_caret(self) -> bool:
        return self.running and not self.stalled

    @property
    def condition(self) -> Condition:
        """What the band and the last row say."""
        reader = self._reader
        return Condition(
            task=self.task_shown,
            now=self.now,
            silent_for=self.silent_for,
            stalled=self.stalled,
            loop=self.text.loop,
            following=self.following if reader is None else reader.following,
            unseen=self.unseen if reader is None else reader.unseen,
            spent=self._spent,
            models=self._models,
        )

    def head_of(self, height: int) -> int:
        """Rows of the band, the task, what is said of it, and the air under that."""
        if height < TASK_ROW_FROM:
            return 1
        return (3 if height >= AIR_FROM else 2) + len(self._details()[: height // DETAILS_PART])

    def _details(self) -> list[tuple[Run, ...]]:
        """Alone it also says who answered, for how much, why they had to, and what was dropped."""
        if not self.alone or self.task_shown is None:
            return []
        told = details(self.task_shown, self._spent, self._models)
        width = max(2, self.size.width - 2)
        return [row for text, token, _ in told for row in wrap([(text, token)], width, 2)]

    def reader_rows_of(self, height: int) -> int:
        """Rows under the head for a reader: all of a finished agent, most of one at work."""
        live = 1 + LIVE_ROWS if self.running else 1 if self._status() else 0
        return max(0, height - self.head_of(height) - live)

    @property
    def body_from(self) -> int:
        height = self.size.height
        head = self.head_of(height)
        return head if self._reader is None else head + self.reader_rows_of(height) + 1

    @property
    def body_height(self) -> int:
        return max(0, self.size.height - self.body_from - (1 if self._status() else 0))

    def _status(self) -> str:
        """What the last row says: nothing, while all is well."""
        if self.size.height < 4:
            return ""
        condition = self.condition
        return condition.trouble or ("" if condition.following else f"away {condition.unseen}")

    # --- painting ---------------------------------------------------------------------------------

    def line(self, y: int) -> Strip:
        width, height = self.size
        ink = self.ink
        title = self.task_shown.title if self.task_shown else ""
        if height == 1:
            words = self.text.last_line or self._summary or title
            return strip_row(ink, width, self.number, self.condition, words, self.has_focus)
        if y == 0:
            return pane_band(ink, width, self.number, self.condition, self.has_focus)
        if y == height - 1 and self._status():
            return last_row(ink, width, self.condition, labels_of(self.app))
        if y < self.body_from:
            if self._reader is not None and y == self.body_from - 1:
                return now_band(ink, width)
            if y == 1:
                return row(ink, width, [(title, ink("muted"))])
            told = self._details()[: height // DETAILS_PART][y - 2 : y - 1]
            return row(ink, width, [(text, ink(token)) for text, token in next(iter(told), ())])
        if not len(self.text) and y == self.body_from:
            return row(ink, width, [(self._summary, ink("text"))])
        return self.text_row(ink, y)

    @property
    def _summary(self) -> str:
        """What the report of a task without a transcript says."""
        summary = self.task_shown.report.get("summary") if self.task_shown else None
        return str(summary.get("text", "")) if isinstance(summary, Mapping) else ""

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        if self._reader is None:
            super().action_scroll(rows)
        else:
            self._reader.move(rows)

    def action_page(self, pages: int) -> None:
        if self._reader is None:
            super().action_page(pages)
        else:
            self._reader.move(pages * max(1, self._reader.size.height - 1))

    def action_top(self) -> None:
        if self._reader is None:
            super().action_top()
        else:
            self._reader.to_top()

    def action_follow(self) -> None:
        if self._reader is not None:
            self._reader.follow()
        super().action_follow()

    # --- asking -----------------------------------------------------------------------------------

    def action_stop_agent(self) -> None:
        if self.task_shown is not None:
            self.post_message(self.StopRequested(self, self.task_shown.key))

    def action_steer(self) -> None:
        if self.task_shown is not None:
            self.post_message(self.SteerRequested(self, self.task_shown.key))

    def action_open(self) -> None:
        """Go to the evidence cited in what is shown here."""
        rows = " ".join(f"{line.plain} {line.eid}" for line in self.shown_rows)
        cited = cited_in(rows) if self._reader is None else self._reader.cited()
        if cited:
            self.post_message(CitationChosen(tuple(cited)))
