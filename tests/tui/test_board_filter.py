"""`/` on the board: words narrow the lists of incidents, the band says how far, esc shows all."""

import pytest
from textual.pilot import Pilot

from orchestrator.model.state import State
from orchestrator.project import Project
from tests.tui.project_story import told_project
from tests.tui.rooms import find, text_of
from tests.tui.test_board import Home, home, shown
from tui.board_lines import has_words
from tui.screens.war_room import WarRoom
from tui.widgets.board_regions import Earlier, OpenList
from tui.widgets.filter_field import FilterField


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return told_project(tmp_path_factory.mktemp("filter"))


def listed(app: Home) -> tuple[list[str], list[str]]:
    """The open and the earlier incidents that are in the lists."""
    lists = (app.board.query_one(OpenList), app.board.query_one(Earlier))
    return ([line.id for line in lists[0].lines], [line.id for line in lists[1].lines])


async def type_filter(app: Home, pilot: Pilot[int], words: str) -> None:
    await pilot.press("slash", *("space" if letter == " " else letter for letter in words))
    await shown(app, pilot)


@pytest.mark.parametrize(
    "words", ["inc-2029", "2029", "payments", "P1", "investigating", "WEBHOOKS", "p1 delayed", ""]
)
def test_each_word_may_be_in_the_id_service_severity_status_or_title(words: str) -> None:
    state = State(incident="INC-2029", service="payments", severity="P1", status="INVESTIGATING")
    state.title = "payment webhooks delayed"
    assert has_words(state, words)


@pytest.mark.parametrize("words", ["2030", "P0", "resolved", "webhooks P2", "stopped"])
def test_a_word_that_is_nowhere_holds_it_back(words: str) -> None:
    state = State(incident="INC-2029", service="payments", severity="P1", status="INVESTIGATING")
    state.title = "payment webhooks delayed"
    assert not has_words(state, words)


async def test_typing_narrows_both_lists_and_the_bands_count_what_is_shown(
    project: Project,
) -> None:
    async with home(project) as (app, pilot):
        assert len(listed(app)[0]) == 4
        await type_filter(app, pilot, "search")
        assert listed(app) == (["INC-2026"], ["INC-2027"])
        assert '1 of 4 with "search"' in find(app, "Open ")
        assert '1 of 2 with "search"' in find(app, "Earlier")
        assert "4 open" in text_of(app)[0], "the header counts all of them"
        assert "+04:10" in find(app, "+04:10"), "no promise is hidden by a filter"


async def test_enter_keeps_the_words_and_goes_to_what_they_found(project: Project) -> None:
    async with home(project) as (app, pilot):
        await type_filter(app, pilot, "payments")
        await pilot.press("enter", "enter")
        await shown(app, pilot)
        assert isinstance(app.screen, WarRoom)
        assert app.screen.incident == "INC-2029"
        await pilot.press("b")
        await shown(app, pilot)
        assert listed(app)[0] == ["INC-2029"], "the board is as it was left"


async def test_enter_goes_to_the_earlier_ones_when_only_those_match(project: Project) -> None:
    async with home(project) as (app, pilot):
        await type_filter(app, pilot, "certificate")
        find(app, "no match; esc shows all")
        await pilot.press("enter")
        assert app.board.chosen == "INC-2018"


@pytest.mark.parametrize("left_first", [False, True])
async def test_esc_shows_all_again_from_the_field_and_from_the_list(
    project: Project, left_first: bool
) -> None:
    async with home(project) as (app, pilot):
        await type_filter(app, pilot, "search")
        if left_first:
            await pilot.press("enter")
        await pilot.press("escape")
        await shown(app, pilot)
        assert len(listed(app)[0]) == 4
        assert not app.board.query_one(FilterField).display
        assert "by severity" in find(app, "Open ")
        assert app.board.query_one(OpenList).has_focus


async def test_a_small_screen_leaves_the_tab_of_deadlines_for_the_list(project: Project) -> None:
    async with home(project, (80, 24)) as (app, pilot):
        await pilot.press("tab")
        await type_filter(app, pilot, "P3")
        assert app.board.tab == "open"
        find(app, "nightly export")
        assert not any("webhooks" in row for row in text_of(app))


async def test_the_help_of_the_board_tells_of_the_filter(project: Project) -> None:
    async with home(project, (120, 50)) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        find(app, "Show only incidents with these words")


async def test_a_filter_survives_the_beat_that_brings_news(project: Project) -> None:
    async with home(project) as (app, pilot):
        await type_filter(app, pilot, "p0")
        app.board.beat()
        await shown(app, pilot)
        assert listed(app)[0] == ["INC-2031"]
