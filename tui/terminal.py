"""The terminal a console writes to, which may be slow, or go away before the console does.

Textual's own writer waits in the event loop once thirty writes are queued, and its thread ends at
the first error. Here nothing waits: while a slow terminal is still at earlier frames no new one is
composed, and when it has caught up the screen is painted once, whole.
"""

import asyncio
import os
import threading
from collections import deque
from typing import Any, Protocol, TextIO, runtime_checkable

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

PATIENCE = 0.1
"""Seconds a terminal may take for what it was sent; after that no new frame is composed."""

LAST_WORDS = 2.0
"""Seconds that a terminal has at the end to take what it was sent."""


class LastingFile:
    """A terminal's file; once the terminal is gone, what is written to it goes nowhere."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Unbuffered: a thread that waits here holds no lock that Python needs in order to end."""
        body = memoryview(text.encode("utf-8", "replace"))
        try:
            while body:
                body = body[os.write(self._file.fileno(), body) :]
        except OSError:
            self._let_go()
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def _let_go(self) -> None:
        """Whatever else writes to it must not fail either, not even when Python ends."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, self._file.fileno())
        finally:
            os.close(nowhere)


@runtime_checkable
class Titled(Protocol):
    """A driver whose terminal has a title."""

    def show_title(self, title: str) -> None:
        """Say this, until something else is said or the console is left."""


class Outbox:
    """A file whose writes never wait: a thread of its own hands them to the terminal in order."""

    def __init__(self, file: LastingFile) -> None:
        self._file = file
        self._texts: deque[str] = deque()
        self._changed = threading.Condition()
        self.sent = self.taken = 0
        """characters so far: written here, and accepted by the terminal"""
        threading.Thread(target=self._deliver, daemon=True, name="terminal").start()

    def write(self, text: str) -> int:
        with self._changed:
            self._texts.append(text)
            self.sent += len(text)
            self._changed.notify_all()
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def drain(self, seconds: float) -> bool:
        """Wait until the terminal has taken everything; False when it did not in that time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.taken == self.sent, seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def _deliver(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._texts)
                text = "".join(self._texts)
                self._texts.clear()
            self._file.write(text)
            with self._changed:
                self.taken += len(text)
                self._changed.notify_all()


class Terminal(LinuxDriver):
    """Textual's driver on an outbox: keys are handled however slowly the terminal reads.

    It also says the title. The one from before is put on xterm's stack (CSI 22;2t) and taken back
    from it (CSI 23;2t), also around an editor; a terminal without a stack keeps an empty one.
    """

    def __init__(self, app: App[Any], *args: Any, **options: Any) -> None:
        super().__init__(app, *args, **options)
        self._outbox = Outbox(LastingFile(self._file))
        self._file: Any = self._outbox
        self._sent_then = 0
        self._then = 0.0
        self._waiting: asyncio.Task[None] | None = None
        self._title = ""

    def show_title(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self.write(f"\x1b]2;{title}\x07")

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.write("\x1b[22;2t")
        title, self._title = self._title, ""
        if title:
            self.show_title(title)

    def stop_application_mode(self) -> None:
        self.write("\x1b]2;\x07\x1b[23;2t")
        super().stop_application_mode()

    @property
    def behind(self) -> bool:
        """True while the terminal has not taken all it was sent."""
        return self._outbox.taken < self._outbox.sent

    def write(self, data: str) -> None:
        now = self._loop.time()
        if now - self._then >= PATIENCE:
            if self._outbox.taken < self._sent_then and self._waiting is None:
                self._waiting = self._loop.create_task(self._until_taken())
            self._sent_then, self._then = self._outbox.sent, now
        super().write(data)

    async def _until_taken(self) -> None:
        """Compose no frame until this one is out: what changes meanwhile stays to be painted."""
        self._app._begin_batch()
        try:
            while not await asyncio.to_thread(self._outbox.drain, LAST_WORDS):
                pass
        finally:
            self._waiting = None
            self._app._end_batch()
        screen = self._app.screen
        # a layout that came due meanwhile was computed and not sent: paint all of it
        screen.refresh()
        screen.check_idle()

    def close(self) -> None:
        super().close()
        self._outbox.drain(LAST_WORDS)
