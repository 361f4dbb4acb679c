"""The console as a process: themes, which screen is shown, starting the runner, leaving well.

What an incident is, or what may be done with it, is not known here.
"""

import asyncio
import contextlib
import gc
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input

from orchestrator.clock import Clock, WallClock
from orchestrator.project import IncidentFolder, Project
from tui.citations import CitationChosen
from tui.failures import FailureLog, QuietApp, said
from tui.feed import LiveFeed
from tui.frame import FRAMES_PER_SECOND
from tui.keys import CONSOLE, bindings
from tui.runner_link import RunnerLink
from tui.screens.standby import Standby
from tui.screens.war_room import WarRoom
from tui.theme import DARK_NAME, LIGHT_NAME, THEMES
from tui.widgets.agent_pane import AgentPane

if TYPE_CHECKING:
    from tui.incidents import ReadMarks
    from tui.replay import Player
    from tui.screens.board import Board
    from tui.screens.intake import Intake
    from tui.screens.replay import Replay

BOARD_MODE = "board"
"""The board's own stack of screens: going there and back leaves a war room as it was."""

Background = Callable[[threading.Event], None]
"""Runs in a thread while the console is open; must return soon after the event is set."""


class Console(QuietApp):
    """One terminal on one project, or on one saved incident."""

    TITLE = "warroom"
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "console"
    BINDINGS: ClassVar[list[BindingType]] = bindings(CONSOLE)

    def __init__(
        self,
        project: Project,
        incident: str | None = None,
        *,
        clock: Clock | None = None,
        saved: "Player | None" = None,
        start_runner: bool = True,
        background: Background | None = None,
        ascii_only: bool = False,
        light: bool = False,
        fps: int = FRAMES_PER_SECOND,
    ) -> None:
        super().__init__()
        self.fps = fps
        self.project = project
        self.incident = incident
        self.clock: Clock = clock or WallClock()
        self.failures = FailureLog(project, self.clock)
        self.ascii_only = ascii_only
        self.link = RunnerLink(project, self.clock)
        self._player = saved
        self._start_runner = start_runner and saved is None
        self._background = background
        self.leaving = threading.Event()
        self._marks: ReadMarks | None = None
        self._rooms: dict[str, str] = {}
        """the mode in which each incident's war room is open"""
        self.signalled = 0
        """the signal that asked it to end"""
        self.add_mode(self.DEFAULT_MODE, self.first_screen)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = LIGHT_NAME if light else DARK_NAME

    # --- screens ----------------------------------------------------------------------------------

    def first_screen(self) -> Screen[None]:
        """The screen that is asked for: it is the base, so that there is no blank one below."""
        if self._player is not None:
            return self._replay(self._player)
        if self.incident is not None:
            self._rooms[self.incident] = self.DEFAULT_MODE
            return self._war_room(self.incident)
        if self.project.all_incidents():
            return self._board()
        return Standby(self.project, self.clock)

    def _board(self) -> Screen[None]:
        from tui.incidents import ReadMarks  # only where there is more than one incident to see
        from tui.screens.board import Board

        self._marks = self._marks or ReadMarks(self.project)
        return Board(self.project, self.link, self.clock, self._marks)

    def _war_room(self, incident: str) -> Screen[None]:
        self.incident = incident
        self.sub_title = incident
        feed = LiveFeed(self.project, incident, self.clock)
        return WarRoom(feed, self.link, self.clock)

    def _replay(self, player: "Player") -> Screen[None]:
        from tui.screens.replay import Replay  # only when a replay is asked for

        return Replay(player, self.clock, self.link if self.project.home.is_dir() else None)

    def on_mount(self) -> None:
        asyncio.get_running_loop().set_exception_handler(self.stray)
        with contextlib.suppress(RuntimeError, ValueError):  # signals are the main thread's alone
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, self._signalled, number)
        self.call_after_refresh(self._settled)

    def _signalled(self, number: int) -> None:
        """Asked to end: leave as a person would, so that the terminal is as it was before."""
        self.signalled = number
        self.leaving.set()
        self.exit(return_code=128 + number)

    def _settled(self) -> None:
        """After the first frame: nothing slow may come before it."""
        gc.collect()
        gc.freeze()
        if self._start_runner:
            self._start_runner_if_down()
        if self._background is not None:
            self._run_background(self._background)

    @work(thread=True, group="runner", exit_on_error=False)
    def _start_runner_if_down(self) -> None:
        self.link.start_if_down()

    @work(thread=True, group="background", exit_on_error=False)
    def _run_background(self, background: Background) -> None:
        background(self.leaving)

    # --- from screen to screen --------------------------------------------------------------------

    def on_standby_incident_opened(self, message: Standby.IncidentOpened) -> None:
        self.open_incident(message.incident)

    def on_board_incident_chosen(self, message: "Board.IncidentChosen") -> None:
        self.open_incident(message.incident)

    def on_board_words_typed(self, message: "Board.WordsTyped") -> None:
        self.action_new_incident(message.words)

    def on_intake_opened(self, message: "Intake.Opened") -> None:
        from tui.screens.intake import Intake  # it was shown, so it is loaded

        if isinstance(self.screen, Intake):  # else standby saw the journal first and went there
            self.pop_screen()
        self.open_incident(message.incident)

    def open_incident(self, incident: str) -> None:
        """Its war room, as it was left; of the others only the one below everything is kept."""
        self._read_so_far()
        if incident not in self._rooms:
            for other, mode in list(self._rooms.items()):
                if mode not in (self.DEFAULT_MODE, self.current_mode):
                    del self._rooms[other]
                    self.remove_mode(mode)
            mode = self._rooms[incident] = f"room {incident}"
            self.add_mode(mode, lambda: self._war_room(incident))
        self.incident = self.sub_title = incident
        self.switch_mode(self._rooms[incident])

    def _read_so_far(self) -> None:
        """What a war room has shown counts as read."""
        from tui.incidents import ReadMarks

        self._marks = self._marks or ReadMarks(self.project)
        room = self._room()
        if room is not None and room.feed.live:
            self._marks.mark(room.incident, room.feed.state.seq)

    def _room(self) -> WarRoom | None:
        """The war room or replay that is looked at, or that lies below what is looked at."""
        rooms = [screen for screen in self.screen_stack if isinstance(screen, WarRoom)]
        return rooms[-1] if rooms else None

    @property
    def _at_board(self) -> bool:
        return bool(self.screen_stack) and type(self.screen_stack[0]).__name__ == "Board"

    def action_board(self) -> None:
        """The board; a saved incident that is only replayed has none."""
        if self._player is not None or self._at_board:
            return
        self._read_so_far()
        first = self._screen_stacks.get(self.DEFAULT_MODE) or [self.screen]
        mode = self.DEFAULT_MODE if type(first[0]).__name__ == "Board" else BOARD_MODE
        if mode not in self._modes:
            self.add_mode(mode, self._board)
        self.switch_mode(mode)

    def action_new_incident(self, words: str = "") -> None:
        """The intake over whatever is looked at."""
        if self._player is not None or type(self.screen).__name__ == "Intake":
            return
        from tui.incidents import services  # only for a new incident
        from tui.screens.intake import Intake

        self.push_screen(Intake(self.link, self.clock, words, services(self.project)))

    def action_other_theme(self) -> None:
        """Dark becomes light, light dark."""
        self.theme = LIGHT_NAME if self.theme == DARK_NAME else DARK_NAME

    def action_show_evidence(self, citation: str) -> None:
        """Go to what a citation names, from wherever it stands."""
        room, here = self._room(), self.screen
        if (jump := getattr(here, "show_evidence", None)) is not None:
            jump(citation)
        elif room is not None and not here.is_modal:
            room.action_ledger(citation)

    @work(exclusive=True, group="citation", exit_on_error=False)
    async def on_citation_chosen(self, message: CitationChosen) -> None:
        """One citation is opened; of several the person chooses."""
        cited = message.cited
        room = self._room()
        if len(cited) > 1 and room is not None:
            from tui.choices import citations
            from tui.screens.ask import Ask

            found = citations(room.feed.state, cited)
            answered = await self.push_screen_wait(Ask("Which evidence?", found))
            if answered is None:
                return
            cited = (str(answered[0].args["citation"]),)
        self.action_show_evidence(cited[0])

    def on_war_room_replay_requested(self, message: WarRoom.ReplayRequested) -> None:
        from orchestrator.journal.read import JournalBroken
        from tui.replay import NothingToReplay

        try:
            player = _load(self.project.incident(message.incident))
        except (JournalBroken, NothingToReplay, OSError) as error:
            message.room.answer(f"refused: {error}", refused=True)
        else:
            self.push_screen(self._replay(player))

    def on_replay_forked(self, message: "Replay.Forked") -> None:
        """Go there, unless this console only shows a saved incident."""
        if self._player is None:
            self.pop_screen()
            self.open_incident(message.incident)

    def on_war_room_theme_requested(self, message: WarRoom.ThemeRequested) -> None:
        wanted = {"dark": DARK_NAME, "light": LIGHT_NAME}.get(message.theme)
        if wanted:
            self.theme = wanted
        else:
            self.action_other_theme()

    # --- keys that work everywhere ----------------------------------------------------------------

    def action_help(self) -> None:
        from tui.screens.help import Help  # not needed for the first frame

        if not isinstance(self.screen, Help):
            contexts = getattr(self.screen, "CONTEXTS", (CONSOLE,))
            self.push_screen(Help(contexts))

    async def action_back(self) -> None:
        back = getattr(self.screen, "action_back", None)
        if back is not None:
            back()
        elif len(self.screen_stack) > 1:
            self.pop_screen()

    def action_war_room(self) -> None:
        """Back to the war room below whatever lies over it, or to the one that was left last."""
        if self._at_board and self.incident in self._rooms:
            self.open_incident(str(self.incident))
            return
        rooms = [screen for screen in self.screen_stack if type(screen) is WarRoom]
        while rooms and self.screen is not rooms[0]:
            self.pop_screen()

    def action_leave(self) -> None:
        if self._player is None and self._rooms:
            self._read_so_far()
        self.leaving.set()
        self.exit(0)

    @work(exclusive=True, group="stop", exit_on_error=False)
    async def action_copy_or_stop(self) -> None:
        """Copy what is selected; else ask what to stop."""
        field = self.screen.focused
        selected = field.selected_text if isinstance(field, Input) else ""
        selected = selected or self.screen.get_selected_text() or ""
        if selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
            return
        from tui.screens.stop import StopWhat

        if isinstance(self.screen, StopWhat):
            return
        pane = self.screen.focused if isinstance(self.screen.focused, AgentPane) else None
        task = pane.task_shown if pane is not None and pane.running else None
        name = f"{pane.number} {task.role}" if pane is not None and task is not None else ""
        if await self.push_screen_wait(StopWhat(name)) == "agent" and pane is not None:
            pane.action_stop_agent()


