"""Every key is pressed wherever it exists, and does what the registry says."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.widgets import Input

import tui
from orchestrator.client import Answer
from tests.tui.key_rows import (
    HOME,
    IN_CARD,
    LATER,
    PLAYED,
    ROOM,
    ROWS,
    SCROLLING,
    Row,
    Seen,
)
from tests.tui.project_story import told_project
from tests.tui.rooms import MITIGATING, WAITING, Room, opened
from tests.tui.test_board import home
from tests.tui.test_replay_screen import Playing
from tests.tui.typist import quiet, types
from tests.unit.incident_story import story, write_incident
from tui.keys import REGION, REGISTRY, Key, entries
from tui.screens.card import Card
from tui.screens.letter import OpenText
from tui.widgets.timeline import Timeline

SIZE = (120, 40)
PATIENCE = 60
"""Rounds of the event loop in which a key must have had its effect."""


def test_every_entry_of_the_registry_has_its_row_and_no_row_is_left_over() -> None:
    assert set(ROWS) == {(key.where, key.id) for key in REGISTRY}


@asynccontextmanager
async def placed(place: str, root: Path) -> AsyncIterator[tuple[Any, Pilot[int]]]:
    """The console at one of the places where keys are pressed."""
    if place == HOME:
        async with home(told_project(root), SIZE) as (app, pilot):
            yield app, pilot
    elif place == PLAYED:
        player = Playing(write_incident(root, story()))
        async with player.run_test(size=SIZE) as pilot:
            await pilot.pause()
            yield player, pilot
    else:
        async with opened(root, WAITING if place == ROOM else MITIGATING, SIZE) as (app, pilot):
            yield app, pilot


async def at_rest(app: Any, place: str) -> None:
    """As it was at first: the screen, the focus, and nothing told."""
    base = app.first_base
    for _ in range(30):
        if app.screen is base and not isinstance(app.focused, Input):
            break
        await press(app, "w" if type(app.screen).__name__ == "Board" else "escape")
    assert app.screen is base
    if place == PLAYED:
        app.player.pause()
        app.player.speed = 1.0
        await press(app, "home")
    elif place == HOME:
        app.screen.query_one("#open").focus()
    else:
        timeline = app.room.query_one(Timeline)
        while timeline.kind:
            timeline.next_kind()
        timeline.action_follow()
        if app.room.grid.zoomed:
            await press(app, "z")
        app.room.grid.shown()[0].focus()
    await quiet(app)
    if place != PLAYED:
        app.fake.told.clear()
        app.fake.starts = 0
    app.left.clear()


async def press(app: Any, *keys: str) -> None:
    for key in keys:
        if key == IN_CARD[-1]:
            assert isinstance(app.screen, Card | OpenText)
            for _ in range(9):
                app.screen.look()
                app.time.advance(0.1)
            app.screen.look()
        else:
            types(app, key)
            await quiet(app)


async def comes_true(seen: Seen, row: Row, pilot: Pilot[int]) -> None:
    """What the row says, as soon as everything the key set going has arrived."""
    for _ in range(PATIENCE):
        try:
            seen.now = row.of(seen.app)
            row.did(seen)
        except (AssertionError, AttributeError):
            await pilot.pause()
        else:
            return
    seen.now = row.of(seen.app)
    row.did(seen)


async def pressed(app: Any, pilot: Pilot[int], key: Key, name: str, row: Row) -> str:
    """Press one key as its row says; what is wrong, or nothing."""
    await at_rest(app, row.place)
    await pilot.pause()  # panes that came back have their sizes, and so rows that a key can act on
    try:
        row.given(app)
        await press(app, *row.via)
        seen = Seen(app, name, row.of(app), None)
        await press(app, name, *row.then)
        await comes_true(seen, row, pilot)
    except (AssertionError, AttributeError) as error:
        return f"{key.where} {key.id} ({name}) on {app.screen}: {error!r}"
    return ""


@pytest.mark.parametrize("place", [ROOM, LATER, PLAYED, HOME])
async def test_each_key_does_what_it_says(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with placed(place, tmp_path) as (app, pilot):
        prepared(app, monkeypatch)
        wrong = []
        for key in REGISTRY:
            row = ROWS[key.where, key.id]
            if row.place == place:
                wrong += [await pressed(app, pilot, key, name, row) for name in key.keys]
        assert [one for one in wrong if one] == []


def prepared(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app.first_base, app.left = app.screen, []
    if isinstance(app, Room):
        app.incident = app.feed.incident
        app._rooms[app.incident] = app.DEFAULT_MODE
        app.fake.says = Answer(True, "", {"incident": app.incident})
    monkeypatch.setattr(app, "exit", app.left.append)


@pytest.mark.parametrize("thing", SCROLLING)
async def test_whatever_scrolls_is_moved_by_the_same_keys(tmp_path: Path, thing: str) -> None:
    via, where = SCROLLING[thing]
    ways = {"up": -1, "down": 1, "page-up": -1, "page-down": 1, "top": -1, "follow": 1}
    size = (40, 12) if thing == "agent pane" else (80, 18)
    async with opened(tmp_path, size=size) as (app, pilot):
        await press(app, *via)
        await pilot.pause()
        for key in entries(REGION):
            for name in key.keys:
                await press(app, "end" if ways[key.id] < 0 else "home")
                before = where(app)
                await press(app, name)
                moved = (where(app) - before) * ways[key.id]
                assert moved > 0, f"{name} in the {thing}: {before} to {where(app)}"
                assert moved == 1 or key.id not in ("up", "down"), f"{name} moved by {moved}"


# --- the map as a whole ---------------------------------------------------------------------------

TWO_ACTIONS = {
    "a": "to the approval that waits: live its card is opened, in a replay it is shown",
    "e": "what was observed: all of it, or what the card cites",
    "y": "yes, exactly what is shown: a change runs, or a text goes out",
    "slash": "only what has these words: lines of the evidence, or incidents",
    "up": "the one before: a row, or a choice",
    "down": "the next one: a row, or a choice",
    "home": "the beginning: of a text, or of the incident",
    "end": "the end: of a text, or of the incident",
}
"""Keys behind which there is more than one action, and the one meaning that they have."""


def test_a_key_with_two_actions_has_one_meaning_that_is_written_down() -> None:
    actions: dict[str, set[str]] = {}
    for key in REGISTRY:
        for name in key.keys:
            actions.setdefault(name, set()).add(key.action.partition("(")[0])
    assert {name for name, found in actions.items() if len(found) > 1} == set(TWO_ACTIONS)


def own_bindings() -> list[tuple[str, Binding]]:
    """Every binding that a class of the console adds, with the name of the class."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    kinds, found = {MessagePump}, list[tuple[str, Binding]]()
    while more := {sub for kind in kinds for sub in kind.__subclasses__()} - kinds:
        kinds |= more
    for kind in kinds:
        if kind.__module__.startswith("tui."):
            found += [(kind.__name__, b) for b in vars(kind).get("BINDINGS", ())]
    return found


def test_no_screen_and_no_widget_has_a_key_of_its_own() -> None:
    known = {(name, key.action.replace("{key}", name)) for key in REGISTRY for name in key.keys}
    assert [one for one in own_bindings() if (one[1].key, one[1].action) not in known] == []


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in own_bindings()}))
def test_on_each_class_a_key_is_bound_once(kind: str) -> None:
    keys = [binding.key for name, binding in own_bindings() if name == kind]
    assert sorted(set(keys)) == sorted(keys)
