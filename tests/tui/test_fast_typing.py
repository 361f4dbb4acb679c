"""Letters typed faster than a field takes the focus stand in the field and do nothing else."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from tests.tui.project_story import told_project
from tests.tui.rooms import opened
from tests.tui.test_board import home
from tests.tui.test_every_key import press
from tests.tui.typist import pastes, quiet, types
from tui.screens.ask import Ask
from tui.screens.card import Card
from tui.screens.intake import Intake
from tui.screens.palette import Palette
from tui.screens.questions import OpenQuestions
from tui.screens.war_room import WarRoom

WORDS = "aXbzwqRex"
"""Letters that would each do something, were they keys."""

OPENERS: dict[str, tuple[tuple[str, ...], type[Any], str]] = {
    "note": (("N",), WarRoom, "note "),
    "steer": (("1", "s"), WarRoom, "steer 1 "),
    "command": (("colon",), WarRoom, ""),
    "severity": (("S",), Ask, ""),
    "roles": (("I",), Ask, ""),
    "escalate": (("E",), Ask, ""),
    "resolve": (("R",), Ask, ""),
    "halt": (("X",), Ask, ""),
    "major": (("M",), Ask, ""),
    "intake": (("plus",), Intake, ""),
    "palette": (("ctrl+p",), Palette, ""),
    "search": (("e", "slash"), object, ""),
    "answer": (("q", "enter"), OpenQuestions, ""),
}


async def all_there(app: Any, pilot: Any, value: str) -> None:
    """The field holds these words, as soon as everything has arrived."""
    for _ in range(60):
        if isinstance(app.focused, Input) and app.focused.value == value:
            break
        await quiet(app)
        await pilot.pause()
    assert isinstance(app.focused, Input), app.screen_stack
    assert app.focused.value == value


@pytest.mark.parametrize("name", OPENERS)
async def test_a_burst_after_the_key_stands_in_its_field(tmp_path: Path, name: str) -> None:
    keys, screen, before = OPENERS[name]
    async with opened(tmp_path) as (app, pilot):
        types(app, *keys, *WORDS)
        await all_there(app, pilot, before + WORDS)
        assert isinstance(app.screen, screen)
        assert app.fake.told == []


async def test_a_whole_sentence_and_its_enter_in_one_burst_are_one_command(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        types(app, "X", *"stop all", "enter", "N", *"seen", "enter")
        for _ in range(60):
            await quiet(app)
            await pilot.pause()
            if len(app.fake.told) == 2:
                break
        assert [(c["cmd"], c.get("why"), c.get("text")) for c in app.fake.told] == [
            ("halt", "stop all", None),
            ("note", None, "seen"),
        ]


async def test_what_is_pasted_right_after_the_key_goes_into_the_field_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        types(app, "S", "a")
        pastes(app, "bX")
        types(app, "z")
        await all_there(app, pilot, "abXz")


async def test_a_reason_typed_right_after_deny_stands_in_the_cards_field(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await press(app, "a", "wait for it to arm")
        types(app, "n", *WORDS)
        await all_there(app, pilot, WORDS)
        assert isinstance(app.screen, Card)
        assert app.fake.told == []


async def test_on_the_board_the_filter_takes_a_burst(tmp_path: Path) -> None:
    async with home(told_project(tmp_path), (120, 40)) as (app, pilot):
        types(app, "slash", *WORDS)
        await all_there(app, pilot, WORDS)


async def test_a_field_that_never_comes_does_not_let_the_letters_act(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.field_comes()
        types(app, "A", "X")
        await quiet(app)
        app._give_up()
        types(app, "t")
        await quiet(app)
        await pilot.pause()
        assert app.fake.told == []
        assert app.focused is app.room.query_one("#timeline"), "and the keys work again"


async def test_only_keys_that_nothing_moved_for_long_are_given_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, _):
        app.field_comes()
        types(app, "A", "X")
        await quiet(app)
        held = len(app._typed)
        app._look_after(app._given - 1)  # a wait that began with keys before these
        assert len(app._typed) == held == 2
        app._look_after(app._given)
        assert not app._typed
        assert app.fake.told == []


async def test_a_key_that_had_to_wait_decides_nothing_in_an_armed_card(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await press(app, "a", "wait for it to arm")
        assert isinstance(app.screen, Card)
        assert app.screen.armed
        app._typed.append((events.Key("y", "y"), asyncio.get_running_loop().time() - 1.0))
        await app._give()
        await quiet(app)
        assert (app.fake.told, type(app.screen)) == ([], Card)
        await press(app, "y")
        await pilot.pause()
        assert [command["cmd"] for command in app.fake.told] == ["approve"]


async def test_leaving_waits_for_no_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    async with opened(tmp_path) as (app, _):
        monkeypatch.setattr(app, "exit", left.append)
        app.field_comes()
        types(app, "N", "ctrl+q")
        await quiet(app)
    assert left == [0]


async def test_a_key_after_the_one_that_leaves_a_screen_is_not_held(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        types(app, "question_mark", "escape", "f", "escape", "t")
        for _ in range(20):
            await quiet(app)
            await pilot.pause()
        assert app.focused is app.room.query_one("#timeline")
        assert not app._typed