def run_console(
    project: Project,
    incident: str | None,
    *,
    while_running: Background | None = None,
    farewell: str = "",
    start_runner: bool = True,
    ascii_only: bool = False,
    light: bool = False,
    fps: int = FRAMES_PER_SECOND,
) -> int:
    """Open the console on a project and block until it is left; its exit code.

    `while_running` is called in a thread after the first frame with an event that is set when the
    console is being left. `farewell` replaces the words that say how to come back.
    """
    console = Console(
        project,
        incident,
        background=while_running,
        start_runner=start_runner,
        ascii_only=ascii_only,
        light=light,
        fps=fps,
    )

    def goes_on() -> str:
        opened = f"{console.incident} " if console.incident else ""
        words = "the incident goes on, come" if opened else "come"
        return f"{words} back with: warroom open {opened}--project {project.root}"

    code = _run(console, goes_on)
    if code:
        return code
    if farewell:
        print(farewell)
    elif console.incident:
        print(f"{console.incident} goes on without this console; come back with:")
        print(f"  warroom open {console.incident} --project {project.root}")
    return 0


def _run(console: Console, goes_on: Callable[[], str]) -> int:
    """Run it to its end; one that failed says so in one line, and what becomes of the incident."""
    try:
        console.run()
    except Exception as error:
        console.failed, console.failure_file = said(error), console.failures.file(error)
    console.leaving.set()
    if console.signalled:  # a terminal that went away also fails, but that was the end
        return 128 + console.signalled
    if not console.failed:
        return console.return_code or 0
    details = f"; details in {console.failure_file}" if console.failure_file else ""
    with contextlib.suppress(OSError):
        print(
            f"warroom: the console failed ({console.failed}){details}; {goes_on()}", file=sys.stderr
        )
    return 1


def run_replay(folder: IncidentFolder, **options: Any) -> int:
    """Replay a saved incident; nothing in its folder is changed and no runner is started.

    `options` are the console's. JournalBroken and NothingToReplay say why it cannot be played.
    """
    console = Console(Project(folder.root), saved=_load(folder), **options)
    return _run(console, lambda: "nothing of the incident was changed")


def _load(folder: IncidentFolder) -> "Player":
    from tui.replay import load  # reads a whole incident: only when a replay is asked for

    return load(folder)
