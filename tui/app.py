"""The console as a process: how it looks and rings, starting the runner, leaving well.

Which screen is shown is decided in `tui.routing`.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.widgets import Input

from orchestrator.clock import Clock
from orchestrator.project import IncidentFolder, Project
from tui.ascii_only import AsciiOnly
from tui.budget import Budget
from tui.console_settings import THEMES as CHOICES
from tui.console_settings import ConsoleSettings
from tui.failures import said
from tui.ink import ink_of
from tui.keys import CONSOLE, bindings, textual_keymap
from tui.rebinding import rebound
from tui.routing import Routed, load_player
from tui.terminal import Titled
from tui.theme import THEMES, plain_name, theme_name

if TYPE_CHECKING:
    from tui.alarms import Alarms, Watching
    from tui.replay import Player

STANDARD_FROM = 36
"""Rows from which on there is room for blank rows, unless the person decided."""

Background = Callable[[threading.Event], None]
"""Runs in a thread while the console is open; must return soon after the event is set."""


class Console(Routed):
    """One terminal on one project, or on one saved incident."""

    TITLE = "warroom"
    ENABLE_COMMAND_PALETTE = False
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
        settings: ConsoleSettings | None = None,
    ) -> None:
        plain = bool(os.environ.get("NO_COLOR"))
        if not plain:  # set but empty means nothing (no-color.org); Textual takes it for a wish
            os.environ.pop("NO_COLOR", None)
        super().__init__(project, incident, clock=clock, saved=saved, plain=plain)
        self.settings = settings or ConsoleSettings()
        self.ascii_only = self.settings.ascii
        self.fps = self.settings.fps
        self.registry = rebound(self.settings.keys)
        self.budget = Budget(self.project)
        self.leaving = threading.Event()
        self.signalled = 0
        """the signal that asked it to end"""
        self._start_runner = start_runner and saved is None
        self._background = background
        self._alarms: Alarms | None = None
        self.set_keymap(textual_keymap(self.settings.keys))
        for theme in THEMES:
            self.register_theme(theme)
        self.action_theme(self.settings.theme)

    # --- its life ---------------------------------------------------------------------------------

    def on_load(self) -> None:
        self._dress(self.size.height)

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

    def action_leave(self) -> None:
        self.read_so_far()
        self.leaving.set()
        self.exit(0)

    # --- how it looks and rings -------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self._dress(event.size.height)
        # a window dragged small and large again has lost what it cut off, at an unchanged size
        self.screen.refresh()

    def _dress(self, height: int) -> None:
        """What all stylesheets go by: density, and what stands for coloured grounds and glyphs."""
        compact = self.settings.density == "compact"
        if self.settings.density == "auto":
            compact = height < STANDARD_FROM
        self.set_class(compact, "-compact")
        self.set_class(self.ascii_only, "-ascii")
        self.set_class(ink_of(self).ruled, "-ruled")

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        return [*filters, AsciiOnly()] if self.ascii_only else filters

    def action_theme(self, name: str = "") -> None:
        """Another theme by its name; without one, the next."""
        now = plain_name(self.theme)
        if name not in CHOICES:
            name = CHOICES[(CHOICES.index(now) + 1) % len(CHOICES)] if now in CHOICES else "dark"
        self.theme = theme_name(name, few_colours=self.console.color_system == "256")
        self.set_class(ink_of(self).ruled, "-ruled")

    def on_watching(self, message: "Watching") -> None:
        """The bell, and what the terminal's title says of what is looked at."""
        from tui.alarms import Alarms, title_of  # whoever is watched has loaded them

        self._alarms = self._alarms or Alarms()
        if self._alarms.ring(message.states, message.now) and self.settings.bell:
            self.bell()
        driver: object = self._driver
        if message.screen in self.screen_stack and isinstance(driver, Titled):
            title = title_of(message.states, self.project.root.name)
            driver.show_title(ink_of(self).text(title))

    # --- keys that work everywhere ----------------------------------------------------------------

    def action_palette(self) -> None:
        """Everything that can be done here, by name."""
        from tui.screens.palette import Offer, Palette, offers, perform  # only when it is asked for

        async def chosen(offer: Offer | None) -> None:
            if offer is not None:
                await perform(self, offer)

        self.push_screen(Palette(offers(self)), chosen)

    def action_copy(self, what: str = "") -> None:
        """Into the clipboard, and into a file beside it."""
        from tui.copying import copy  # only when something is copied

        copy(self, what)

    def action_save(self, what: str = "") -> None:
        """Into a file: `summary`, or `summary notes.txt`."""
        from tui.copying import save  # only when something is saved

        save(self, what)

    @work(exclusive=True, group="stop", exit_on_error=False)
    async def action_copy_or_stop(self) -> None:
        """Copy what is selected; else ask what to stop."""
        field = self.screen.focused
        chosen = isinstance(field, Input) and bool(field.selected_text)
        if chosen or self.screen.get_selected_text():
            self.action_copy("selection")
            return
        from tui.screens.stop import StopWhat

        if isinstance(self.screen, StopWhat):
            return
        from tui.widgets.agent_pane import AgentPane  # loaded after the first frame

        pane = field if isinstance(field, AgentPane) else None
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
    settings: ConsoleSettings | None = None,
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
        settings=settings,
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


def run_replay(folder: IncidentFolder, *, settings: ConsoleSettings | None = None) -> int:
    """Replay a saved incident; nothing in its folder is changed and no runner is started.

    JournalBroken and NothingToReplay say why it cannot be played.
    """
    console = Console(Project(folder.root), saved=load_player(folder), settings=settings)
    return _run(console, lambda: "nothing of the incident was changed")
