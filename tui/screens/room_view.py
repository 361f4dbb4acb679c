"""What the war room shows: its regions, how they are laid out, and what each is given.

Everything comes in as batches from a feed, live or replayed. Keys and commands are not here.
"""

from collections.abc import Iterable
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget
from textual.worker import get_current_worker

from orchestrator.client import HERE_SECONDS
from orchestrator.clock import Clock, WallClock
from tui.alarms import Watching
from tui.failures import QuietApp, said, survive
from tui.feed import Batch, Entry, Feed
from tui.frame import FrameClock
from tui.keys import ACT, CONSOLE, PANE, WAR_ROOM
from tui.notices import Health, notice_of
from tui.plot_marks import marks
from tui.presence import Company
from tui.runner_link import RunnerLink
from tui.screens.speaking import Speaking
from tui.widgets.agent_pane import AgentPane
from tui.widgets.approval_queue import ApprovalQueue, waiting
from tui.widgets.banner import Banner
from tui.widgets.command_line import CommandLine
from tui.widgets.deadline_strip import DeadlineStrip
from tui.widgets.footer import KeyFooter
from tui.widgets.header import NARROW, Header
from tui.widgets.hypotheses import Hypotheses
from tui.widgets.ladder import Ladder
from tui.widgets.pane_grid import PaneGrid
from tui.widgets.questions import Questions
from tui.widgets.signals import Signals
from tui.widgets.steps import Steps
from tui.widgets.tabs import Tab, TabRow
from tui.widgets.timeline import Timeline

WIDE_FROM, TINY_UNTIL = 160, 9
POLL_SECONDS, BEAT_SECONDS = 0.1, 0.5
TABS = ("agents", "timeline", "approvals", "steps", "questions")


