"""The board, home of the console: every incident, and the promise that will be broken next."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from orchestrator.clock import Clock
from orchestrator.model.major import major
from orchestrator.model.state import State
from orchestrator.project import Project
from tui.alarms import Watching
from tui.board_lines import (
    BADLY,
    broken_line,
    by_severity,
    earlier_line,
    has_words,
    incident_line,
    main_signal,
)
from tui.console_settings import THEMES
from tui.incidents import Incidents, ReadMarks
from tui.keys import BOARD, CONSOLE, LIST, bindings
from tui.notices import Health, down
from tui.promises import Promise, promises, upcoming
from tui.runner_link import RunnerLink
from tui.screens.speaking import Speaking
from tui.widgets.approval_queue import waiting
from tui.widgets.banner import Banner, Notice
from tui.widgets.board_regions import (
    NARROW,
    BoardHeader,
    Earlier,
    IncidentList,
    LastEvents,
    OpenList,
)
from tui.widgets.command_line import CommandLine
from tui.widgets.deadline_board import DeadlineBoard
from tui.widgets.filter_field import FilterField
from tui.widgets.footer import KeyFooter
from tui.widgets.tabs import Tab, TabRow

WIDE_FROM = 160
BEAT_SECONDS = 0.5
TABS = ("open", "deadlines", "earlier")
FILTER = "id, service, severity, status, or words of the title"
COPYING = re.compile(r"(copy|save)(?: +((?:selection|pane)(?: +[./~]\S*)?))?", re.IGNORECASE)
"""Said alone; in a sentence these words are part of a report."""
HINT = "say what is wrong, or the id of an incident"
THEMED = {"theme": "theme", **{f"theme {name}": f"theme({name!r})" for name in THEMES}}
"""What is typed → its action."""


class Board(Speaking, inherit_bindings=False):
    """Every incident of one project."""

    CSS_PATH = "board.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(BOARD)
    AUTO_FOCUS = "#open"
    CONTEXTS: ClassVar[tuple[str, ...]] = (CONSOLE, BOARD, LIST)

    @dataclass
    class IncidentChosen(Message):
        """The person wants to go to this incident."""

        incident: str

    @dataclass
    class WordsTyped(Message):
        """The person said what is wrong: an incident is to be opened."""

        words: str

    def __init__(self, project: Project, link: RunnerLink, clock: Clock, marks: ReadMarks) -> None:
        super().__init__()
        self.link = link
        self.incidents = Incidents(project)
        self._project = project
        self._clock = clock
        self._marks = marks
        self._promises: list[Promise] = []
        self._loading = False
        self._open_height = -1
        self.tab = "open"

    # --- layout -----------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield BoardHeader(self._project.root.name)
        yield Banner(id="banner")
        yield TabRow(id="tabs")
        with Container(id="board"):
            with Container(id="left"):
                yield OpenList(id="open")
                yield LastEvents()
                yield Earlier(id="earlier")
            yield DeadlineBoard(id="deadlines")
        yield FilterField(FILTER, id="filter")
        yield from self._below()

    def _below(self) -> Iterable[Widget]:
        line = CommandLine(id="command")
        line.prompt.hint = HINT
        yield line
        yield KeyFooter(self.CONTEXTS, id="footer", also=("new",))

    def on_mount(self) -> None:
        self.set_interval(BEAT_SECONDS, self.beat, name="board")
        self.load()

    def on_resize(self, event: events.Resize) -> None:
        width = event.size.width
        self.set_class(width < NARROW, "-narrow")
        self.set_class(width >= WIDE_FROM, "-wide")
        self.set_class(self.app.has_class("-compact"), "-compact")
        self._show_tab(self.tab)

    def _show_tab(self, tab: str) -> None:
        self.tab = tab
        for name in TABS:
            self.set_class(name == tab, f"-tab-{name}")

    # --- what happens -----------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="load", exit_on_error=False)
    def load(self) -> None:
        """Open what is new: a hundred journals must not hold up a key."""
        for _ in self.incidents.load():
            pass
        self.app.call_from_thread(self._loaded)

    def _loaded(self) -> None:
        self._loading = False
        self.show()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What could not be read may be read again; why not is said as for any screen."""
        if event.state is WorkerState.ERROR:
            self._loading = False

    def beat(self) -> None:
        """Twice a second while it is looked at: what grew, and what time alone changes."""
        if not self.is_current:
            return
        if not self._loading and self.incidents.unknown:
            self._loading = True
            self.load()
        self.incidents.look()
        if not self._loading:
            self.post_message(Watching(self, self.incidents.states(), self._clock.now()))
        self.show()

    def show(self) -> None:
        """Give every region what there is."""
        if not self.is_mounted:
            return
        now, states = self._clock.now(), self.incidents.states()
        health = self.link.health() if self.link is not None else Health()
        bad = [s for s in by_severity(states) if s.open and s.severity in BADLY]
        notice = _notice(bad, health)
        count = sum(state.open for state in states)
        self.query_one(Banner).apply(notice)
        self._promises = promises(states, now)
        hidden = _major(bad) not in (None, notice)
        self.query_one(BoardHeader).apply(count, health, hidden, self.next_promise)
        self._show_open(states, now)
        closed = [s for s in states if s.status == "CLOSED"]
        closed.sort(key=lambda state: state.closed_at, reverse=True)
        words = self.query_one(FilterField).words
        earlier = [earlier_line(s, self._wide) for s in closed if has_words(s, words)]
        self.query_one(Earlier).show_filtered(earlier, words, len(closed))
        self.query_one(DeadlineBoard).apply(self._promises)
        self._show_events()
        small = self.has_class("-compact")
        known = f"{len(self.incidents.watched)} incidents"
        line = self.query_one(CommandLine)
        line.tell("reading …" if self._loading else known, False, notice if small else None)
        self._tell_tabs(len(closed))
        self.query_one(KeyFooter).tick(now)

    def _show_open(self, states: Sequence[State], now: float) -> None:
        listing = self.query_one(OpenList)
        words = self.query_one(FilterField).words
        there = [state for state in by_severity(states) if state.status != "CLOSED"]
        shown = [state for state in there if has_words(state, words)]
        room = max(1, listing.size.height - 1)
        listing.gap = 1 if 3 * len(shown) <= room + 1 else 0
        rows = 2 if 2 * len(shown) <= room or not self.has_class("-narrow") else 1
        lines = []
        for state in shown:
            mine = [promise for promise in self._promises if promise.incident == state.incident]
            next_one = mine[0] if mine else None
            signal = main_signal(state, self.incidents.ring(state.service), now)
            unread = self._unread(state.incident)
            lines.append(incident_line(state, next_one, signal, unread, now, rows, self._wide))
        broken = [one for one in self.incidents.watched.values() if one.trouble]
        lines += [
            broken_line(one.incident, one.trouble)
            for one in broken
            if words.lower() in one.incident.lower()
        ]
        listing.show_filtered(lines, words, len(there) + len(broken))
        self._fit(listing)

    def _fit(self, listing: OpenList) -> None:
        """As high as its incidents in a column of lists; changed only when their number did."""
        height = 1 + sum(len(line.rows) + 1 for line in listing.lines)
        wanted = 0 if self.has_class("-narrow") else min(height, self.size.height // 2)
        if wanted != self._open_height:
            self._open_height = wanted
            if wanted:
                listing.styles.height = max(3, wanted)
            else:
                listing.styles.clear_rule("height")

    @property
    def _wide(self) -> int:
        """Cells of the longest id."""
        return max((len(incident) for incident in self.incidents.watched), default=0)

    def _unread(self, incident: str) -> str:
        return self.incidents.watched[incident].unread(self._marks.seen(incident))

    def _show_events(self) -> None:
        chosen = self.chosen
        one = self.incidents.watched.get(chosen)
        rows = [(r.at, r.mark, r.text, r.who) for _, r in one.recent] if one is not None else []
        self.query_one(LastEvents).apply(chosen if one is not None else "", rows)

    def _tell_tabs(self, closed: int) -> None:
        if self.has_class("-narrow"):
            late = sum(promise.left <= 0 for promise in self._promises)
            tabs = (
                Tab("open", "Open", str(len(self.query_one(OpenList).lines))),
                Tab(
                    "deadlines",
                    "Deadlines",
                    f"{len(self._promises)}{f' × {late} late' * (late > 0)}",
                ),
                Tab("earlier", "Earlier", str(closed)),
            )
            self.query_one(TabRow).apply(tabs, self.tab)

    @property
    def chosen(self) -> str:
        """The incident that is chosen, in whichever list has the focus."""
        focused = self.focused
        if isinstance(focused, DeadlineBoard):
            return focused.chosen.partition(" ")[0]
        if isinstance(focused, Earlier):
            return focused.chosen
        return self.query_one(OpenList).chosen

    @property
    def next_promise(self) -> Promise | None:
        """The next one to be broken, over all open incidents."""
        return upcoming(self._promises)

    # --- keys -------------------------------------------------------------------------------------

    def on_chooser_moved(self) -> None:
        self._show_events()

    def on_descendant_focus(self) -> None:
        if self.is_mounted:
            self._show_events()

    def on_chooser_opened(self) -> None:
        self.action_war_room()

    def action_war_room(self) -> None:
        if self.chosen:
            self.post_message(self.IncidentChosen(self.chosen))

    def action_next_region(self) -> None:
        self._go(1)

    def action_previous_region(self) -> None:
        self._go(-1)

    def _go(self, way: int) -> None:
        lists: dict[str, Widget] = {name: self.query_one(f"#{name}") for name in TABS}
        if self.has_class("-narrow"):
            at = TABS.index(self.tab)
        else:
            here = [name for name, widget in lists.items() if widget.has_focus]
            at = TABS.index(here[0]) if here else -way
        name = TABS[(at + way) % len(TABS)]
        self._show_tab(name)
        lists[name].focus(scroll_visible=False)
        self.call_after_refresh(self.show)

    def action_filter(self) -> None:
        if self.tab == "deadlines":
            self._show_tab("open")
        self.query_one(FilterField).begin()

    def on_input_changed(self, event: Input.Changed) -> None:
        if isinstance(event.input, FilterField):
            self.show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The words hold on, and the keys go to what they found."""
        if isinstance(event.input, FilterField):
            self._to_lists()

    def _to_lists(self) -> None:
        lists = [self.query_one(f"#{name}", IncidentList) for name in ("open", "earlier")]
        found = next((one for one in lists if one.lines), lists[0])
        self._show_tab(found.id or self.tab)
        found.focus(scroll_visible=False)

    def action_command(self) -> None:
        self.query_one(CommandLine).begin()

    def on_command_line_left(self) -> None:
        self.set_focus(self.query_one(f"#{self.tab}"), scroll_visible=False)

    def on_command_line_entered(self, message: CommandLine.Entered) -> None:
        """An id goes there, a few words act on the console, anything else is a report."""
        words = message.text.strip()
        known = {name.lower(): name for name in self.incidents.watched}
        if (copying := COPYING.fullmatch(words)) is not None:
            self.call_later(self.app.run_action, f"{copying[1].lower()}({(copying[2] or '')!r})")
        elif words.lower() in known:
            self.post_message(self.IncidentChosen(known[words.lower()]))
        elif words.lower() == "approvals":
            self._to_next_approval()
        elif words.lower() in ("help", "leave", "metrics", "new", "theme", *THEMED):
            names = {"new": "new_incident", **THEMED}
            self.call_later(self.app.run_action, names.get(words.lower(), words.lower()))
        else:
            self.post_message(self.WordsTyped(words))

    def _to_next_approval(self) -> None:
        """Of all that waits in any incident, to what expires first."""
        waits = [(one, state) for state in self.incidents.states() for one in waiting(state)]
        if not waits:
            self.answer("nothing waits for a decision, in no incident")
            return
        _, state = min(waits, key=lambda pair: pair[0].expires)
        self.post_message(self.IncidentChosen(state.incident))

    def answer(self, text: str, refused: bool = False) -> None:
        if self.is_attached:
            self.query_one(CommandLine).say(text, refused)

    def action_back(self) -> None:
        if self.query_one(CommandLine).leave():
            return
        if self.query_one(FilterField).clear_words():
            self.show()
            self._to_lists()
        else:
            self.app.action_war_room()  # type: ignore[attr-defined]


def _notice(bad: Sequence[State], health: Health) -> Notice | None:
    """The worst thing to say: nobody keeps the clocks, or several are on fire at once."""
    if not health.alive and bad:
        return down(health)
    if health.disk_full:
        return Notice("DISK FULL", "approvals refused", health.why)
    return _major(bad)


def _major(bad: Sequence[State]) -> Notice | None:
    several = major(bad)
    if not several:
        return None
    each = "  ".join(f"{state.incident} {state.person('commander')}" for state in several)
    return Notice("MAJOR", f"{len(several)} open P0/P1", each, mark="warn")
