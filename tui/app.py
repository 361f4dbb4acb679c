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
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input

from orchestrator.clock import Clock, WallClock
from orchestrator.project import IncidentFolder, Project
from tui.failures import FailureLog, QuietApp, said
from tui.feed import LiveFeed
from tui.keys import CONSOLE, bindings
from tui.runner_link import RunnerLink
from tui.screens.standby import Standby
from tui.screens.war_room import WarRoom
from tui.theme import DARK_NAME, LIGHT_NAME, THEMES
from tui.widgets.agent_pane import AgentPane

if TYPE_CHECKING:
    from tui.replay import Player

ROOM_MODE = "room"
"""The war room that follows a standby: the base screen of a mode cannot be switched."""

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
    ) -> None:
        super().__init__()
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
            return self._war_room(self.incident)
        return Standby(self.project, self.clock)

    def _war_room(self, incident: str) -> Screen[None]:
        self.incident = incident
        self.sub_title = incident
        feed = LiveFeed(self.project, incident, self.clock)
        return WarRoom(feed, self.link, self.clock)

    def _replay(self, player: "Player") -> Screen[None]:
        from tui.screens.replay import Replay  # only when a replay is asked for

        return Replay(player, self.clock)

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

    def on_standby_incident_opened(self, message: Standby.IncidentOpened) -> None:
        self.add_mode(ROOM_MODE, lambda: self._war_room(message.incident))
        self.switch_mode(ROOM_MODE)

    def on_war_room_replay_requested(self, message: WarRoom.ReplayRequested) -> None:
        from orchestrator.journal.read import JournalBroken
        from tui.replay import NothingToReplay

        try:
            player = _load(self.project.incident(message.incident))
        except (JournalBroken, NothingToReplay, OSError) as error:
            message.room.answer(f"refused: {error}", refused=True)
        else:
            self.push_screen(self._replay(player))

    def on_war_room_theme_requested(self, message: WarRoom.ThemeRequested) -> None:
        wanted = {"dark": DARK_NAME, "light": LIGHT_NAME}.get(message.theme)
        other = LIGHT_NAME if self.theme == DARK_NAME else DARK_NAME
        self.theme = wanted or other

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
        """Back to the war room below whatever lies over it."""
        rooms = [screen for screen in self.screen_stack if type(screen) is WarRoom]
        while rooms and self.screen is not rooms[0]:
            self.pop_screen()

    def action_leave(self) -> None:
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


def run_replay(folder: IncidentFolder, *, ascii_only: bool = False, light: bool = False) -> int:
    """Replay a saved incident; nothing in its folder is changed and no runner is started.

    JournalBroken and NothingToReplay say why it cannot be played.
    """
    project = Project(folder.path.parent)
    console = Console(project, saved=_load(folder), ascii_only=ascii_only, light=light)
    return _run(console, lambda: "nothing of the incident was changed")


def _load(folder: IncidentFolder) -> "Player":
    from tui.replay import load  # reads a whole incident: only when a replay is asked for

    return load(folder)
