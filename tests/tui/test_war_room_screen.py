"""The war room over a story: what is on the screen, and what a key asks for."""

from pathlib import Path

import pytest

from orchestrator.client import Answer
from tests.tui.rooms import CLOSED, MITIGATING, WAITING, find, opened, settled, text_of
from tui.notices import Health
from tui.screens.review import DocumentList
from tui.widgets.agent_pane import AgentPane
from tui.widgets.command_line import CommandLine
from tui.widgets.timeline import Timeline

SIZES = [(120, 40), (80, 24), (200, 60), (20, 5), (10, 2), (110, 30)]


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
async def test_it_is_drawn_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as (app, _):
        rows = text_of(app)
        assert len(rows) == size[1]
        assert "INC-2031" in "".join(rows) or size[0] < 30


@pytest.mark.parametrize("moment", [0.0, 5.0, 230.0, WAITING, MITIGATING, CLOSED])
async def test_every_moment_of_an_incident_can_be_shown(tmp_path: Path, moment: float) -> None:
    async with opened(tmp_path, moment) as (app, _):
        find(app, app.feed.state.status)


async def test_the_usual_size_shows_everything_that_counts(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, _):
        assert "P0 CRITICAL" in find(app, "INVESTIGATING")
        assert "RESOLVE" in find(app, "ACK")
        for title in ("Steps", "Ladder", "Signals", "Timeline", "Approvals", "Open questions"):
            find(app, title)
        assert "waits" in find(app, "Mitigation")
        assert "component-owner" in find(app, "Steps")
        find(app, "Taking over from tier 1")
        find(app, "review and decide")
        assert "14:06:40Z" in find(app, "help")


async def test_a_small_screen_shows_one_region_at_a_time(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(80, 24)) as (app, pilot):
        find(app, "Taking over from tier 1")
        seen = []
        for _ in range(5):
            await pilot.press("tab")
            seen.append(app.room.tab)
        assert seen == ["timeline", "approvals", "steps", "questions", "agents"]
        await pilot.press("tab", "tab")
        await settled(app, pilot)
        find(app, "review and decide")
        assert not any("Taking over" in row for row in text_of(app))


