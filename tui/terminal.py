"""The terminal a console writes to, which may go away before the console does.

Textual writes from a thread that ends at the first error; what is put into its full queue after
that waits for ever, and a console whose window was closed would stay behind as a process.
"""

import os
from typing import Any, TextIO

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


class Terminal(LinuxDriver):
    """Textual's driver, on a file that outlives its terminal."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._file: Any = LastingFile(self._file)
