"""A terminal that reads slowly, or not at all, holds up neither keys nor the end."""

import array
import fcntl
import os
import pty
import signal
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pexpect
import pytest

from orchestrator.clock import WallClock
from orchestrator.project import IncidentFolder
from tests.e2e.terminal import Terminal
from tests.e2e.test_console_pty import console
from tests.unit.incident_story import story, write_incident
from tui.terminal import LastingFile, Outbox

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

FASTEST = "]]]]]]]"
END, LEAVE = "\x1b[F", "\x11"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


def unread(terminal: Terminal) -> int:
    """Bytes that wait to be read."""
    count = array.array("i", [0])
    fcntl.ioctl(terminal.child.child_fd, termios.FIONREAD, count)
    return count[0]


def until_full(terminal: Terminal) -> None:
    """Read nothing until the console can write nothing more."""
    steady, before = 0, -1
    while steady < 20:
        signal.sigtimedwait([], 0.05)
        now = unread(terminal)
        steady, before = (steady + 1, now) if now == before and now > 1000 else (0, now)


def at_rest(terminal: Terminal) -> str:
    """What is shown when nothing more comes."""
    while True:
        try:
            terminal.take(terminal.child.read_nonblocking(65536, 3))
        except pexpect.TIMEOUT:
            return terminal.text


def test_keys_count_and_it_can_be_left_while_nothing_is_read(folder: IncidentFolder) -> None:
    with console(folder, (120, 40)) as terminal:
        terminal.until("orders answers 5xx")
        terminal.press(FASTEST + " ")
        until_full(terminal)
        terminal.press(END + LEAVE)
        _, status = os.waitpid(terminal.child.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        terminal.child.terminated = terminal.child.ptyproc.terminated = True


def test_after_a_pause_the_whole_screen_is_there(folder: IncidentFolder) -> None:
    total = f"{len(story())} of {len(story())}"
    shown = []
    for pause in (False, True):
        with console(folder, (120, 40)) as terminal:
            terminal.until("orders answers 5xx")
            if pause:
                terminal.press(FASTEST + " ")
                until_full(terminal)
            else:
                terminal.press(FASTEST)
            terminal.press(" " + END + "t")
            terminal.until(total)
            terminal.until(lambda text: "▌Timeline" in text)
            terminal.press("\x1b[H" + END)
            shown.append(at_rest(terminal))
            terminal.press(LEAVE)
            assert terminal.ended() == 0
            assert terminal.sane()
    assert shown[0] == shown[1]


# --- the outbox -----------------------------------------------------------------------------------


@contextmanager
def outbox() -> Iterator[tuple[Outbox, int]]:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as file:
        yield Outbox(LastingFile(file)), ours


def test_a_write_never_waits_for_the_reader_and_all_of_it_arrives_in_order() -> None:
    with outbox() as (box, reader):
        begun = WallClock().now()
        text = "".join(f"{n:07d}." for n in range(50_000))
        for at in range(0, len(text), 1000):
            box.write(text[at : at + 1000])
        assert WallClock().now() - begun < 2.0
        assert not box.drain(0.05), "nobody reads yet"
        got = bytearray()

        def read() -> None:
            while len(got) < len(text):
                got.extend(os.read(reader, 512))

        thread = threading.Thread(target=read)
        thread.start()
        assert box.drain(60.0)
        thread.join()
        assert got.decode() == text
        os.close(reader)


def test_a_reader_that_goes_away_lets_everything_out() -> None:
    with outbox() as (box, reader):
        box.write("x" * 200_000)
        assert not box.drain(0.05)
        os.close(reader)
        assert box.drain(10.0)
        box.write("y")
        assert box.drain(10.0)
