"""A program in a pty of its own, and a person at it: presses keys, waits until they are seen."""

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Sequence
from types import TracebackType

STARTUP = 30.0
"""Seconds a program may take until it shows what is waited for."""


class NeverShown(Exception):
    """What was waited for at the start did not come."""


class Terminal:
    """One program on a terminal of its own; ended with it."""

    def __init__(self, command: Sequence[str], width: int, height: int) -> None:
        self.begun = time.perf_counter()
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            size = struct.pack("HHHH", height, width, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.execvp(command[0], list(command))
        self._ended = False

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._ended:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._descriptor)

    def shown(self, text: str, patience: float = STARTUP) -> bool:
        """Read until `text` was written; False when it was not within `patience` seconds."""
        wanted, tail = text.encode(), b""
        until = time.perf_counter() + patience
        while (left := until - time.perf_counter()) > 0:
            fresh = self._read(left)
            if fresh is None:
                return False
            if wanted in tail + fresh:
                return True
            tail = (tail + fresh)[-len(wanted) :]
        return False

    def until(self, text: str) -> float:
        """Seconds from the start of the program to `text`. NeverShown after half a minute."""
        if not self.shown(text):
            raise NeverShown(f"{text!r} did not appear within {STARTUP:.0f} s")
        return time.perf_counter() - self.begun

    def press(self, keys: str) -> None:
        os.write(self._descriptor, keys.encode())

    def key(self, letter: str, patience: float) -> float:
        """Milliseconds from a key to its letter on the terminal, at most the patience."""
        begun = time.perf_counter()
        self.press(letter)
        found = self.shown(letter, patience)
        return (time.perf_counter() - begun if found else patience) * 1000

    def rest(self, seconds: float) -> None:
        """Take what is written meanwhile, as a terminal does."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0 and self._read(left) is not None:
            pass

    def leave(self, keys: str, patience: float = 10.0) -> bool:
        """Ask the program to end; True when it did by itself."""
        self.press(keys)
        until = time.perf_counter() + patience
        while time.perf_counter() < until:
            self._read(0.05)
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self._ended = True
                return True
        return False

    def _read(self, patience: float) -> bytes | None:
        """What was written; None when the program has closed its terminal."""
        if not select.select([self._descriptor], [], [], patience)[0]:
            return b""
        try:
            return os.read(self._descriptor, 1 << 16)
        except OSError:
            return None
