"""The command palette: what applies here, found by a few letters, and done."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.rooms import Room, find, opened
from tui.keymap import CARD, CONSOLE, REGISTRY
from tui.rebinding import DECIDING
from tui.screens.evidence import Evidence
from tui.screens.palette import Found, Palette, offers


async def palette_of(app: Room, pilot: Pilot[int]) -> Palette:
    await pilot.press("ctrl+p")
    await pilot.pause()
    assert isinstance(app.screen, Palette)
    return app.screen


async def test_a_few_letters_and_enter_do_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await palette_of(app, pilot)
        await pilot.press(*"evid", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Evidence)


async def test_it_runs_a_key_of_the_pane_it_was_opened_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("7")
        await palette_of(app, pilot)
        await pilot.press(*"steer", "enter")
        await pilot.pause()
        assert app.room.query_one("#command Input", Input).value == "steer 7 "


async def test_without_a_pane_nothing_of_a_pane_is_offered(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("t")
        names = [offer.name for offer in offers(app)]
        assert "steer" not in names
        assert "timeline" in names


async def test_decisions_are_never_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as (app, pilot):
        monkeypatch.setattr(type(app), "contexts", (CONSOLE, CARD))
        names = {offer.name for offer in offers(app)}
        assert "help" in names
        assert not {key.description for key in REGISTRY if key.id in DECIDING} & names
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert not isinstance(app.screen, Palette), "a card is open: nothing lies over it"


async def test_a_command_without_a_key_begins_the_command_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await palette_of(app, pilot)
        await pilot.press(*": assess", "enter")
        await pilot.pause()
        assert app.room.query_one("#command Input", Input).value == "assess "


async def test_a_theme_is_chosen_by_its_name(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await palette_of(app, pilot)
        await pilot.press(*"theme con", "enter")
        await pilot.pause()
        assert app.theme == "warroom-contrast"


async def test_what_nothing_is_called_is_said_and_enter_only_closes(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        palette = await palette_of(app, pilot)
        assert not palette.query_one(Input).cursor_blink
        await pilot.press(*"qqqq")
        await pilot.pause()
        find(app, "nothing here is called so")
        assert palette.query_one(Found).offer is None
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is app.room
        assert app.fake.told == []


async def test_escape_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("7")
        before = app.focused
        await palette_of(app, pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.room
        assert app.focused is before