class RoomView(Speaking, inherit_bindings=False):
    """One incident on one screen, from a feed."""

    AUTO_FOCUS = ""
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, WAR_ROOM, ACT, PANE)

    def __init__(
        self, feed: Feed, link: RunnerLink | None = None, clock: Clock | None = None
    ) -> None:
        super().__init__()
        self.feed = feed
        self.link = link
        self.incident = feed.incident
        self.clock: Clock = clock or WallClock()
        self.health = Health()
        self.company = Company()
        self._since = self.clock.now()
        self._announced = -HERE_SECONDS
        self._announcing = False
        self._failures: set[str] = set()
        self._was_down = False
        self.frames = FrameClock()
        self.grid = PaneGrid(self.frames, id="centre")
        self.tab = "agents"
        self._trouble = ""
        self._review_read = False
        self._return_to: Widget | None = None
        self._loaded = False
        self._questions_height = -1

    # --- layout -----------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        # before there is anything inside: each class set later styles the whole screen again
        self._arrange(self.app.size.width, self.app.size.height)
        yield Header(id="header")
        yield DeadlineStrip(id="strip")
        yield Banner(id="banner")
        yield TabRow(id="tabs")
        with Container(id="body"):
            with Container(id="left"):
                yield Steps(id="steps")
                yield Ladder(id="ladder")
                yield Hypotheses(id="hypotheses")
                yield Signals(id="signals")
            yield self.grid
            with Container(id="right"):
                yield Timeline(id="timeline")
                yield ApprovalQueue(id="approvals")
                yield Questions(id="questions")
        yield from self.compose_bottom()

    def compose_bottom(self) -> Iterable[Widget]:
        """The rows below the regions; a replay has its own."""
        yield CommandLine(id="command")
        yield KeyFooter(self.CONTEXTS, id="footer")

    def on_mount(self) -> None:
        self.frames.every(POLL_SECONDS, self._poll)
        self.frames.every(BEAT_SECONDS, self.beat)
        self.frames.failed = self.failed
        if isinstance(self.app, QuietApp):
            app = self.app
            self.frames.fps, self.frames.behind = app.fps, lambda: app.behind
        self.frames.start(self)
        self.load()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width, event.size.height)

    def _arrange(self, width: int, height: int) -> None:
        if width < NARROW and not self.has_class("-narrow"):
            self.tab = self._tab_of(self.focused)
        self.set_class(width < NARROW, "-narrow")
        self.set_class(width >= WIDE_FROM, "-wide")
        compact = self.app.has_class("-compact")
        self.set_class(compact, "-compact")
        self.set_class(height < TINY_UNTIL, "-tiny")
        self.grid.gap = 0 if compact else 1
        self._show_tab(self.tab)

    def _tab_of(self, focused: Widget | None) -> str:
        """Where the focus is found again when columns become tabs."""
        if isinstance(focused, Timeline):
            return "timeline"
        return "approvals" if isinstance(focused, ApprovalQueue) else "agents"

    def _show_tab(self, tab: str) -> None:
        self.tab = tab
        for name in TABS:
            self.set_class(name == tab, f"-tab-{name}")
        self._tell_tabs()

    # --- what happens -----------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="load", exit_on_error=False)
    def load(self) -> None:
        """Read what there is so far: a long journal must not hold up the first frame."""
        worker = get_current_worker()
        batch = self.feed.poll()
        self.app.call_from_thread(self._first, batch)
        for entries in self.feed.earlier():
            if worker.is_cancelled:
                break
            self.app.call_from_thread(self._earlier, entries)

    def _earlier(self, entries: list[Entry]) -> None:
        if self.is_attached:
            self.query_one(Timeline).before(entries)

    def _first(self, batch: Batch) -> None:
        self._loaded = True
        self.apply(batch)
        self._watch_signals()  # the state may be there without an event: it came from a snapshot
        self.show_state()
        shown = self.grid.shown()
        if shown and self.focused is None:
            shown[0].focus(scroll_visible=False)

    def _poll(self) -> None:
        if self._loaded:
            batch = self.feed.poll()
            if not batch.empty:
                self.apply(batch)

    def failed(self, error: Exception) -> None:
        """A part of this screen failed: said once in one line and kept; the rest goes on."""
        words = said(error)
        if words not in self._failures:
            self._failures.add(words)
            survive(self.app, error)

    def apply(self, batch: Batch) -> None:
        """Show what is new; the same for a live incident and for a replay."""
        state, now = self.feed.state, self.feed.now()
        timeline = self.query_one(Timeline)
        if batch.reset:
            timeline.reset()
            self.grid.reset()
        if batch.trouble:
            self._trouble = batch.trouble
        if batch.entries or batch.reset:
            timeline.apply(batch.entries)
        self.grid.apply(state, batch.lines, now)
        if batch.reset:
            self.frames.drain()
        if batch.events or batch.reset or batch.trouble:
            self._watch_signals()
            self.show_state()

    def beat(self) -> None:
        """Twice a second: everything that moves with time alone."""
        now = self.feed.now()
        if self.link is not None:
            self.health = self.link.health()
            self._was_down = self._was_down or not self.health.alive
            if self._was_down and self.health.alive and not self.health.starting:
                self._was_down = False
                self.answer("the runner is back")
            self._announce()
        if self._loaded and self.feed.live:
            self.post_message(Watching(self, (self.feed.state,), now))
        self.query_one(Signals).note(marks(self.feed.state))
        self.query_one(Signals).tick(now)
        self.grid.tick(now)
        self.show_state()

    def _announce(self) -> None:
        """Say where this person is, and learn who else is: now and then, and only when in sight."""
        now = self.clock.now()
        due = abs(now - self._announced) >= HERE_SECONDS and not self._announcing
        if due and self in self.app.screen_stack:
            self._announced, self._announcing = now, True
            self._say_here()

    @work(thread=True, group="presence", exit_on_error=False)
    def _say_here(self) -> None:
        assert self.link is not None
        try:
            found = self.link.here(self.incident, self._since)
        finally:
            self._announcing = False
        if found is not None:
            self.app.call_from_thread(self._accompanied, found)

    def _accompanied(self, found: Company) -> None:
        """Who came or went is said once; a refusal that is still to be read keeps its row."""
        self.company, news = found.after(self.company)
        if news and not self.refusing:
            self.answer(news)
        self.show_state()

    @property
    def refusing(self) -> bool:
        """True while the command row says why something was refused."""
        return self.query_one(CommandLine).prompt.refused

    def show_state(self) -> None:
        """Give every region the state as it is."""
        state, now = self.feed.state, self.feed.now()
        alive = self.health.alive
        self.query_one(Header).apply(state, now, self.feed.live, alive, self.company)
        self.query_one(Timeline).star(state.stars)
        self.query_one(DeadlineStrip).apply(state, now)
        self.query_one(Steps).apply(state, now)
        self.query_one(Ladder).apply(state, now)
        self.query_one(Hypotheses).apply(state, now)
        self.query_one(ApprovalQueue).apply(state, now, self.feed.live)
        self.query_one(Questions).apply(state, now)
        self._fit_questions()
        self._tell_tabs()
        self.show_bottom(now)

    def show_bottom(self, now: float) -> None:
        """The banner, the command row and the footer."""
        said = (self.feed.state, self.health, self._trouble, self._review_read)
        notice = notice_of(*said, now, self.company.you)
        self.query_one(Banner).apply(notice)
        small = self.has_class("-compact")
        events_read = f"{self.feed.state.seq} events"
        facts = (
            f"journal broken   {events_read}" if self._trouble else f"journal ok   {events_read}"
        )
        line = self.query_one(CommandLine)
        line.tell(facts, bool(self._trouble), notice if small else None)
        footer = self.query_one(KeyFooter)
        footer.show(self._contexts())
        footer.tick(now)

    def _contexts(self) -> tuple[str, ...]:
        in_pane = isinstance(self.focused, AgentPane)
        return tuple(c for c in self.CONTEXTS if c != PANE or in_pane)

    def _watch_signals(self) -> None:
        service = self.feed.state.service
        if service and "/" not in service:
            ring = self.feed.folder.path.parent.parent / "metrics" / f"{service}.ndjson"
            self.query_one(Signals).watch_ring(ring)

    def _fit_questions(self) -> None:
        """As high as its questions, within reason; changed only when their number did."""
        questions = self.query_one(Questions)
        most = 5 if self.has_class("-wide") else 3
        height = 0 if self.has_class("-narrow") else 1 + max(1, min(most, questions.count))
        if height != self._questions_height:
            self._questions_height = height
            if height:
                questions.styles.height = height
            else:
                questions.styles.clear_rule("height")

    def _tell_tabs(self) -> None:
        if not self.has_class("-narrow") or not self.is_mounted:
            return
        waits = len(waiting(self.feed.state))
        tabs = (
            Tab("agents", "Agents", str(len(self.feed.state.tasks) or "")),
            Tab("timeline", "Timeline", str(self.query_one(Timeline).count or "")),
            Tab("approvals", "Approvals", str(waits or ""), bool(waits) and self.feed.live),
            Tab("steps", "Steps", self.query_one(Steps).progress),
            Tab("questions", "Questions", str(self.query_one(Questions).count or "")),
        )
        self.query_one(TabRow).apply(tabs, self.tab)

    def on_descendant_focus(self) -> None:
        if self.is_mounted and self._loaded:
            self.query_one(KeyFooter).show(self._contexts())

    def answer(self, text: str, refused: bool = False) -> None:
        """One line in the command row."""
        self.query_one(CommandLine).say(text, refused)
