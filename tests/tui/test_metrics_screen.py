"""The metrics over all incidents on a screen: figures, their course, overdue actions, the ways."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from benchmarks.screenshots import hostless
from orchestrator.clock import FakeClock
from orchestrator.journal.append import JournalWriter
from orchestrator.project import Project
from tests.flow.many_incidents import DAY, lines, many
from tests.flow.raw_metrics import raw_metrics
from tests.flow.simulate import T0
from tests.tui.metrics_story import told_year
from tests.tui.rooms import find, text_of
from tests.tui.test_board import Home
from tui.console_settings import ConsoleSettings
from tui.screens.board import Board
from tui.screens.metrics import Metrics
from tui.screens.war_room import WarRoom
from tui.widgets.metric_regions import MetricList, Overdue

SOME = many(150)[:60]
LATER = T0 + 365 * DAY


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("metrics") / "shop-platform"
    root.mkdir()
    project = Project(root)
    project.create()
    for number, journal in enumerate(SOME, start=1):
        folder = project.incident(f"INC-{number}")
        folder.create()
        writer = JournalWriter(folder.journal)
        writer.append(list(journal))
        writer.close()
    return project


async def read(app: Home, pilot: Pilot[int]) -> Metrics:
    """The metrics, once their journals are read."""
    for _ in range(400):
        await pilot.pause()
        if isinstance(app.screen, Metrics) and app.screen._report is not None:
            break
        await asyncio.sleep(0.01)
    assert isinstance(app.screen, Metrics)
    await pilot.pause()
    await pilot.pause()
    return app.screen


@asynccontextmanager
async def opened(
    project: Project, size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[tuple[Home, Pilot[int]]]:
    app = Home(project, **options)
    clock = app.clock
    assert isinstance(clock, FakeClock)
    clock.advance(LATER - clock.now())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("m")
        await read(app, pilot)
        yield app, pilot


async def test_the_screen_shows_the_figures_of_the_raw_journals(project: Project) -> None:
    raw = raw_metrics([lines(journal) for journal in SOME], LATER)
    async with opened(project) as (app, _):
        screen = app.screen
        assert isinstance(screen, Metrics)
        assert screen._report is not None
        figures = {m.id: (m.value, m.n, m.of, m.kept) for m in screen._report.metrics}
        assert figures == raw
        assert f"{raw['reviews'][0]:.1%}".replace("%", " %") in find(app, "Reviews written")


async def test_the_chosen_metric_is_explained_and_divided(project: Project) -> None:
    async with opened(project, (200, 60)) as (app, pilot):
        find(app, "From the start of impact to the detection")
        await pilot.press("end")
        await pilot.pause()
        find(app, "Of preventive actions done or late, those done by their date.")
        find(app, "orders ")
        find(app, "P0 ")


async def test_an_overdue_action_leads_to_its_incident(project: Project) -> None:
    async with opened(project) as (app, pilot):
        await pilot.press("tab")
        assert isinstance(app.focused, Overdue)
        chosen = app.focused.chosen.partition("/")[0]
        find(app, f"{chosen}/A")
        await pilot.press("enter")
        for _ in range(200):
            await pilot.pause()
            if isinstance(app.screen, WarRoom):
                break
        assert isinstance(app.screen, WarRoom)
        assert app.screen.incident == chosen


async def test_b_and_escape_lead_back_to_the_board(project: Project) -> None:
    for key in ("b", "escape"):
        async with opened(project) as (app, pilot):
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, Board)


async def test_the_word_on_the_board_opens_them_too(project: Project) -> None:
    async with opened(project) as (app, pilot):
        await pilot.press("b", "colon", *"metrics", "enter")
        await read(app, pilot)


async def test_in_80_columns_each_part_is_a_tab_with_the_same_keys(project: Project) -> None:
    async with opened(project, (80, 24)) as (app, pilot):
        rows = [row.rstrip() for row in text_of(app)]
        assert [row for row in rows if "Actions done in time" in row]
        assert not [row for row in rows if "…" in row]
        await pilot.press("enter")
        await pilot.pause()
        find(app, "full height")
        await pilot.press("tab")
        await pilot.pause()
        find(app, "Overdue actions")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.focused, MetricList)


async def test_m_again_reads_what_came_meanwhile(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.create()
    for number, journal in enumerate(SOME[:2], start=1):
        folder = project.incident(f"INC-{number}")
        folder.create()
        writer = JournalWriter(folder.journal)
        writer.append(list(journal))
        writer.close()
    async with opened(project) as (app, pilot):
        project.incident("INC-1").journal.write_bytes(b"{}\n")
        screen = app.screen
        assert isinstance(screen, Metrics)
        screen._report = None
        await pilot.press("m")
        await read(app, pilot)
        find(app, "1 broken journal in no figure")
        find(app, "INC-1/journal.jsonl: ")


async def test_without_incidents_nothing_is_claimed(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.create()
    async with opened(project) as (app, _):
        assert "no data" in find(app, "– Time to detect")
        assert "no data" in find(app, "– Reviews written")
        find(app, "no preventive action is late")


async def test_plain_terminals_get_every_row_in_ascii(project: Project) -> None:
    async with opened(project, settings=ConsoleSettings(ascii=True)) as (app, _):
        assert "".join(text_of(app)).isascii()


async def test_without_colour_the_verdict_is_a_sign_and_a_word(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(project) as (app, _):
        assert "×" in find(app, "Came again in 90 days")
        find(app, "─ By month ─")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_screen_is_drawn_as_it_was_accepted(
    tmp_path: Path, size: tuple[int, int], theme: Any, snapshot: SnapshotAssertion
) -> None:
    project = Project(tmp_path / "shop-platform")
    project.root.mkdir()
    told_year(project)
    async with opened(project, size, settings=ConsoleSettings(theme=theme)) as (app, _):
        drawn = hostless(app.export_screenshot(title="warroom"))
    assert drawn == snapshot(extension_class=SVGImageExtension)
