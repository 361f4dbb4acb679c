"""The metrics over all incidents of the project, against their targets, with their course.

Journals are read in the background, and once: `m` again reads them anew.
"""

from dataclasses import dataclass
from threading import Event
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from orchestrator.clock import Clock
from orchestrator.journal.measuring import Reading, measured
from orchestrator.model.metrics_report import BY, Report, report
from orchestrator.project import Project
from tui.keys import CONSOLE, LIST, METRICS, bindings
from tui.screens.leaf import AnswerRow
from tui.screens.speaking import Speaking
from tui.widgets.chooser import Chooser
from tui.widgets.footer import KeyFooter
from tui.widgets.metric_regions import MetricDetail, MetricList, MetricsHeader, Overdue
from tui.widgets.tabs import Tab, TabRow

NARROW, WIDE_FROM = 110, 160
BEAT_SECONDS = 0.5
TABS = ("list", "detail", "overdue")
DIVIDED = tuple(by for by in BY if by != "month")


class Metrics(Speaking, inherit_bindings=False):
    """Base figures of how the team does, over whatever screen they were asked for."""

    CSS_PATH = "metrics.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(METRICS)
    AUTO_FOCUS = "#list"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, METRICS, LIST)

    @dataclass
    class IncidentChosen(Message):
        """The person wants to go to the incident of an action."""

        incident: str

    def __init__(self, project: Project, clock: Clock) -> None:
        super().__init__()
        self._project = project
        self._clock = clock
        self._report: Report | None = None
        self._divided: tuple[Report, ...] = ()
        self._left = Event()
        self._reading = False
        self.tab = "list"

    def compose(self) -> ComposeResult:
        yield MetricsHeader(self._project.root.name)
        yield TabRow(id="tabs")
        with Container(id="metrics"):
            yield MetricList(id="list")
            with Container(id="beside"):
                yield MetricDetail(id="detail")
                yield Overdue(id="overdue")
        yield AnswerRow()
        yield KeyFooter(self.CONTEXTS, id="footer", also=("back", "board"))

    def on_mount(self) -> None:
        self.set_interval(BEAT_SECONDS, self.tick, name="metrics")
        self.tick()
        self.read()

    def on_unmount(self) -> None:
        self._left.set()  # a reading that nobody waits for ends at its next journal

    def on_resize(self, event: events.Resize) -> None:
        width = event.size.width
        self.set_class(width < NARROW, "-narrow")
        self.set_class(width >= WIDE_FROM, "-wide")
        self.set_class(self.app.has_class("-compact"), "-compact")
        self._show_tab(self.tab)
        self.call_after_refresh(self.show)

    def tick(self) -> None:
        """The footer's time; figures stand as they were read."""
        if self.is_attached:
            self.query_one(KeyFooter).tick(self._clock.now())

    # --- reading ----------------------------------------------------------------------------------

    def read(self) -> None:
        """Read the journals, unless they are being read."""
        if not self._reading:
            self._reading = True
            self.query_one(AnswerRow).say("reading the journals …")
            self._read()

    @work(thread=True, exclusive=True, group="measure", exit_on_error=False)
    def _read(self) -> None:
        try:
            found = measured(self._project, self._left.is_set)
            if not self._left.is_set():
                self.app.call_from_thread(self._measured, found)
        finally:
            self._reading = False

    def _measured(self, found: Reading) -> None:
        now = self._clock.now()
        self._report = report(found.measured, now, broken=found.broken)
        self._divided = tuple(report(found.measured, now, by=by) for by in DIVIDED)
        first = f"{found.broken[0]}" if found.broken else ""
        self.query_one(AnswerRow).say(first, refused=bool(first))
        self.show()

    def show(self) -> None:
        """Give every region what there is."""
        if not self.is_attached:
            return
        self.query_one(MetricsHeader).apply(self._report)
        if self._report is None:
            return
        self.query_one(MetricList).apply(self._report)
        self.query_one(Overdue).apply(self._report)
        self._show_chosen()
        if self.has_class("-narrow"):
            missed = sum(one.verdict == "MISSED" for one in self._report.metrics)
            tabs = (
                Tab("list", "Metrics", f"{missed} missed" if missed else ""),
                Tab("detail", "By month", ""),
                Tab("overdue", "Overdue", str(len(self._report.overdue))),
            )
            self.query_one(TabRow).apply(tabs, self.tab)

    def _show_chosen(self) -> None:
        if self._report is not None:
            chosen = self.query_one(MetricList).chosen
            metric = next((one for one in self._report.metrics if one.id == chosen), None)
            self.query_one(MetricDetail).apply(metric, self._report, self._divided)

    def answer(self, text: str, refused: bool = False) -> None:
        if self.is_attached:
            self.query_one(AnswerRow).say(text, refused)

    # --- keys -------------------------------------------------------------------------------------

    def on_chooser_moved(self) -> None:
        self._show_chosen()

    def on_chooser_opened(self, message: Chooser.Opened) -> None:
        """A metric leads to its course, an action to its incident."""
        if isinstance(message.chooser, Overdue):
            self.post_message(self.IncidentChosen(message.chosen.partition("/")[0]))
        elif self.has_class("-narrow"):
            self._to("detail")

    def action_next_region(self) -> None:
        there = TABS if self.has_class("-narrow") else ("list", "overdue")
        at = there.index(self.tab) if self.tab in there else -1
        self._to(there[(at + 1) % len(there)])

    def _to(self, tab: str) -> None:
        self._show_tab(tab)
        wanted: Widget = self.query_one("#list" if tab == "detail" else f"#{tab}")
        self.set_focus(wanted if tab != "detail" else None, scroll_visible=False)
        self.call_after_refresh(self.show)

    def _show_tab(self, tab: str) -> None:
        self.tab = tab
        for name in TABS:
            self.set_class(name == tab, f"-tab-{name}")

    def action_back(self) -> None:
        if self.tab != "list" and self.has_class("-narrow"):
            self._to("list")
        else:
            self.dismiss(None)
