"""The terminal a console writes to, which may go away before the console does.

Textual writes from a thread that ends at the first error; what is put into its full queue after
that waits for ever, and a console whose window was closed would stay behind as a process.
"""

import os
from typing import Any, Protocol, TextIO, runtime_checkable

from textual.drivers.linux_driver import LinuxDriver


class LastingFile:
    """A terminal's file; once the terminal is gone, what is written to it goes nowhere."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        try:
            return self._file.write(text)
        except OSError:
            self._let_go()
            return len(text)

    def flush(self) -> None:
        try:
            self._file.flush()
        except OSError:
            self._let_go()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def _let_go(self) -> None:
        """What is still held back is let out too: it must not fail again when Python ends."""
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


class Terminal(LinuxDriver):
    """Textual's driver, on a file that outlives its terminal, and with the terminal's title.

    The title from before is put on xterm's stack (CSI 22;2t) and taken back from it (CSI 23;2t),
    also around an editor; a terminal that has no such stack is left with an empty title.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._file: Any = LastingFile(self._file)
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
