"""A live incident in real terminals: the runner dies, windows are dragged, colours are missing."""

import os
import re
import signal
from pathlib import Path

import pytest

from orchestrator.client import heartbeat
from orchestrator.clock import WallClock
from orchestrator.project import Project
from tests.e2e.runners import end_when_begun, running, tell
from tests.e2e.terminal import terminal
from tests.tui.project_story import told_project
from tests.unit.incident_story import story, write_incident

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SAID_WITHIN = 3.0
"""Seconds after the last heartbeat of a runner in which the console says that it is down."""

SLACK = 2.0
"""What a busy machine may add until the words are painted and read here."""

REPORT = {"title": "orders fail", "service": "orders", "reporter": "user", "method": "user-report"}
SIZES = [(80, 24), (200, 60), (40, 10), (120, 40), (20, 5), (160, 30), (100, 50), (60, 60)]


def test_a_killed_runner_is_said_in_words_and_a_key_brings_it_back(tmp_path: Path) -> None:
    clock = WallClock()
    with running(tmp_path) as project:
        assert tell(project, "open", incident="INC-1", report=REPORT).accepted
        with terminal("open", "INC-1", "--project", str(tmp_path), cwd=tmp_path) as console:
            console.until("orders fail")
            console.until(lambda text: "RUNNER DOWN" not in text)  # a busy machine beats late
            beat = heartbeat(project.runner)
            assert beat is not None
            os.kill(beat.pid, signal.SIGKILL)
            last = heartbeat(project.runner)
            assert last is not None
            console.until("RUNNER DOWN")
            assert clock.now() - last.at < SAID_WITHIN + SLACK
            console.press(console.key_of("start it again"))
            console.until("the runner is back")
            console.until(lambda text: "RUNNER DOWN" not in text)
            again = heartbeat(project.runner)
            assert again is not None
            assert again.pid != beat.pid
            console.press("\x11")
            assert console.ended() == 0
            assert console.sane()


def test_after_a_storm_of_resizes_the_screen_is_as_if_there_had_been_none(tmp_path: Path) -> None:
    folder = write_incident(tmp_path, story())
    whole = f"{len(story())} of {len(story())}"
    screens = []
    for storm in (SIZES * 2, []):
        with terminal("replay", str(folder.path), cwd=tmp_path) as console:
            console.until("orders answers 5xx")
            console.press("1]]]]] ")
            console.until("► 32×")
            for size in storm:
                console.resize(*size)
                console.take(console.child.read_nonblocking(65536, 60.0))
            console.resize(120, 40)
            console.press("\x1b[F")
            console.until(whole)
            console.press("?")
            console.until("To the next approval.")
            console.press("\x1b")
            console.until(
                lambda text: whole in text and "space play/pause" in text and "▌Keys" not in text
            )
            screens.append(console.text)
            console.press("\x11")
            assert console.ended() == 0
            assert console.sane()
    assert screens[0] == screens[1]


def test_without_colours_and_glyphs_all_can_be_read_at_80_by_24(tmp_path: Path) -> None:
    project = told_project(tmp_path)
    try:
        read_in_ascii(project)
    finally:
        end_when_begun(project)


def read_in_ascii(project: Project) -> None:
    """Board, war room, card, files, and out again."""
    with terminal(
        "--project", str(project.root), "--ascii",
        cwd=project.root, size=(80, 24), environment={"NO_COLOR": "1"},
    ) as console:  # fmt: skip
        console.until("INC-2031")
        console.until("late")
        console.press("\r")
        console.until("Approvals  1")
        console.press("a")
        console.until("will run")
        console.until("sha-256")
        console.press("\x1b")
        console.until("Approvals  1")
        console.press("f")
        console.until("incident-record.md")
        console.press("\x11")
        assert console.ended() == 0
        assert console.sane()
        painted = console.raw.split(b"\x1b[?1049l")[0]
        assert painted.decode().isascii()
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", painted)
        assert {len(set(shade)) for shade in colours} <= {1}, "greys at most"
