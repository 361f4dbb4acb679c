"""What becomes of an error nobody foresaw: its story goes to a private file, a line to the person.

A traceback on a terminal helps nobody at three in the morning, and may carry incident data.
"""

import asyncio
import contextlib
import io
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.segment import Segment
from textual import events
from textual._callback import invoke
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.message_pump import MessagePump
from textual.strip import Strip
from textual.timer import Timer, TimerCallback
from textual.worker import Worker, WorkerState

from orchestrator.clock import Clock, iso
from orchestrator.project import Project
from tui.frame import FRAMES_PER_SECOND
from tui.glyphs import mark
from tui.inert import fitted, inert_line
from tui.ink import Ink, row
from tui.terminal import Terminal

MOST = 50
"""Errors it survives that one console files: one at every frame must not fill the disk."""

LONGEST = 120


def said(error: BaseException) -> str:
    """An error in a few words, on one line."""
    words = inert_line(str(error).strip())
    return fitted(f"{type(error).__name__}: {words}" if words else type(error).__name__, LONGEST)


def story_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def state_folder() -> Path:
    """Where a console without a project leaves its files."""
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "warroom"


class FailureLog:
    """`console.log` of one project, or of the user where there is none or it cannot be written."""

    def __init__(self, project: Project, clock: Clock) -> None:
        self._project = project
        self._clock = clock
        self._survived = 0

    def file(self, error: BaseException) -> Path | None:
        """Keep the whole story of an error; where it lies, or None when no disk would take it."""
        return self.write(story_of(error))

    def survived(self, story: str) -> None:
        """Keep it too when the console goes on, unless there were too many already."""
        self._survived += 1
        if self._survived <= MOST:
            self.write(story)

    def write(self, story: str) -> Path | None:
        inside = [self._project.home] if self._project.home.is_dir() else []
        body = f"{iso(self._clock.now())} console {os.getpid()}\n{story.rstrip()}\n\n"
        for folder in [*inside, state_folder()]:
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                path = folder / "console.log"
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as log:
                    log.write(body)
            except OSError:
                continue
            return path
        return None


class Enduring(MessagePump):
    """A screen, a part of one or an app, for which an error in one message is not the end.

    Textual ends the app at any error. What cannot even be mounted is still such an end: there is
    nothing to go on with.
    """

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            if isinstance(message, events.Compose | events.Mount | events.Load):
                raise
            survive(self.app, error)

    def set_interval(
        self,
        interval: float,
        callback: TimerCallback | None = None,
        *,
        name: str | None = None,
        repeat: int = 0,
        pause: bool = False,
    ) -> Timer:
        """As Textual's, where an error in the callback ends the app too."""

        async def surviving() -> None:
            try:
                if callback is not None:
                    await invoke(callback)
            except Exception as error:
                survive(self.app, error)

        guarded = surviving if callback is not None else None
        return super().set_interval(interval, guarded, name=name, repeat=repeat, pause=pause)


class QuietApp(Enduring, App[int]):
    """An app that prints no traceback: what ended it is `failed`, its story is in the log.

    Textual renders an error with the values of all variables and prints that when the terminal is
    given back; these overrides are where it does so.
    """

    failures: FailureLog
    failed = ""
    """what ended this app, in a few words; empty while nothing did"""
    failure_file: Path | None = None
    fps = FRAMES_PER_SECOND
    """frames a second that its panes are painted with"""

    def get_driver_class(self) -> type[Driver]:
        chosen = super().get_driver_class()
        return Terminal if chosen is LinuxDriver else chosen

    @property
    def behind(self) -> bool:
        """True while the terminal has not taken all it was sent."""
        return isinstance(self._driver, Terminal) and self._driver.behind

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Background work of the app itself."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            survive(self, event.worker.error)

    def _fatal_error(self) -> None:
        if self._exception is not None:
            self._fail(said(self._exception), lambda log: log.file(self._exception or Exception()))
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """An error that can paint itself, or one of the thread that reads keys."""
        story = io.StringIO()
        Console(file=story, width=200, color_system=None).print(*renderables)
        error = self._exception
        last = (story.getvalue().strip().splitlines() or [""])[-1]
        words = said(error) if error is not None else fitted(inert_line(last), LONGEST)
        self._fail(words, lambda log: log.write(story.getvalue()))
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()

    def _fail(self, words: str, file: Callable[[FailureLog], Path | None]) -> None:
        path = file(self.failures)
        if not self.failed:
            self.failed, self.failure_file = words, path

    def stray(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An error that no task waited for: asyncio would print it over the screen."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.failures.survived(story_of(error))
        else:
            self.failures.survived(str(context.get("message", "")))


def file_failure(app: App[Any], error: BaseException) -> None:
    """A part of the screen failed and the rest goes on; kept where the app keeps such things."""
    if isinstance(app, QuietApp):
        app.failures.survived(story_of(error))


def survive(app: App[Any], error: BaseException) -> None:
    """Something failed and the screen goes on: kept, and said on the screen where it can be."""
    file_failure(app, error)
    with contextlib.suppress(Exception):  # there may be no screen, or saying it may be what fails
        app.screen.answer(f"failed: {said(error)}", refused=True)  # type: ignore[attr-defined]


class Mishap:
    """What failed of one pane, and the row on which the pane says so."""

    def __init__(self) -> None:
        self.words = ""
        self.row = -1
        self._until_told = False
        self._filed: set[str] = set()

    def row_failed(self, app: App[Any], error: Exception, y: int) -> None:
        """A row could not be painted; of many, the first says why."""
        self._note(app, error)
        self.row = y if self.row < 0 else min(y, self.row)

    def row_painted(self, y: int) -> None:
        if y == self.row and not self._until_told:
            self._over()

    def text_failed(self, app: App[Any], error: Exception, y: int) -> None:
        """What came could not be taken in: said on row `y` until something can."""
        self._note(app, error)
        self.row, self._until_told = y, True

    def text_taken(self) -> bool:
        """What came was taken in; True when before it was not."""
        failed = self._until_told
        if failed:
            self._over()
        return failed

    def _over(self) -> None:
        self.words, self.row, self._until_told = "", -1, False

    def _note(self, app: App[Any], error: Exception) -> None:
        self.words = said(error)
        if self.words not in self._filed:
            self._filed.add(self.words)
            file_failure(app, error)


def failure_row(ink: Ink, width: int, words: str) -> Strip:
    """What stands where something could not be painted."""
    text = f"{mark('late')} this pane failed: {words}"
    try:
        return row(ink, width, [(text, ink("breach", bold=True))])
    except Exception:  # painting itself is what fails: this must not
        return Strip([Segment(text)]).adjust_cell_length(max(0, width))
