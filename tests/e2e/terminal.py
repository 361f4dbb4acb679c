"""A real terminal for tests: a pty, what is painted in it, and whether it is left as it was."""

import contextlib
import os
import re
import sys
import termios
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte

from orchestrator.clock import WallClock

ROOT = Path(__file__).parents[2]
A_FRAME = 2.0
"""Seconds in which a frame that has begun is whole, also on a busy machine."""

PATIENCE = 60.0
"""Seconds of silence after which what is waited for will not come; it usually takes under one."""

LONGEST = 120.0
"""Seconds after which it will not come either, however much is painted meanwhile."""

CLOCK = WallClock()

NOT_INHERITED = ("COLUMNS", "LINES", "NO_COLOR")
"""Whoever runs the tests may have these set (a pytest-xdist worker does), and they would take the
place of the size and the colours of the terminal that is made here."""

TERMINAL = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "PYTHONPATH": os.fspath(ROOT),
}

TYPED = {
    "esc": "\x1b",
    "enter": "\r",
    "tab": "\t",
    "ctrl+q": "\x11",
    "ctrl+r": "\x12",
    "ctrl+p": "\x10",
    "end": "\x1b[F",
}
"""What the keyboard sends for a key as the screen writes it."""


class Terminal:
    """One `warroom` command line in a pty, and the screen that a person would see."""

    def __init__(
        self, *words: str, size: tuple[int, int], cwd: Path, environment: Mapping[str, str]
    ) -> None:
        width, height = size
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        inherited = {name: os.environ[name] for name in os.environ if name not in NOT_INHERITED}
        self.child: Any = pexpect.spawn(
            sys.executable,
            ["-m", "tui", *words],
            dimensions=(height, width),
            cwd=os.fspath(cwd),
            env={**inherited, **TERMINAL, **environment},
            timeout=PATIENCE,
        )
        self.before = termios.tcgetattr(self.child.child_fd)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def until(self, seen: str | Callable[[str], bool]) -> str:
        """Read until the screen shows it."""
        shows = seen if callable(seen) else lambda text: seen in text
        begun = CLOCK.now()
        while not shows(self.text):
            try:
                if CLOCK.now() - begun > LONGEST:
                    raise pexpect.TIMEOUT("much was painted, but not that")
                self.take(self.child.read_nonblocking(65536, PATIENCE))
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                raise AssertionError(f"never seen: {seen!r}; the screen:\n{self.text}") from error
        return self.text

    def take(self, fresh: bytes) -> None:
        self.raw += fresh
        # pyte takes the kitty keyboard and private modes for text: they are not what is looked at
        self.stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z$]", b"", fresh))

    def resize(self, width: int, height: int) -> None:
        """The person drags the window."""
        self.child.setwinsize(height, width)
        self.screen.resize(height, width)

    def key_of(self, words: str) -> str:
        """The key that stands before these words, read off the screen once its frame is whole."""
        hint = re.compile(rf"(?:^|[ ▌])(\S+) +{re.escape(words)}\b", re.MULTILINE)
        begun = CLOCK.now()
        while (found := hint.search(self.screen.display[-1]) or hint.search(self.text)) is None:
            if (left := A_FRAME - (CLOCK.now() - begun)) <= 0:
                raise AssertionError(f"no key for {words!r} on the screen:\n{self.text}")
            with contextlib.suppress(pexpect.TIMEOUT):
                self.take(self.child.read_nonblocking(65536, left))
        return TYPED.get(found[1], found[1])

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def ended(self) -> int:
        """Read to the end; the exit code, or minus the signal that ended it."""
        while True:
            try:
                self.take(self.child.read_nonblocking(65536, PATIENCE))
            except pexpect.EOF:
                break
        self.child.wait()
        if self.child.signalstatus is not None:
            return -int(self.child.signalstatus)
        return int(self.child.exitstatus or 0)

    def sane(self) -> bool:
        """The terminal as it was before: typed letters are seen, the normal screen is back."""
        modes = termios.tcgetattr(self.child.child_fd)[3]
        wanted = termios.ICANON | termios.ECHO | termios.ISIG
        left = self.raw.rfind(b"\x1b[?1049l") > self.raw.rfind(b"\x1b[?1049h")
        cursor = self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")
        mouse = self.raw.rfind(b"\x1b[?1000l") > self.raw.rfind(b"\x1b[?1000h")
        return modes & wanted == wanted and left and cursor and mouse


@contextmanager
def terminal(
    *words: str,
    cwd: Path,
    size: tuple[int, int] = (120, 40),
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """`warroom` with these words in a terminal of its own; ended with it."""
    opened = Terminal(*words, size=size, cwd=cwd, environment=environment or {})
    try:
        yield opened
    finally:
        opened.child.close(force=True)
