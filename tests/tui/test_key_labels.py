"""Every key that a row of the screen names is written as the person rebound it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tui.key_rows import runner_is_down
from tests.tui.rooms import find, opened, text_of
from tests.tui.test_every_key import press
from tui.console_settings import ConsoleSettings
from tui.widgets.footer import KeyFooter

OWN: Mapping[str, tuple[str, ...]] = {
    "approvals": ("f2",),
    "approve": ("f3",),
    "deny": ("f4",),
    "evidence": ("f5",),
    "ledger": ("f5",),
    "back": ("f6",),
    "runner": ("f7",),
    "send": ("f8",),
    "skip": ("f9",),
    "choice-on": ("f10",),
    "question-on": ("f10",),
    "down": ("f10",),
    "command": ("f11",),
    "words": ("f11",),
}


def mine(**own: tuple[str, ...]) -> dict[str, Any]:
    return {"settings": ConsoleSettings(keys={**OWN, **own})}


async def test_the_queue_and_the_card_name_the_persons_own_keys(tmp_path: Path) -> None:
    async with opened(tmp_path, **mine()) as (app, pilot):
        find(app, "f2 review and decide")
        await press(app, "f2", "wait for it to arm")
        await pilot.pause()
        find(app, "f3 approve once  f4 deny and say why  f5 evidence  f6 back")
        await press(app, "f4")
        await pilot.pause()
        find(app, "f6 leave the field")


async def test_the_notice_of_a_dead_runner_names_the_persons_own_key(tmp_path: Path) -> None:
    async with opened(tmp_path, **mine()) as (app, pilot):
        runner_is_down(app)
        await pilot.pause()
        find(app, "f7 start it again")
        find(app, "f11 ")
        await press(app, "f7")
        assert app.fake.starts == 1


async def test_a_question_and_the_form_name_the_persons_own_keys(tmp_path: Path) -> None:
    async with opened(tmp_path, **mine()) as (app, pilot):
        await press(app, "S")
        await pilot.pause()
        find(app, "↑ f10 choose  f6 back")
        await press(app, "f6", "plus")
        await pilot.pause()
        find(app, "nothing is sent before f8")
        find(app, "f9 skips")


@pytest.mark.parametrize("keys", [("plus",), ("colon",)])
async def test_while_a_field_is_open_no_key_is_shown_that_is_a_letter_there(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    async with opened(tmp_path) as (app, pilot):
        await press(app, *keys)
        app.screen.query_one(KeyFooter).changed()
        await pilot.pause()
        assert "?" not in text_of(app)[-1]
        assert "esc back" in text_of(app)[-1]


async def test_the_help_of_a_form_lists_only_what_acts_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await press(app, "plus", "ctrl+p", *"help", "enter")
        await pilot.pause()
        rows = [row.split() for row in text_of(app)]
        first = {row[0] for row in rows if row}
        assert {"ctrl+s", "ctrl+n", "esc", "ctrl+r"} <= first
        assert not first & {"?", "w", "b", "+"}
