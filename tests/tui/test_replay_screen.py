"""The replay is the same war room under a playhead, and nothing in it can act."""

from itertools import pairwise

import pytest
from textual.pilot import Pilot

from orchestrator.clock import FakeClock
from orchestrator.model import events as ev
from orchestrator.project import IncidentFolder, Project
from tests.tui.rooms import FakeLink
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import story, write_incident
from tui.app import Console
from tui.replay import Player, load
from tui.screens.card import Card
from tui.screens.help import Help
from tui.screens.replay import Replay
from tui.screens.war_room import WarRoom
from tui.widgets.approval_queue import REPLAYED, ApprovalQueue
from tui.widgets.header import Header
from tui.widgets.region import Region
from tui.widgets.scrubber import Scrubber, axis, markers, spark_levels, speed_word
from tui.widgets.timeline import Timeline


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


class Playing(Console):
    """A console on the saved story, whose time passes only when told to."""

    def __init__(self, folder: IncidentFolder) -> None:
        self.still = FakeClock()
        self.player = load(folder)
        super().__init__(Project(folder.path.parent), clock=self.still, start_runner=False)
        self.link = FakeLink(self.project, self.still)  # ctrl+r would start a runner that stays

    def first_screen(self) -> Replay:
        return Replay(self.player, self.still)

    def passes(self, seconds: float) -> None:
        """Let time pass, a frame at a time."""
        room = self.screen
        assert isinstance(room, Replay)
        for _ in range(round(seconds / 0.25)):
            self.still.advance(0.25)
            room.frames.tick()


async def opened(pilot: Pilot[int]) -> Playing:
    console = pilot.app
    assert isinstance(console, Playing)
    await console.workers.wait_for_complete()
    await pilot.pause()
    return console


def rows(region: Region) -> str:
    return "\n".join(strip.text for strip in region._rows)


def shown(console: Playing, kind: type[Region]) -> str:
    return rows(console.screen.query_one(kind))


