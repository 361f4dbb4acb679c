"""One agent at work: a band, what it says and does, and whether it still does anything.

Painted by the line from `PaneText` with its own scroll position, so that text at any rate costs no
layout. The pane is told its task and time; only the frame clock makes it show new text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Region as Area
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from orchestrator.clock import span
from orchestrator.journal.transcript import Line
from orchestrator.model.state import Task
from tui.citations import CitationChosen, cited_in
from tui.failures import Enduring, Mishap, failure_row
from tui.glyphs import CARET, PULSE, role_code
from tui.ink import Ink, Piece, band, blank_row, cut, ink_of, row, selected, width_of
from tui.keys import LIST, PANE, REGION, bindings
from tui.pane_text import PaneRow, PaneText

STALL_SECONDS = 45.0
"""Silence of a working agent after which its pane says so."""

TASK_ROW_FROM, AIR_FROM = 8, 12
"""Rows a pane needs before it spends one on its task, and one more on a blank row under it."""


class AgentPane(Enduring, Widget, can_focus=True):
    """The pane of one task. One row high it is a strip: number, code, newest words, state."""

    DEFAULT_CSS = """
    AgentPane { background: $wr-surface; }
    """
    ALLOW_SELECT = True
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
        self.text = PaneText()
        self.following = True
        self.top = 0
        self.now = 0.0
        self._cache: dict[int, Strip] = {}
        self._cache_key: tuple[object, ...] = ()
        self._seen = 0
        self._painted: tuple[object, ...] = ()
        self._mishap = Mishap()

    # --- what it is told --------------------------------------------------------------------------

    def show(self, task: Task, text: PaneText, now: float) -> None:
        """Show this task's text from now on."""
        if text is not self.text:
            self.text = text
            self.following = True
            self._cache.clear()
            self.flush()
        self.task_shown = task
        self.tick(now)

    def feed(self, lines: Iterable[Line]) -> None:
        """More of what the agent said; shown at the next `flush`."""
        self.text.feed(lines)

    def flush(self) -> None:
        """Settle what came and show it; a text that cannot be shown costs this pane alone."""
        try:
            self._flush()
        except Exception as error:
            self._mishap.text_failed(self.app, error, min(1, self.size.height - 1))
            self.refresh()
        else:
            if self._mishap.text_taken():
                self.refresh()

    def _flush(self) -> None:
        width = self._text_width
        if width != self.text.width:
            self.text.rewrap(width)
        before, version, settled = len(self.text), self.text.version, self.text.settled_rows
        self.text.settle()
        if self.following:
            self._seen = len(self.text)
        top = self._tail_top() if self.following else max(self.top, self.text.dropped)
        moved = top != self.top or version != self.text.version
        self.top = top
        for number in [n for n in self._cache if n >= settled]:
            del self._cache[number]
        if moved:
            self._cache = {n: s for n, s in self._cache.items() if n >= top - 200}
            self.refresh()
        elif self.size.height == 1:
            self.refresh()
        else:
            first = max(0, min(settled, before) - 1 - self.top) + self._body_from
            self.refresh(Area(0, first, self.size.width, max(0, self.size.height - first)))

    def tick(self, now: float) -> None:
        """Time passed: repaint the band, and the last row when what it says changed."""
        self.now = now
        painted = (self._facts(), self._status(), self._body_height)
        if painted == self._painted or not self.is_mounted:
            return
        status_changed = self._painted[1:] != painted[1:]
        self._painted = painted
        if status_changed:
            if self.following:
                self.top = self._tail_top()
            self.refresh()
        else:
            self.refresh(Area(0, 0, self.size.width, 1))

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
    def unseen(self) -> int:
        """Rows that came since the person scrolled away."""
        return max(0, len(self.text) - self._seen)

    @property
    def _text_width(self) -> int:
        """Cells of a row of text; a pane that is a strip, or not shown, keeps what it had."""
        width, height = self.size
        return max(2, width - 2) if height > 1 and width > 2 else self.text.width

    @property
    def _body_from(self) -> int:
        height = self.size.height
        return 3 if height >= AIR_FROM else 2 if height >= TASK_ROW_FROM else 1

    @property
    def _body_height(self) -> int:
        return max(0, self.size.height - self._body_from - (1 if self._status() else 0))

    def _tail_top(self) -> int:
        return max(self.text.dropped, len(self.text) - self._body_height)

    def _status(self) -> str:
        """What the last row says: nothing, while all is well."""
        if self.size.height < 4:
            return ""
        if not self.following:
            return f"away {self.unseen}"
        return f"stalled {int(self.silent_for)}" if self.stalled else ""

    # --- painting ---------------------------------------------------------------------------------

    @property
    def ink(self) -> Ink:
        return ink_of(self.app)

    def render_line(self, y: int) -> Strip:
        """One row; one that cannot be painted costs this pane alone, which then says why."""
        try:
            line = self._line(y)
        except Exception as error:
            self._mishap.row_failed(self.app, error, y)
            line = blank_row(self.ink, self.size.width)
        else:
            self._mishap.row_painted(y)
        if y == self._mishap.row:
            return failure_row(self.ink, self.size.width, self._mishap.words)
        return line

    def _line(self, y: int) -> Strip:
        width, height = self.size
        ink = self.ink
        if height == 1:
            return self._strip(ink, width)
        if y == 0:
            return self._band(ink, width)
        if y < self._body_from:
            title = self.task_shown.title if self.task_shown and y == 1 else ""
            return row(ink, width, [(title, ink("muted"))])
        if y == height - 1 and self._status():
            return self._last_row(ink, width)
        return self._text_row(ink, width, self.top + y - self._body_from)

    def _facts(self) -> tuple[tuple[str, str, bool], ...]:
        """The right end of the band: (text, token, bold)."""
        task = self.task_shown
        if task is None:
            return ()
        if task.running:
            elapsed = span(self.now - task.requested_at)
            if task.stop_requested:
                return (("▲ stopping ", "warn", True), (elapsed, "bright", False))
            if self.stalled:
                return (("▲ stalled ", "warn", True), (span(self.silent_for), "bright", False))
            pulse = PULSE[int(self.now * 2) % len(PULSE)]
            return ((elapsed, "bright", False), (f" {pulse}", "accent", False))
        took = span(task.finished_at - task.requested_at)
        if task.outcome == "done":
            return (("✓ done ", "muted", False), (took, "muted", False))
        word = {"failed": "× failed ", "stopped": "× stopped "}.get(task.outcome, "▲ unknown ")
        return ((word, "breach" if word[0] == "×" else "warn", True), (took, "muted", False))

    def _fact_pieces(self, ink: Ink, on: str) -> list[Piece]:
        return [(text, ink(token, on, bold=bold)) for text, token, bold in self._facts()]

    def _band(self, ink: Ink, width: int) -> Strip:
        on = "focus-band" if self.has_focus else "panel"
        task = self.task_shown
        name_token = "accent" if self.has_focus else "text"
        title: list[Piece] = [(f"{self.number} ", ink(name_token, on, bold=True))]
        if task is not None:
            code = role_code(task.role)
            hue = title[0][1] if self.has_focus else ink.role(code, on)
            title += [(f"{code} ", hue), (task.role, title[0][1])]
        return band(ink, width, title, self._fact_pieces(ink, on), focused=self.has_focus)

    def _strip(self, ink: Ink, width: int) -> Strip:
        """The one-row form."""
        on = "focus-band" if self.has_focus else "panel"
        task = self.task_shown
        left: list[Piece] = [(f"{self.number} ", ink("text", on, bold=True))]
        if task is not None:
            code = role_code(task.role)
            left.append((f"{code}  ", ink.role(code, on)))
            left.append((self.text.last_line or self._summary or task.title, ink("muted", on)))
        facts = self._fact_pieces(ink, on)
        room = width - 3 - width_of(facts) - 1
        shown = cut(left, room)
        return row(ink, width, shown, facts, on=on, edge=CARET if self.has_focus else "")

    def _last_row(self, ink: Ink, width: int) -> Strip:
        if not self.following:
            left: list[Piece] = [("not following", ink("muted"))]
            fresh: list[Piece] = []
            if self.unseen:
                fresh = [(f" ↓ {self.unseen} new ", ink("text", "focus-band", bold=True))]
            keys: list[Piece] = [(" end", ink("accent", bold=True)), (" follow", ink("muted"))]
            return row(ink, width, left, [*fresh, *keys])
        words = f"▲ no output for {int(self.silent_for)} s   "
        pieces: list[Piece] = [(words, ink("warn"))]
        for key, word in (("x", " stop  "), ("s", " steer")):
            pieces += [(key, ink("accent", bold=True)), (word, ink("muted"))]
        return row(ink, width, pieces)

    @property
    def _summary(self) -> str:
        """What the report of a task without a transcript says."""
        summary = self.task_shown.report.get("summary") if self.task_shown else None
        return str(summary.get("text", "")) if isinstance(summary, Mapping) else ""

    def _text_row(self, ink: Ink, width: int, number: int) -> Strip:
        if not len(self.text) and number == 0 and self._summary:
            return row(ink, width, [(self._summary, ink("text"))])
        key = (width, id(ink), id(self.text), self.text.version)
        if key != self._cache_key:
            self._cache.clear()
            self._cache_key = key
        strip = self._cache.get(number)
        if strip is None:
            caret = (
                self.running and self.following and not self.stalled
                and number == len(self.text) - 1
                and self.text.row(number).kind == "say"
            )  # fmt: skip
            strip = self._paint(ink, width, self.text.row(number), caret)
            if number < self.text.settled_rows and not caret:
                self._cache[number] = strip
        relative = number - self.text.dropped
        selection = self.text_selection
        if selection is not None and (span_ := selection.get_span(relative)) is not None:
            strip = selected(ink, strip, *span_)
        return strip.apply_offsets(0, relative)

    def _paint(self, ink: Ink, width: int, line: PaneRow, caret: bool) -> Strip:
        right: list[Piece] = []
        if line.eid and line.kind == "call":
            right.append((line.eid, ink("accent")))
            if line.took >= 0:
                right.append((f"  {line.took:.1f}s".rjust(6), ink("muted")))
        left: list[Piece] = [
            (text, ink(token.rstrip("*"), bold=token.endswith("*"))) for text, token in line.runs
        ]
        if right:
            left = cut(left, width - 3 - width_of(right))
        if caret:
            left.append((CARET, ink("accent")))
        return row(ink, width, left, right) if left or right else blank_row(ink, width)

    # --- moving -----------------------------------------------------------------------------------

    def action_scroll(self, rows: int) -> None:
        self._move(self.top + rows)

    def action_page(self, pages: int) -> None:
        self._move(self.top + pages * max(1, self._body_height - 1))

    def action_top(self) -> None:
        self._move(self.text.dropped)

    def action_follow(self) -> None:
        self.following = True
        self._seen = len(self.text)
        self.top = self._tail_top()
        self.tick(self.now)
        self.refresh()

    def _move(self, top: int) -> None:
        """Scrolling away stops following; arriving at the end does not silently start it again."""
        top = max(self.text.dropped, min(top, self._tail_top()))
        if top < self._tail_top() and self.following:
            self.following = False
            self._seen = len(self.text)
        elif top >= self._tail_top() and not self.following:
            self.action_follow()
            return
        self.top = top
        self.tick(self.now)
        self.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move(self.top - 3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move(self.top + 3)

    def on_resize(self, event: events.Resize) -> None:
        """Keep what is being read in view: the tail, or the same share of the text."""
        share = self.top / max(1, len(self.text))
        if self._text_width != self.text.width and self.size.height > 1:
            self.text.rewrap(self._text_width)
            if not self.following:
                self.top = int(share * len(self.text))
        if self.following:
            self.top = self._tail_top()
            self._seen = len(self.text)
        self.top = max(self.text.dropped, min(self.top, self._tail_top()))
        self.refresh()

    def watch_has_focus(self, value: bool) -> None:
        super().watch_has_focus(value)
        self.refresh(Area(0, 0, self.size.width, 1))

    # --- asking -----------------------------------------------------------------------------------

    def action_stop_agent(self) -> None:
        if self.task_shown is not None:
            self.post_message(self.StopRequested(self, self.task_shown.key))

    def action_steer(self) -> None:
        if self.task_shown is not None:
            self.post_message(self.SteerRequested(self, self.task_shown.key))

    def action_open(self) -> None:
        """Go to the evidence cited in what is shown here."""
        shown = (self.text.row(self.top + n) for n in range(self._body_height))
        if cited := cited_in(" ".join(f"{line.plain} {line.eid}" for line in shown)):
            self.post_message(CitationChosen(tuple(cited)))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        text = "\n".join(f" {line}" for line in self.text.plain().split("\n"))
        return selection.extract(text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()
