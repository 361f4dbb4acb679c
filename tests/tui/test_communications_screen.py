"""The texts for people outside: shown as they would go out, sent by an armed key, settled."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from orchestrator.client import Answer
from orchestrator.comms.letter import letter
from orchestrator.model.delivery import Channel
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, STATUS_PAGE, update_path
from orchestrator.model.records import Deadline, Message
from tests.tui.rooms import CLOSED, WAITING, Room, find, opened, settled, text_of
from tests.tui.telling import channels, went
from tui.screens.communications import Communications, TextList
from tui.screens.letter import OpenText


async def at_texts(app: Room, pilot: Pilot[int]) -> Communications:
    await pilot.press("c")
    await settled(app, pilot)
    assert isinstance(app.screen, Communications)
    return app.screen


async def choose(app: Room, pilot: Pilot[int], path: str) -> OpenText:
    """The text of that path, opened."""
    screen = await at_texts(app, pilot)
    listing = screen.query_one(TextList)
    while listing.chosen != path:
        await pilot.press("down")
    await pilot.press("enter")
    await pilot.pause()
    assert isinstance(app.screen, OpenText)
    return app.screen


def stand(app: Room, text: OpenText) -> None:
    """Let it stand on the screen and look at it as often as its timer would."""
    for _ in range(9):
        text.look()
        app.time.advance(0.1)
    text.look()


def shown(app: Room, path: str = MANAGEMENT) -> str:
    return letter((app.feed.folder.path / path).read_text()).sha256


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60), (20, 5)])
async def test_it_is_drawn_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as (app, pilot):
        app.feed.state.channels = channels()
        await at_texts(app, pilot)
        assert len(text_of(app)) == size[1]
        await pilot.press("enter")
        await pilot.pause()
        assert len(text_of(app)) == size[1]


async def test_each_text_says_when_it_is_due_and_how_far_each_channel_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        state = app.feed.state
        state.channels = channels()
        went(state, MANAGEMENT, "mail", "delivered")
        went(state, MANAGEMENT, "chat", "failed", "answered 500")
        await at_texts(app, pilot)
        row = find(app, "✓ mail")
        assert "× chat" in row
        assert state.deadlines["management"].counting
        minutes = int(state.deadlines["management"].due - app.feed.now()) // 60
        assert f"{minutes:02d}:" in row
        await pilot.press("end", "up")
        while app.screen.query_one(TextList).chosen != MANAGEMENT:
            await pilot.press("up")
        await pilot.press("tab", "end")
        await pilot.pause()
        assert ": answered 500, sent by a.kim" in find(app, "× chat, failed")
        find(app, "· status-page")


async def test_what_is_due_comes_first(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        state = app.feed.state
        state.messages[EXECUTIVE] = Message(EXECUTIVE, "due", app.feed.now() - 61, "the clock")
        screen = await at_texts(app, pilot)
        assert screen.query_one(TextList).lines[0].id == EXECUTIVE
        assert find(app, "▲ due").strip("▌ ").startswith("executive-notification")
        find(app, "+01:01")
        find(app, "▲ 1 due")


async def test_what_goes_out_by_itself_counts_down_to_that(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        state, now = app.feed.state, app.feed.now()
        state.messages[MANAGEMENT] = Message(MANAGEMENT, "due", now, "the clock")
        name = "send management-notification"
        state.deadlines[name] = Deadline(name, "trigger", now, now + 45, 1, now)
        await at_texts(app, pilot)
        find(app, "goes out in 00:45")


async def test_y_sends_exactly_what_is_shown_once_it_has_stood(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.feed.state.channels = channels()
        text = await choose(app, pilot, MANAGEMENT)
        await pilot.press("y")  # typed ahead
        await settled(app, pilot)
        assert app.fake.told == []
        stand(app, text)
        await pilot.press("y")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["path"], told["channels"]) == (
            "send",
            MANAGEMENT,
            ["mail", "chat"],
        )
        assert told["sha256"] == shown(app)


async def test_words_that_change_disarm_the_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.feed.state.channels = channels()
        text = await choose(app, pilot, MANAGEMENT)
        stand(app, text)
        place = app.feed.folder.path / MANAGEMENT
        was = "- **Incident ID**"
        place.write_text(place.read_text().replace(was, f"- And one thing more.\n{was}"))
        await pilot.press("y")  # before it has looked: the screen shows the old words
        await settled(app, pilot)
        assert app.fake.told == []
        stand(app, text)
        find(app, "And one thing more.")
        await pilot.press("y")
        await settled(app, pilot)
        assert app.fake.told[0]["sha256"] == shown(app)


async def test_only_the_channels_that_lack_it_get_it_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        state = app.feed.state
        state.channels = channels()
        went(state, MANAGEMENT, "mail", "delivered")
        went(state, MANAGEMENT, "chat", "failed", "answered 500")
        key = next(key for key, one in state.deliveries.items() if one.channel == "mail")
        state.deliveries[key] = replace(state.deliveries[key], sha256=shown(app))
        text = await choose(app, pilot, MANAGEMENT)
        assert text.channels == ("chat",)


async def test_without_a_channel_it_is_sent_by_hand_and_that_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        text = await choose(app, pilot, MANAGEMENT)
        stand(app, text)
        find(app, "no channel is there for management texts")
        await pilot.press("y")
        await pilot.press("g")
        await pilot.pause()
        await pilot.press(*"phone", "enter")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["path"], told["channel"]) == ("sent", MANAGEMENT, "phone")


async def test_a_doubt_is_settled_by_who_has_looked(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        state = app.feed.state
        state.channels = channels()
        state.messages[MANAGEMENT] = replace(state.messages[MANAGEMENT], state="sending")
        went(state, MANAGEMENT, "chat", "unknown", "the runner was cut short")
        text = await choose(app, pilot, MANAGEMENT)
        stand(app, text)
        find(app, "v it arrived by chat")
        await pilot.press("v")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["path"], told["channel"]) == ("arrived", MANAGEMENT, "chat")


async def test_an_update_too_soon_asks_for_the_reason(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        state, now = app.feed.state, app.feed.now()
        state.channels = channels()
        first, second = update_path(1), update_path(2)
        state.messages[first] = Message(first, "sent", now - 100, by="a.kim", channel="mail")
        state.messages[second] = Message(second, "drafted", now)
        (app.feed.folder.path / second).write_text("# Update 2: INC-2031\n\n- **Status**: same\n")
        text = await choose(app, pilot, second)
        stand(app, text)
        find(app, "the last update went out 01:40 ago")
        await pilot.press("y")
        await pilot.pause()
        await pilot.press("enter")  # without a reason nothing is sent
        await settled(app, pilot)
        assert app.fake.told == []
        await pilot.press(*"leak", "enter")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["path"], told["why"]) == ("send", second, "leak")


async def test_a_refusal_is_said_where_it_was_asked(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.feed.state.channels = channels()
        app.fake.says = Answer(False, "the text you saw has changed", {})
        text = await choose(app, pilot, MANAGEMENT)
        stand(app, text)
        await pilot.press("y")
        await settled(app, pilot)
        find(app, "refused: the text you saw has changed")


async def test_the_public_part_is_shown_under_the_channels_that_get_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.feed.state.channels = (*channels(), Channel("crowd", ("status-page",)))
        await choose(app, pilot, STATUS_PAGE)
        find(app, "for everybody: status-page, crowd")
        assert not any("For the sender" in row for row in text_of(app))


async def test_nothing_is_sent_once_it_is_over(tmp_path: Path) -> None:
    async with opened(tmp_path, CLOSED) as (app, pilot):
        app.feed.state.channels = channels()
        text = await choose(app, pilot, STATUS_PAGE)
        stand(app, text)
        find(app, "the incident is closed")
        await pilot.press("y", "g", "v")
        await settled(app, pilot)
        assert app.fake.told == []


async def test_the_story_waits_where_the_tests_say(tmp_path: Path) -> None:
    async with opened(tmp_path, WAITING) as (app, _):
        assert {app.feed.state.messages[path].state for path in (MANAGEMENT, EXECUTIVE)} == {
            "drafted"
        }
