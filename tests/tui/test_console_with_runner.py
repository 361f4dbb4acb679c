"""What a person does at the keys, with a real runner behind them and its journal read back."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.model.state import State
from tests.e2e.runners import running
from tests.tui.rooms import find, text_of
from tui.app import Console
from tui.screens.board import Board
from tui.screens.review import DocumentList, Files
from tui.screens.war_room import WarRoom

pytestmark = pytest.mark.slow

LIMIT = 30.0
RECORD = "incident-record.md"


class Person:
    """Presses keys and waits for what they bring about."""

    def __init__(self, app: Console, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Keys and words; a screen that a key opens is there before the next one."""
        for key in keys:
            for one in [key] if key in NAMED or len(key) == 1 else list(key):
                await self.pilot.press("space" if one == " " else one)
            await self.pilot.pause()
            await self.pilot.pause()

    async def until(self, true: Callable[[], Any]) -> None:
        async def looked() -> None:
            while not true():
                await self.pilot.pause()

        await asyncio.wait_for(looked(), LIMIT)

    @property
    def state(self) -> State:
        return next(s for s in self.app.screen_stack if isinstance(s, WarRoom)).feed.state


NAMED = ("enter", "escape", "ctrl+s", "plus", "asterisk", "down", "up")


@asynccontextmanager
async def opened_by_form(root: Path) -> AsyncIterator[Person]:
    """A console on a running project, and an incident that its intake opened."""
    with running(root) as project:
        app = Console(project, start_runner=False)
        async with app.run_test(size=(120, 40)) as pilot:
            person = Person(app, pilot)
            await person.press("plus", "orders fail, P1", "enter", "1", "enter", "60", "ctrl+s")
            await person.until(lambda: isinstance(app.screen, WarRoom))
            await person.until(lambda: RECORD in person.state.documents)
            yield person


async def test_the_form_opens_an_incident_that_knows_the_answers(tmp_path: Path) -> None:
    async with opened_by_form(tmp_path) as person:
        assert person.state.title == "orders fail"
        assert person.state.answers["q1"] == "complete outage"
        assert person.state.answers["q2"] == "60"
        await person.press("b")
        await person.until(lambda: isinstance(person.app.screen, Board))
        await person.until(lambda: any("orders fail" in row for row in rows(person)))


async def test_each_acting_key_changes_the_incident(tmp_path: Path) -> None:
    async with opened_by_form(tmp_path) as person:
        await person.press("I", "eve: her shift", "enter")
        await person.until(lambda: person.state.roles.get("commander") == "eve")
        await person.press("X", "two deploys at once", "enter")
        await person.until(lambda: person.state.stopped == "two deploys at once")
        await person.press("X", "one is enough", "enter")
        await person.until(lambda: not person.state.stopped)
        await person.press("t", "up", "asterisk")
        await person.until(lambda: person.state.stars)
        await person.press("R", "users confirm", "enter")
        await person.until(lambda: not person.state.open)
        await person.press("R", "it is back", "enter")
        await person.until(lambda: person.state.reopened)


async def test_evidence_of_ones_own_gets_a_number(tmp_path: Path) -> None:
    async with opened_by_form(tmp_path) as person:
        await person.press("e", "P", "pool is odd", "ctrl+s")
        await person.until(
            lambda: any(item.kind == "human" for item in person.state.evidence.values())
        )


async def test_an_edit_survives_later_renders_and_a_foreign_change_is_adopted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'a line of mine' >> \"$1\"\n")
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    async with opened_by_form(tmp_path) as person:
        monkeypatch.setattr(person.app, "suspend", contextlib.nullcontext)
        await person.press("f")
        files = person.app.screen
        assert isinstance(files, Files)
        place = files.feed.folder.path / RECORD
        listing = files.query_one(DocumentList)
        await person.until(lambda: listing.chosen == RECORD)
        await person.press("o")
        await person.until(lambda: RECORD in person.state.edits)
        written = person.state.documents[RECORD].revision
        await person.press("escape", "A")
        await person.until(lambda: person.state.documents[RECORD].revision > written)
        assert "a line of mine" in place.read_text()
        place.write_text(place.read_text() + "\nbehind the console's back\n")
        await person.press("f")
        files = person.app.screen
        listing = files.query_one(DocumentList)
        await person.until(lambda: any(one.standing == "changed" for one in listing.papers))
        find(person.app, "O adopts it")
        before = person.state.edits[RECORD]
        await person.press("O")
        await person.until(lambda: person.state.edits[RECORD] != before)


def rows(person: Person) -> list[str]:
    return text_of(person.app)
