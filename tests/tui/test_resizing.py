"""From large to tiny and back: no screen breaks, and focus, scroll and follow are as they were."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from orchestrator.clock import FakeClock
from tests.tui.project_story import told_project
from tests.tui.rooms import Room, find, opened, text_of
from tui.app import Console
from tui.replay import load
from tui.screens.replay import Replay
from tui.widgets.agent_pane import AgentPane
from tui.widgets.region import Region
from tui.widgets.scrubber import Scrubber
from tui.widgets.timeline import Timeline

SIZES = [(200, 60), (120, 40), (80, 24), (40, 10), (20, 5)]
THERE_AND_BACK = [*SIZES[1:], *reversed(SIZES[:-1])]


async def resized(app: Console, pilot: Pilot[int], size: tuple[int, int]) -> None:
    await pilot.resize_terminal(*size)
    await pilot.pause()
    await pilot.pause()
    assert app.size == size


def whole(screen: Screen[object]) -> None:
    """Every part that can be seen is as wide as its place, and none has failed."""
    for region in screen.query(Region):
        assert not region.failed, f"{region} at {screen.size}: {region.failed}"
        if region.display and region.size.width and region._painted_for[:2] == tuple(region.size):
            assert {strip.cell_length for strip in region._rows} <= {region.size.width}
    for pane in screen.query(AgentPane):
        assert pane.size.width <= screen.size.width


async def there_and_back(app: Console, pilot: Pilot[int]) -> None:
    screen, focused = app.screen, app.screen.focused
    for size in THERE_AND_BACK:
        await resized(app, pilot, size)
        assert app.screen is screen
        whole(screen)
        assert len(text_of(app)) == size[1]
    assert app.screen.focused is focused


@pytest.mark.parametrize(
    "keys",
    [
        (),
        ("1",),
        ("1", "z"),
        ("t",),
        ("a",),
        ("a", "n"),
        ("a", "e"),
        ("e",),
        ("e", "tab"),
        ("f",),
        ("f", "tab"),
        ("q",),
        ("plus", "x"),
        ("question_mark",),
        ("S",),
        ("I",),
    ],
)
async def test_a_screen_that_is_made_tiny_and_large_again_is_as_it_was(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    async with opened(tmp_path, size=SIZES[0]) as (app, pilot):
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
        while reading := finite(app):
            await asyncio.wait_for(app.workers.wait_for_complete(reading), 20)
            await pilot.pause()
        app.screen.refresh(layout=True)
        await pilot.pause()
        before = text_of(app)
        await there_and_back(app, pilot)
        app.room.beat()
        await pilot.pause()
        assert text_of(app) == before


def finite(app: Room) -> list[Worker[object]]:
    """Work that ends by itself: not what waits for a person."""
    return [work for work in app.workers if work.group not in ("decide", "ask")]


async def test_a_timeline_that_was_scrolled_still_shows_the_same_event(tmp_path: Path) -> None:
    async with opened(tmp_path, size=SIZES[0]) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        await pilot.press("t", *["up"] * 12)
        chosen, following = timeline.chosen_event, timeline.following
        assert not following
        await there_and_back(app, pilot)
        assert (timeline.chosen_event, timeline.following) == (chosen, following)


async def test_a_timeline_that_follows_follows_at_every_size(tmp_path: Path) -> None:
    async with opened(tmp_path, size=SIZES[0]) as (app, pilot):
        await pilot.press("t")
        timeline = app.room.query_one(Timeline)
        for size in THERE_AND_BACK:
            await resized(app, pilot, size)
            assert timeline.following
            if timeline.size.height > 1:
                assert timeline.top == max(0, timeline.count - timeline.size.height + 1)


async def test_a_board_survives_every_size(tmp_path: Path) -> None:
    project = told_project(tmp_path)
    app = Console(project, clock=FakeClock(), start_runner=False)
    async with app.run_test(size=SIZES[0]) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("tab", "down")
        focused: Widget | None = app.screen.focused
        await there_and_back(app, pilot)
        assert app.screen.focused is focused


async def test_a_replay_survives_every_size_and_keeps_its_place(tmp_path: Path) -> None:
    async with opened(tmp_path, size=SIZES[0]) as (app, pilot):
        room = Replay(load(app.feed.folder), app.time)
        app.push_screen(room)
        await pilot.pause()
        await pilot.press("a", "t")
        room.beat()
        room.frames.drain()
        await pilot.pause()
        index, before = room.player.index, text_of(app)
        await there_and_back(app, pilot)
        assert room.player.index == index
        room.beat()
        room.frames.drain()
        await pilot.pause()
        assert text_of(app) == before
        find(app, "replay: nothing here can run")
        assert room.query_one(Scrubber).size.height == 4


async def test_a_command_being_typed_stays_in_sight_on_the_smallest_screen(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(80, 24)) as (app, pilot):
        await pilot.press("N", *"seen")
        await pilot.resize_terminal(20, 5)
        await pilot.pause()
        find(app, "note seen")
        await pilot.press("X")
        await pilot.pause()
        find(app, "note seenX")
        await pilot.press("escape", "N")
        await pilot.pause()
        find(app, "note ")
        assert app.fake.told == []
