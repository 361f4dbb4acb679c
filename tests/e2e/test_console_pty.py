"""The console in a real terminal: what is painted, which keys work, and how it leaves."""

import os
import re
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from orchestrator.project import IncidentFolder
from tests.unit.incident_story import story, write_incident

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds of silence after which what is waited for will not come; it usually takes under one."""

NOT_INHERITED = ("COLUMNS", "LINES", "NO_COLOR")
"""Whoever runs the tests may have these set (a pytest-xdist worker does), and they would take the
place of the size and the colours of the terminal that is made here."""

SIZES = [(80, 24), (120, 40)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


class Terminal:
    """One console in a pty, and the screen that a person would see."""

    def __init__(self, folder: IncidentFolder, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        command = ["-m", "tui", "replay", os.fspath(folder.path)]
        environment = {
            **{name: os.environ[name] for name in os.environ if name not in NOT_INHERITED},
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "PYTHONPATH": os.fspath(ROOT),
        }
        self.child: Any = pexpect.spawn(
            sys.executable,
            command,
            dimensions=(height, width),
            cwd=os.fspath(folder.path.parent),
            env=environment,
            timeout=PATIENCE,
        )
        self.before = termios.tcgetattr(self.child.child_fd)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def until(self, seen: str | Callable[[str], bool]) -> str:
        """Read until the screen shows it."""
        shows = seen if callable(seen) else lambda text: seen in text
        while not shows(self.text):
            try:
                self.take(self.child.read_nonblocking(65536, PATIENCE))
            except (pexpect.TIMEOUT, pexpect.EOF) as error:
                raise AssertionError(f"never seen: {seen!r}; the screen:\n{self.text}") from error
        return self.text

    def take(self, fresh: bytes) -> None:
        self.raw += fresh
        # pyte takes the kitty keyboard and private modes for text: they are not what is looked at
        self.stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z$]", b"", fresh))

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
def console(folder: IncidentFolder, size: tuple[int, int]) -> Iterator[Terminal]:
    terminal = Terminal(folder, *size)
    try:
        yield terminal
    finally:
        terminal.child.close(force=True)


@pytest.mark.parametrize("size", SIZES)
def test_a_saved_incident_is_opened_read_played_and_left(
    folder: IncidentFolder, size: tuple[int, int]
) -> None:
    with console(folder, size) as terminal:
        header = terminal.until("INC-2031").splitlines()[0]
        assert "REPLAY" in terminal.until("REPLAY")
        assert "orders answers 5xx" in header
        terminal.press("?")
        terminal.until("To the next approval.")
        terminal.press("\x1b")
        terminal.until(lambda text: "To the next approval." not in text)
        terminal.press("a")
        if size[0] < 110:
            terminal.until("Approvals 1")
            terminal.press("\t\t")
        terminal.until("replay: nothing here can run")
        assert "roll orders back" in terminal.text
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert terminal.sane()


def test_the_playhead_moves_with_the_arrows_and_the_ends(folder: IncidentFolder) -> None:
    with console(folder, (120, 40)) as terminal:
        total = len(story())
        terminal.until(f" of {total}")
        terminal.press("\x1b[F")
        terminal.until(f"{total} of {total}")
        terminal.press("\x1b[D")
        terminal.until(f"{total - 1} of {total}")
        terminal.press("\x11")
        assert terminal.ended() == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_and_leaves_the_terminal_sane(folder: IncidentFolder, name: str) -> None:
    with console(folder, (120, 40)) as terminal:
        terminal.until("INC-2031")
        terminal.child.kill(getattr(signal, name))
        assert terminal.ended() == 128 + getattr(signal, name)
        assert terminal.sane()
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize("keys", ["", "]]]]]] "])
def test_a_terminal_that_goes_away_ends_the_console(folder: IncidentFolder, keys: str) -> None:
    """Also while it paints as much as it can: what it cannot write must not hold it up."""
    with console(folder, (120, 40)) as terminal:
        terminal.until("INC-2031")
        terminal.press(keys)
        terminal.until("► 64×" if keys else "  1×")
        terminal.child.ptyproc.fileobj.close()
        terminal.child.ptyproc.closed = terminal.child.closed = True
        _, status = os.waitpid(terminal.child.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
        terminal.child.terminated = terminal.child.ptyproc.terminated = True


def test_kill_9_loses_nothing_that_was_saved(folder: IncidentFolder) -> None:
    before = folder.journal.read_bytes()
    with console(folder, (80, 24)) as terminal:
        terminal.until("INC-2031")
        terminal.child.kill(signal.SIGKILL)
        assert terminal.ended() == -signal.SIGKILL
    with console(folder, (80, 24)) as terminal:
        terminal.until("INC-2031")
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert terminal.sane()
    assert folder.journal.read_bytes() == before


def test_a_terminal_made_tiny_and_large_again_goes_on(folder: IncidentFolder) -> None:
    with console(folder, (120, 40)) as terminal:
        terminal.until("Timeline")
        terminal.child.setwinsize(5, 20)
        terminal.screen.resize(5, 20)
        terminal.until(lambda text: "Timeline" not in text)
        terminal.child.setwinsize(40, 120)
        terminal.screen.resize(40, 120)
        terminal.until("Timeline")
        terminal.press("\x11")
        assert terminal.ended() == 0
        assert terminal.sane()


@pytest.mark.parametrize("body", [b"", b"{}\n"])
def test_a_journal_that_cannot_be_played_is_one_line_and_exit_code_3(
    tmp_path: Path, body: bytes
) -> None:
    broken = IncidentFolder(tmp_path / "INC-7")
    broken.create()
    broken.journal.write_bytes(body)
    with console(broken, (200, 24)) as terminal:
        assert terminal.ended() == 3
        assert terminal.text.strip().startswith("warroom: ")
        assert "journal.jsonl" in terminal.text
        assert "Traceback" not in terminal.text
