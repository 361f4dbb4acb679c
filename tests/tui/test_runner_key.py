"""The key that brings the runner back works wherever the screen says that it is down."""

from pathlib import Path

import pytest

from tests.tui.key_rows import runner_is_down
from tests.tui.project_story import told_project
from tests.tui.rooms import find, opened
from tests.tui.test_board import home
from tests.tui.test_every_key import press
from tui.notices import Health
from tui.screens.board import Board

OVER = {
    "war room": (),
    "zoom": ("z",),
    "card": ("a",),
    "card's evidence": ("a", "e"),
    "questions": ("q",),
    "files": ("f",),
    "evidence": ("e",),
    "adding evidence": ("e", "P"),
    "help": ("question_mark",),
    "a question": ("S",),
    "palette": ("ctrl+p",),
    "intake": ("plus",),
    "command line": ("colon",),
    "what to stop": ("ctrl+c",),
}


@pytest.mark.parametrize("screen", OVER)
async def test_it_starts_the_runner_from(tmp_path: Path, screen: str) -> None:
    async with opened(tmp_path) as (app, pilot):
        await press(app, *OVER[screen])
        runner_is_down(app)
        await press(app, "ctrl+r")
        await pilot.pause()
        assert app.fake.starts == 1


async def test_it_starts_the_runner_from_the_board(tmp_path: Path) -> None:
    async with home(told_project(tmp_path), (120, 40)) as (app, pilot):
        app.fake.condition = Health(alive=False, silent_for=5.0)
        assert isinstance(app.screen, Board)
        app.screen.beat()
        await pilot.pause()
        find(app, "RUNNER DOWN")
        await press(app, "ctrl+r")
        assert app.fake.starts == 1


async def test_one_that_runs_is_not_started_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await press(app, "ctrl+r")
        await pilot.pause()
        find(app, "the runner is running")
        assert app.fake.starts == 0
