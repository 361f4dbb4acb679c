"""The card and the playhead on terminals without colour, and on those with nothing but ASCII."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from orchestrator.clock import FakeClock
from orchestrator.project import IncidentFolder, Project
from tests.tui.rooms import Room, find, opened, text_of
from tests.tui.test_zoom import messages, told, zoomed
from tests.unit.incident_story import story, write_incident
from tui.app import Console
from tui.console_settings import ConsoleSettings
from tui.notices import Health
from tui.replay import load
from tui.screens.card import Card
from tui.screens.card_sheet import CardFoot, CardSheet
from tui.screens.replay import Replay
from tui.widgets.header import Header
from tui.widgets.region import Region
from tui.widgets.scrubber import Scrubber

SIZES = [(120, 40), (80, 24)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


async def card_of(app: Room, pilot: Pilot[int]) -> Card:
    """The card of the approval that waits, armed."""
    await pilot.press("a")
    await pilot.pause()
    card = app.screen
    assert isinstance(card, Card)
    for _ in range(12):
        card.look()
        app.time.advance(0.1)
    card.look()
    await pilot.pause()
    return card


def replaying(folder: IncidentFolder, ascii_only: bool = False) -> Console:
    player = load(folder)
    project = Project(folder.path.parent)
    settings = ConsoleSettings(ascii=ascii_only)
    return Console(project, clock=FakeClock(), saved=player, settings=settings)


async def ready(console: Console, pilot: Pilot[int]) -> Scrubber:
    await console.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(console.screen, Replay)
    return console.screen.query_one(Scrubber)


def colourless(region: Region) -> list[Strip]:
    """The rows of a region, none of which names a colour."""
    for strip in region._rows:
        for segment in strip:
            assert segment.style is not None
            assert segment.style.color is None, segment
            assert segment.style.bgcolor is None, segment
    return region._rows


# --- ASCII ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_a_card_in_ascii_has_a_frame_of_ascii_and_nothing_else(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path, size=size, ascii_only=True) as (app, pilot):
        await card_of(app, pilot)
        for line in text_of(app):
            assert line.isascii(), line
        find(app, "will run")
        find(app, "armed")
        if size == (120, 40):
            assert any(line.strip().startswith("+--") for line in text_of(app)), "its frame"
        await pilot.press("n", *"no")
        await pilot.pause()
        for line in text_of(app):
            assert line.isascii(), line


@pytest.mark.parametrize("size", SIZES)
async def test_a_replay_in_ascii_paints_nothing_else(
    folder: IncidentFolder, size: tuple[int, int]
) -> None:
    console = replaying(folder, ascii_only=True)
    async with console.run_test(size=size) as pilot:
        await ready(console, pilot)
        for keys in (("a",), ("left_square_bracket",), ("space",), ("end",), ("a",)):
            await pilot.press(*keys)
            await pilot.pause()
            for line in text_of(console):
                assert line.isascii(), line


async def test_half_speed_can_be_read_in_ascii(folder: IncidentFolder) -> None:
    console = replaying(folder, ascii_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await ready(console, pilot)
        await pilot.press("left_square_bracket")
        find(console, "0.5x")


# --- no colour ------------------------------------------------------------------------------------


@pytest.fixture
def no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.usefixtures("no_color")
async def test_a_card_without_colour_says_in_words_and_weight_what_colour_said(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (app, pilot):
        card = await card_of(app, pilot)
        sheet = colourless(card.query_one(CardSheet))
        foot = colourless(card.query_one(CardFoot))
        text = "\n".join(strip.text for strip in sheet)
        for words in ("risk MEDIUM", "expires", "exit 0", "- orders", "+ orders", "sha-256"):
            assert words in text
        command = next(s for strip in sheet for s in strip if "bin/deploy" in s.text)
        assert command.style is not None
        assert command.style.bold, "what will run stands out"
        armed = next(s for strip in foot for s in strip if "armed" in s.text)
        assert armed.style is not None
        assert armed.style.bold, "and that a key now counts"


@pytest.mark.usefixtures("no_color")
async def test_a_destructive_cards_chip_is_reverse_video_without_colour(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        card = await card_of(app, pilot)
        sheet = card.query_one(CardSheet)
        with app._context():
            sheet.apply(replace(card._approval, risk="destructive"), app.feed.state, 0.0)
        chip = next(s for strip in colourless(sheet) for s in strip if "DESTRUCTIVE" in s.text)
        assert chip.style is not None
        assert chip.style.reverse


@pytest.mark.usefixtures("no_color")
async def test_the_playhead_is_seen_without_colour(folder: IncidentFolder) -> None:
    console = replaying(folder)
    async with console.run_test(size=(120, 40)) as pilot:
        scrubber = await ready(console, pilot)
        await pilot.press("a")
        rows = colourless(scrubber)
        line = next(strip.text for strip in rows if "●" in strip.text and "─" in strip.text)
        assert line.index("━") < line.index("●") < line.index("─"), "played, here, to come"
        here = [s for strip in rows for s in strip if s.text == "14:05:56"]
        assert here
        assert all(s.style is not None and s.style.bold for s in here)


@pytest.mark.usefixtures("no_color")
@pytest.mark.parametrize(("ascii_only", "rule", "line"), [(False, "─", "│"), (True, "-", "|")])
async def test_without_colour_bands_are_rules_and_lines_stand_between_columns(
    tmp_path: Path, ascii_only: bool, rule: str, line: str
) -> None:
    async with opened(tmp_path, ascii_only=ascii_only) as (app, _):
        steps = find(app, " Steps ")
        assert steps.startswith(f"{rule} Steps {rule}")
        left, right = app.room.query_one("#left").region, app.room.query_one("#right").region
        assert steps[left.right - 1] == line
        assert steps[right.x] == line


async def test_the_terminals_own_colours_leave_every_ground_to_it(tmp_path: Path) -> None:
    async with opened(tmp_path, settings=ConsoleSettings(theme="ansi")) as (app, _):
        for region in app.room.query(Region):
            for segment in (s for strip in region._rows for s in strip):
                assert segment.style is None or segment.style.bgcolor is None, segment
        assert find(app, " Steps ").startswith("─ Steps ─")


# --- the runner -----------------------------------------------------------------------------------


async def test_a_card_says_that_the_runner_is_down(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.fake.condition = Health(alive=False, silent_for=4.0)
        card = await card_of(app, pilot)
        app.room.beat()
        card.look()
        await pilot.pause()
        assert " RUNNER DOWN " in card.query_one(Header)._rows[0].text
        app.fake.condition = Health()
        app.room.beat()
        card.look()
        await pilot.pause()
        assert "RUNNER DOWN" not in card.query_one(Header)._rows[0].text


async def test_an_empty_no_color_is_no_wish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    async with opened(tmp_path) as (app, _):
        assert not app.no_color
        header = app.room.query_one(Header).render_line(0)
        assert any(s.style is not None and s.style.bgcolor for s in header)


async def test_markdown_of_an_agent_alone_is_in_ascii_too(tmp_path: Path) -> None:
    async with opened(tmp_path, ascii_only=True) as (app, pilot):
        pane = await zoomed(app, pilot)
        told(
            pane,
            ("say", "- one\n- two → three\n\n> quoted\n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"),
        )
        told(pane, ("call", "E12\tcat log\t0.1"), ("say", "now"))
        await messages(app, pilot, 2)
        find(app, "two > three")
        assert [row for row in text_of(app) if not row.isascii()] == []
