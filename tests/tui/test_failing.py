"""What fails in the console costs as little as it can, and shows nobody a traceback."""

import asyncio
import contextlib
import os
import pty
from pathlib import Path
from typing import Any

import pytest
from textual.drivers._writer_thread import WriterThread
from textual.events import MouseScrollUp
from textual.worker import WorkerFailed

from orchestrator.clock import FakeClock
from orchestrator.project import Project
from tests.tui.rooms import find, opened, settled, text_of
from tui.app import Console, _run
from tui.failures import MOST, FailureLog, said, story_of
from tui.screens.card import Card
from tui.screens.card_sheet import CardSheet
from tui.terminal import LastingFile, Terminal
from tui.widgets.agent_pane import AgentPane
from tui.widgets.timeline import Timeline

pytestmark = pytest.mark.failing


def breaks(*_: Any) -> Any:
    raise IndexError("row 7 of 3")


def log_of(root: Path) -> Path:
    return root / ".aiwg" / "console.log"


# --- a part of the screen -------------------------------------------------------------------------


async def test_a_region_that_fails_says_so_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        with monkeypatch.context() as broken:
            broken.setattr(timeline, "body", breaks)
            for _ in range(5):
                timeline.changed()
            await settled(app, pilot)
            find(app, "× this pane failed: IndexError: row 7")
            find(app, "Approvals")
            assert "Timeline" not in "\n".join(text_of(app))
        await settled(app, pilot)
        timeline.changed()
        await pilot.pause()
        find(app, "Timeline")
        assert "this pane failed" not in "\n".join(text_of(app))
    story = log_of(tmp_path).read_text()
    assert story.count("Traceback") == 1, "the same failure at every frame is filed once"
    assert "in breaks" in story
    assert log_of(tmp_path).stat().st_mode & 0o777 == 0o600


async def test_an_agents_pane_that_cannot_be_painted_says_so_once_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (app, pilot):
        first, *others = app.room.grid.shown()
        with monkeypatch.context() as broken:
            broken.setattr(first, "text_row", breaks)
            for _ in range(3):
                first.flush()
                first.refresh()
                await pilot.pause()
            shown = "\n".join(text_of(app))
            assert shown.count("this pane failed: IndexError") == 1
            assert others
            assert all(f"{pane.number} " in shown for pane in others)
        first.refresh()
        await pilot.pause()
        assert "this pane failed" not in "\n".join(text_of(app))
    assert log_of(tmp_path).read_text().count("Traceback") == 1


async def test_a_text_that_cannot_be_taken_in_costs_its_pane_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = app.room.grid.shown()[0]
        with monkeypatch.context() as broken:
            broken.setattr(AgentPane, "_flush", breaks)
            app.room.frames.dirty(pane)
            app.room.frames.tick()
            await pilot.pause()
            find(app, "× this pane failed: IndexError: row 7 of 3")
        app.room.frames.dirty(pane)
        app.room.frames.tick()
        await pilot.pause()
        assert "this pane failed" not in "\n".join(text_of(app))


@pytest.mark.parametrize("part", ["_band", "_built"])
async def test_a_card_that_cannot_be_shown_approves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(CardSheet, part, breaks)
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("a")
        await pilot.pause()
        card = app.screen
        assert isinstance(card, Card)
        for _ in range(12):
            card.look()
            app.time.advance(0.1)
        await pilot.press("y")
        await pilot.pause()
        assert app.screen is card
        assert not app.fake.told
        find(app, "× this card cannot be shown: approve nothing here")


async def test_a_key_whose_action_fails_is_said_and_the_next_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (app, pilot):
        with monkeypatch.context() as broken:
            broken.setattr(app.room, "action_timeline", breaks)
            await pilot.press("t")
            await pilot.pause()
            find(app, "failed: ")
            find(app, "IndexError: row 7 of 3")
        await pilot.press("t")
        assert app.room.query_one(Timeline).has_focus


async def test_a_message_or_a_mouse_that_a_region_cannot_handle_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        with monkeypatch.context() as broken:
            broken.setattr(timeline, "_move", breaks)
            await pilot._post_mouse_events([MouseScrollUp], timeline, button=0)
            await pilot.pause()
            find(app, "failed: IndexError")
        await pilot.press("t", "up")
        assert not timeline.following


async def test_a_poll_or_a_beat_that_fails_is_said_once_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (app, pilot):
        with monkeypatch.context() as broken:
            broken.setattr(app.room.feed, "poll", breaks)
            broken.setattr(app.room.grid, "tick", breaks)
            for _ in range(40):
                app.room.frames.tick()
            find(app, "failed: IndexError: row 7 of 3")
        assert log_of(tmp_path).read_text().count("Traceback") == 1
        app.feed.on(130.0)
        for _ in range(20):
            app.room.frames.tick()
        await settled(app, pilot)
        assert app.room.feed.state.approvals


