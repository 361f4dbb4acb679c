"""The console in a real terminal: what is painted, which keys work, and how it leaves."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.project import IncidentFolder
from tests.e2e.terminal import Terminal, terminal
from tests.unit.incident_story import story, write_incident

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SIZES = [(80, 24), (120, 40)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


@contextmanager
def console(folder: IncidentFolder, size: tuple[int, int]) -> Iterator[Terminal]:
    with terminal("replay", os.fspath(folder.path), size=size, cwd=folder.path.parent) as opened:
        yield opened


@pytest.mark.parametrize("size", SIZES)
def test_a_saved_incident_is_opened_read_played_and_left(
    folder: IncidentFolder, size: tuple[int, int]
) -> None:
    with console(folder, size) as terminal:
        header = terminal.until("orders answers").splitlines()[0]
        assert "REPLAY" in terminal.until("REPLAY")
        assert "orders answers 5xx" in header
        terminal.press("?")
        terminal.until("To the next event.")
        terminal.press("\x1b")
        terminal.until(lambda text: "To the next event." not in text)
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