async def test_resizing_keeps_focus_and_reading_position(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("t", "home")
        for size in ((80, 24), (20, 5), (200, 60), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        timeline = app.room.query_one(Timeline)
        assert timeline.has_focus
        assert timeline.top == 0
        assert not timeline.following


async def test_a_digit_opens_that_agent(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        strip = next(pane for pane in app.room.grid.panes if pane.size.height == 1)
        await pilot.press(str(strip.number))
        await settled(app, pilot)
        assert strip.has_focus
        assert strip.size.height > 1


async def test_a_digit_nobody_has_is_answered(tmp_path: Path) -> None:
    async with opened(tmp_path, 1.0) as (app, pilot):
        await pilot.press("8")
        await pilot.pause()
        find(app, "nobody has number 8")


async def test_zoom_gives_one_agent_the_room_and_escape_gives_it_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("1", "z")
        await pilot.pause()
        pane = app.focused
        assert isinstance(pane, AgentPane)
        assert pane.size.width == 120
        await pilot.press("escape")
        await pilot.pause()
        assert pane.size.width < 60
        assert pane.has_focus


async def test_acknowledging_is_sent_and_its_answer_is_shown(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("A")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["incident"]) == ("ack", "INC-2031")
        assert told["id"].startswith("cmd/")
        find(app, "ack: accepted")


async def test_a_refusal_is_one_line_with_its_reason(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.fake.says = Answer(False, "already acknowledged by a.kim", {})
        await pilot.press("A")
        await settled(app, pilot)
        find(app, "refused: already acknowledged by a.kim")


async def test_a_note_is_typed_into_the_command_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("1", "N", *"pool", "space", *"odd", "enter")
        await settled(app, pilot)
        assert app.fake.told[0]["text"] == "pool odd"
        assert isinstance(app.focused, AgentPane), "the focus goes back to where it was"


async def test_letters_typed_into_the_command_line_are_no_keys(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("colon", "a", "A", "z", "1", "escape")
        await settled(app, pilot)
        assert app.fake.told == []
        assert app.screen is app.room
        assert not app.room.query_one(CommandLine).editing


async def test_stop_and_steer_name_the_agent_of_the_pane(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        key = app.room.grid.key_of(1)
        await pilot.press("1", "x")
        await settled(app, pilot)
        await pilot.press("s", *"look", "enter")
        await settled(app, pilot)
        stop, steer = app.fake.told
        assert (stop["cmd"], stop["key"]) == ("stop", key)
        assert (steer["cmd"], steer["key"], steer["text"]) == ("steer", key, "look")


async def test_a_silent_runner_is_named_loudly_and_a_key_starts_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.fake.condition = Health(alive=False, silent_for=7.0)
        app.room.beat()
        await pilot.pause()
        assert "ctrl+r start it again" in find(app, "× RUNNER DOWN")
        assert sum("RUNNER DOWN" in row for row in text_of(app)) == 2
        await pilot.press("ctrl+r")
        await settled(app, pilot)
        assert app.fake.starts == 1


async def test_on_a_small_screen_the_same_is_said_in_the_command_row(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(80, 24)) as (app, pilot):
        app.fake.condition = Health(alive=False, silent_for=7.0)
        app.room.beat()
        await pilot.pause()
        assert "start it again" in find(app, "silent for 7 s")


async def test_a_full_disk_says_that_approvals_are_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.fake.condition = Health(disk_full=True, why="free space on /srv")
        app.room.beat()
        await pilot.pause()
        assert "free space on /srv" in find(app, "approvals refused")


async def test_the_written_review_is_announced_and_read_with_one_key(tmp_path: Path) -> None:
    async with opened(tmp_path, CLOSED) as (app, pilot):
        assert "read it" in find(app, "review written")
        await pilot.press("f")
        await settled(app, pilot)
        find(app, "Post-incident review: INC-2031")
        await pilot.press("escape")
        await settled(app, pilot)
        assert app.screen is app.room
        assert not any("review written" in row for row in text_of(app))


async def test_documents_are_read_one_after_the_other(tmp_path: Path) -> None:
    async with opened(tmp_path, CLOSED) as (app, pilot):
        await pilot.press("f", "home")
        for _ in range(3):
            await pilot.press("down")
            await settled(app, pilot)
            chosen = app.screen.query_one(DocumentList).chosen
            band = next(row for row in text_of(app) if "written" in row)
            assert chosen[:30] in band


async def test_help_lists_every_key_of_the_screen(tmp_path: Path) -> None:
    async with opened(tmp_path, size=(120, 60)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        for words in ("Acting on the incident", "ctrl+r", "In an agent's pane", "Everywhere"):
            find(app, words)
        await pilot.press("escape")
        assert app.screen is app.room


async def test_a_opens_the_card_and_only_looking_sends_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("a")
        await pilot.pause()
        find(app, "will run")
        await pilot.press("escape")
        await settled(app, pilot)
        assert app.fake.told == []


async def test_ctrl_c_asks_what_to_stop(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        working = next(pane for pane in app.room.grid.panes if pane.running)
        await pilot.press(str(working.number), "ctrl+c")
        await pilot.pause()
        assert "component-owner" in find(app, f"x       the agent {working.number}")
        await pilot.press("x")
        await settled(app, pilot)
        assert app.fake.told[0]["cmd"] == "stop"


async def test_leaving_leaves_nothing_behind_but_the_way_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app.leaving.is_set()
    assert app.return_value == 0


async def test_the_timeline_follows_until_it_is_scrolled(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        await pilot.press("t", "up")
        assert timeline.following is False
        app.feed.on(120)
        app.room.apply(app.feed.poll())
        assert timeline.unseen > 0
        assert "new" in find(app, "Timeline")
        await pilot.press("end")
        assert timeline.unseen == 0
        assert "new" not in find(app, "Timeline")


async def test_pressing_t_again_shows_one_kind_after_the_other(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        await pilot.press("t", "t")
        assert timeline.kind == "incident"
        assert "incident" in find(app, "Timeline")
        for _ in range(12):
            if timeline.kind:
                await pilot.press("t")
        assert timeline.kind == ""


async def test_a_reset_rebuilds_what_is_shown(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        pane = app.room.grid.panes[0]
        app.feed.at(20.0)
        app.room.apply(app.feed.poll())
        await settled(app, pilot)
        early = [row.rstrip() for row in text_of(app)]
        app.feed.at(WAITING)
        app.room.apply(app.feed.poll())
        await settled(app, pilot)
        find(app, "Taking over from tier 1")
        app.feed.at(20.0)
        app.room.apply(app.feed.poll())
        await settled(app, pilot)
        assert [row.rstrip() for row in text_of(app)] == early
        assert pane is app.room.grid.panes[0]


async def test_ascii_only_paints_nothing_else(tmp_path: Path) -> None:
    async with opened(tmp_path, ascii_only=True) as (app, _):
        for row in text_of(app):
            assert row.isascii(), row


async def test_without_colour_chips_are_reverse_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(tmp_path) as (app, _):
        strip = app.room.query_one("#header").render_line(0)
        chip = next(segment for segment in strip if "P0" in segment.text)
        assert chip.style is not None
        assert chip.style.reverse
        assert chip.style.color is None


async def test_the_light_theme_is_one_command_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("colon", *"theme", "enter")
        await settled(app, pilot)
        assert app.theme == "warroom-light"
