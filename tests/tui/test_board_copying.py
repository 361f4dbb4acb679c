"""What the board shows can be taken out of it, as from any other screen."""

from pathlib import Path
from typing import Any

import pytest

from tests.tui.project_story import told_project
from tests.tui.rooms import find
from tests.tui.test_board import home
from tests.tui.test_every_key import press
from tui.screens.board import Board
from tui.screens.intake import Intake

SIZE = (120, 40)


async def said(app: Any, pilot: Any, words: str) -> None:
    await press(app, "colon", *words, "enter")
    for _ in range(3):
        await pilot.pause()


async def test_copy_takes_all_lines_of_the_list_that_has_the_focus(tmp_path: Path) -> None:
    async with home(told_project(tmp_path), SIZE) as (app, pilot):
        await said(app, pilot, "copy")
        assert isinstance(app.screen, Board)
        known = app.screen.incidents.watched
        first = app.clipboard.splitlines()[0]
        assert any(name in first for name in known)
        find(app, "copied open")


async def test_save_writes_them_into_a_file(tmp_path: Path) -> None:
    async with home(told_project(tmp_path), SIZE) as (app, pilot):
        place = tmp_path / "board.txt"
        await said(app, pilot, f"save pane {place}")
        assert place.read_text().strip()
        await said(app, pilot, "save")
        find(app, "saved open")


@pytest.mark.parametrize("words", ["copy of the database fails", "save fails for everybody"])
async def test_a_report_that_begins_with_such_a_word_is_a_report(
    tmp_path: Path, words: str
) -> None:
    async with home(told_project(tmp_path), SIZE) as (app, pilot):
        await said(app, pilot, words)
        assert isinstance(app.screen, Intake)