async def test_background_work_that_fails_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as (app, pilot):
        monkeypatch.setattr(app.fake, "send", breaks)
        await pilot.press("A")
        await pilot.pause()
        with contextlib.suppress(WorkerFailed):
            await app.workers.wait_for_complete()
        await pilot.pause()
        find(app, "failed: IndexError: row 7 of 3")


# --- the whole ------------------------------------------------------------------------------------


class Falling(Console):
    """A console without a screen, and what happens to it once it runs."""

    happens: str = "raise"

    def run(self, **_: Any) -> None:
        super().run(headless=True)

    def on_mount(self) -> None:
        if self.happens == "raise":
            breaks()
        elif self.happens == "panic":
            self.panic("no keys can be read")
        elif self.happens == "signal":
            self._signalled(1)
            breaks()


def fall(root: Path, happens: str) -> tuple[int, Console]:
    project = Project(root)
    project.create()
    console = Falling(project, "INC-7", clock=FakeClock(1_763_906_400.0), start_runner=False)
    console.happens = happens
    return _run(console, lambda: "the incident goes on"), console


@pytest.mark.parametrize(
    ("happens", "words"),
    [("raise", "IndexError: row 7 of 3"), ("panic", "no keys can be read")],
)
def test_a_console_that_fails_is_one_line_and_its_story_is_a_private_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], happens: str, words: str
) -> None:
    code, _ = fall(tmp_path, happens)
    assert code == 1
    shown = capfd.readouterr()
    assert shown.out + shown.err == (
        f"warroom: the console failed ({words}); details in {log_of(tmp_path)}; "
        "the incident goes on\n"
    )
    assert words.split(": ")[-1] in log_of(tmp_path).read_text()
    assert log_of(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_console_that_fails_while_a_signal_ends_it_has_the_signals_exit_code(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _ = fall(tmp_path, "signal")
    assert code == 129
    shown = capfd.readouterr()
    assert shown.out + shown.err == ""


def test_an_error_nobody_waited_for_is_filed_and_not_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    class Dropping(Console):
        def run(self, **_: Any) -> None:
            super().run(headless=True)

        async def on_ready(self) -> None:
            task = asyncio.get_running_loop().create_task(self.drop())
            await asyncio.wait([task])
            del task
            self.action_leave()

        async def drop(self) -> None:
            breaks()

    project = Project(tmp_path)
    project.create()
    console = Dropping(project, start_runner=False)
    assert _run(console, lambda: "") == 0
    assert "Traceback" not in capfd.readouterr().err
    assert "row 7 of 3" in log_of(tmp_path).read_text()


# --- the file -------------------------------------------------------------------------------------


def test_without_a_project_the_story_is_in_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    log = FailureLog(Project(tmp_path / "nowhere"), FakeClock())
    path = log.file(ValueError("x"))
    assert path == tmp_path / "state" / "warroom" / "console.log"
    assert not (tmp_path / "nowhere").exists()


def test_a_disk_that_takes_nothing_costs_the_file_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert FailureLog(Project(tmp_path / "nowhere"), FakeClock()).file(ValueError("x")) is None


def test_an_error_at_every_frame_does_not_fill_the_disk(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.create()
    log = FailureLog(project, FakeClock())
    for n in range(MOST * 3):
        log.survived(story_of(ValueError(f"number {n}")))
    log.file(KeyError("the one that ended it"))
    filed = log_of(tmp_path).read_text()
    assert filed.count("ValueError") == MOST
    assert "the one that ended it" in filed


def test_an_error_is_said_on_one_harmless_line() -> None:
    assert said(ValueError("a\nb\x1b[2Jc")) == "ValueError: a bc"
    assert said(KeyError()) == "KeyError"
    assert len(said(ValueError("x" * 999))) <= 120


# --- the terminal ---------------------------------------------------------------------------------


def test_what_is_written_to_a_terminal_that_is_gone_goes_nowhere() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as file:
        lasting = LastingFile(file)
        assert lasting.write("seen\n") == 5
        lasting.flush()
        os.close(ours)
        with pytest.raises(OSError, match="Input/output error"):
            os.write(file.fileno(), b"x")
        for _ in range(100):
            lasting.write("x" * 5000)
            lasting.flush()
    assert file.closed, "and what was held back did not fail when it was closed"


@pytest.mark.timeout(30)
def test_a_writer_whose_terminal_is_gone_takes_everything_and_can_be_stopped(
    tmp_path: Path,
) -> None:
    """Textual's own thread: on a plain file it ends, its queue fills, and stopping it hangs."""
    assert Console(Project(tmp_path), start_runner=False).driver_class is Terminal
    ours, theirs = pty.openpty()
    os.close(ours)
    with os.fdopen(theirs, "w") as file:
        writer = WriterThread(LastingFile(file))  # type: ignore[arg-type]  # all it uses is there
        writer.start()
        for _ in range(200):
            writer.write("x" * 500)
        writer.stop()
        assert not writer.is_alive()