async def test_it_is_the_war_room_and_says_that_it_is_a_replay(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        assert isinstance(console.screen, WarRoom)
        assert " REPLAY " in shown(console, Header)
        assert "14:00:00Z" in shown(console, Header)
        assert "1×" in shown(console, Scrubber)
        assert "paused" in shown(console, Scrubber)


async def test_a_goes_to_the_approval_where_nothing_can_run(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        await pilot.press("a")
        queue = shown(console, ApprovalQueue)
        assert REPLAYED in queue
        assert "review and decide" not in queue
        assert "roll orders back" in queue
        assert console.player.state.approvals
        assert not isinstance(console.screen, Card)
        await pilot.press("a")
        assert "no approval follows" in shown(console, Scrubber)
        await pilot.press("left")
        assert "no approval follows" not in shown(console, Scrubber)


@pytest.mark.parametrize("key", ["A", "N", "r", "colon", "ctrl+r", "y", "n", "x", "s"])
async def test_no_key_acts_on_the_incident(folder: IncidentFolder, key: str) -> None:
    before = folder.journal.read_bytes()
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        await pilot.press("a", "1", key)
        await pilot.pause()
        assert type(console.screen) is Replay
    assert folder.journal.read_bytes() == before


async def test_space_plays_and_pauses(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        await pilot.press("space")
        console.passes(3)
        assert console.player.now() == pytest.approx(console.player.start + 3)
        assert "► 1×" in shown(console, Scrubber)
        await pilot.press("space")
        console.passes(3)
        assert console.player.now() == pytest.approx(console.player.start + 3)


async def test_brackets_change_the_speed(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        await pilot.press("left_square_bracket")
        assert "½×" in shown(console, Scrubber)
        await pilot.press(*["right_square_bracket"] * 8)
        assert "max" in shown(console, Scrubber)


async def test_arrows_step_events_and_minutes(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        first = console.player.index
        await pilot.press("right", "right", "left")
        assert console.player.index == first + 1
        await pilot.press("home", "shift+right", "shift+right", "shift+left")
        assert console.player.now() == T0 + 60


async def test_home_and_end_are_the_replays_whatever_has_the_focus(
    folder: IncidentFolder,
) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        await pilot.press("t", "end")
        assert console.player.ended
        await pilot.press("home")
        assert console.player.now() == console.player.start
        await pilot.press("1", "end")
        assert console.player.ended


async def test_the_screen_at_the_end_is_the_same_played_or_jumped(folder: IncidentFolder) -> None:
    """Every region agrees, row by row, with a replay that went there in one jump."""
    screens = []
    for way in ("played", "jumped"):
        async with Playing(folder).run_test(size=(120, 40)) as pilot:
            console = await opened(pilot)
            if way == "played":
                await pilot.press(*["right_square_bracket"] * 7, "space")
                console.passes(30)
                assert console.player.ended
            await pilot.press("end")
            room = console.screen
            assert isinstance(room, Replay)
            room.beat()
            room.frames.drain()
            regions = [r for r in room.query(Region) if not isinstance(r, Scrubber)]
            screens.append([rows(region) for region in regions])
    assert screens[0] == screens[1]


async def test_panes_hold_after_a_jump_what_they_held_when_it_was_played(
    folder: IncidentFolder,
) -> None:
    async with Playing(folder).run_test(size=(200, 60)) as pilot:
        console = await opened(pilot)
        room = console.screen
        assert isinstance(room, Replay)
        await pilot.press(*["right_square_bracket"] * 2, "space")
        played = []
        for _ in range(5):
            console.passes(25)
            room.apply(room.feed.poll())
            played.append((console.player.now(), panes(room)))
        await pilot.press("space")
        for at, texts in [played[3], played[0], played[4], played[2], played[1]]:
            console.player.seek(at)
            room._jump(lambda: None)
            assert panes(room) == texts
        assert sum(len(text) for _, texts in played for text in texts.values()) > 1000


def panes(room: Replay) -> dict[str, str]:
    """What the panes hold, by task, at one width and whichever of them are open."""
    held: dict[str, str] = {}
    for key, text in room.grid.texts.items():
        text.settle()
        text.rewrap(60)
        held[key] = text.plain()
    return {key: rows for key, rows in held.items() if rows}


async def test_a_warning_is_found_and_stops_the_playing(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        await pilot.press("space", "exclamation_mark")
        assert not console.player.playing
        last = [line for line in shown(console, Timeline).splitlines() if line.strip()][-1]
        assert "▲" in last or "×" in last


async def test_a_click_on_the_line_seeks(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        await pilot.click(Scrubber, offset=(9 + 95, 1))
        assert console.player.ended
        await pilot.click(Scrubber, offset=(9, 1))
        assert console.player.now() == console.player.start


async def test_help_lists_the_replays_keys_and_none_that_act(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 60)) as pilot:
        console = await opened(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(console.screen, Help)
        text = "\n".join(rows(region) for region in console.screen.query(Region))
        assert "To the next approval." in text
        assert "Open the card" not in text
        await pilot.press("escape")
        await pilot.pause()
        assert len(console.screen_stack) == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (20, 5)])
async def test_every_size_shows_a_replay_and_none_breaks_it(
    folder: IncidentFolder, size: tuple[int, int]
) -> None:
    async with Playing(folder).run_test(size=size) as pilot:
        console = await opened(pilot)
        await pilot.press("a", "tab", "tab", "z", "z", "end", "home", "exclamation_mark")
        await pilot.pause()
        scrubber = console.screen.query_one(Scrubber)
        assert scrubber.size.width == size[0]
        assert all(strip.cell_length == size[0] for strip in scrubber._rows)


async def test_esc_leaves_a_replay_that_lies_over_the_war_room(folder: IncidentFolder) -> None:
    async with Playing(folder).run_test(size=(120, 40)) as pilot:
        console = await opened(pilot)
        console.push_screen(Replay(load(folder), console.still))
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert len(console.screen_stack) == 1
        await pilot.press("escape")
        await pilot.pause()
        assert "ctrl+q leaves" in shown(console, Scrubber)


# --- the scrubber, without a screen ---------------------------------------------------------------


def told(folder: IncidentFolder) -> Player:
    return load(folder)


def test_the_approval_has_its_mark_where_it_was(folder: IncidentFolder) -> None:
    player = told(folder)
    asked = next(e for e in player.events if isinstance(e.data, ev.ApprovalRequested))
    cells = 96
    cell = int((asked.at - player.start) / (player.end - player.start) * cells)
    assert markers(player, cells)[cell] == "wait"
    assert set(markers(player, cells)) <= {"", "late", "wait", "warn", "star", "done"}


@pytest.mark.parametrize("cells", [1, 8, 20, 57, 96, 180])
def test_labels_of_the_axis_never_touch(folder: IncidentFolder, cells: int) -> None:
    player = told(folder)
    for fraction in (0.0, 0.01, 0.3, 0.5, 0.99, 1.0):
        player.seek_fraction(fraction)
        labels = axis(player, cells, min(cells - 1, int(fraction * cells)))
        assert sum(here for _, _, here in labels) == 1
        for (cell, text, _), (after, _, _) in pairwise(labels):
            assert cell + len(text) < after


def test_sparks_scale_to_the_busiest_and_leave_silence_empty() -> None:
    assert spark_levels([0, 1, 8, 4]) == " ▁█▄"
    assert spark_levels([]) == ""


def test_speeds_read_as_people_write_them() -> None:
    assert [speed_word(s) for s in (0.5, 1.0, 64.0, float("inf"))] == ["½×", "1×", "64×", "max"]
