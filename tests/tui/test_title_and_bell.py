"""The terminal's title and its bell: told of what is new, silent in a replay and when asked to."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from orchestrator.clock import FakeClock
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.tui.rooms import opened
from tests.unit.incident_story import story, write_incident
from tui.alarms import title_of
from tui.app import Console
from tui.console_settings import ConsoleSettings
from tui.replay import load
from tui.terminal import Terminal


class Bells:
    """A driver that only counts and remembers."""

    def __init__(self, app: Console, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rung = 0
        self.titles: list[str] = []
        driver: Any = app._driver
        monkeypatch.setattr(app, "bell", self.bell)
        monkeypatch.setattr(driver, "show_title", self.titles.append, raising=False)

    def bell(self) -> None:
        self.rung += 1


async def test_a_new_approval_changes_title_and_rings_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, 300.0) as (app, pilot):
        bells = Bells(app, monkeypatch)
        app.room.beat()
        await pilot.pause()
        assert bells.titles[-1] == "P1 INC-2031 orders"
        app.feed.at(400.0)
        for _ in range(2):
            app.room.apply(app.feed.poll())
            app.room.beat()
            await pilot.pause()
        assert bells.titles[-1] == "P0 INC-2031 orders · 1 waits"
        assert bells.rung == 1


async def test_the_bell_can_be_silenced_and_the_title_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, 300.0, settings=ConsoleSettings(bell=False)) as (app, pilot):
        bells = Bells(app, monkeypatch)
        app.feed.at(400.0)
        app.room.apply(app.feed.poll())
        app.room.beat()
        await pilot.pause()
        assert bells.rung == 0
        assert bells.titles[-1].endswith("1 waits")


async def test_a_replay_neither_rings_nor_changes_the_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_incident(tmp_path, story())
    console = Console(Project(tmp_path), clock=FakeClock(), saved=load(folder))
    async with console.run_test(size=(120, 40)) as pilot:
        bells = Bells(console, monkeypatch)
        assert console.room is not None
        await pilot.press("a")
        console.room.beat()
        await pilot.pause()
        assert (bells.rung, bells.titles) == (0, [])


def test_several_incidents_have_a_title_of_their_number() -> None:
    told = fold_all(State(), story()[:20])
    assert title_of([told, told], "shop") == "shop · 2 open"
    assert title_of([], "shop") == "shop · 0 open"


def test_a_title_cannot_carry_an_escape() -> None:
    hostile = State(incident="INC-1", service="a\x1b]2;owned\x07b\nc")
    assert title_of([hostile], "shop").isprintable()


def test_the_title_from_before_is_put_aside_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(Terminal, "__init__", lambda self, app: None)
    monkeypatch.setattr(Terminal, "write", lambda self, text: written.append(text))
    for name in ("start_application_mode", "stop_application_mode"):
        monkeypatch.setattr(Terminal.__bases__[0], name, lambda self: None)
    terminal = Terminal(App())
    terminal._title = ""
    terminal.start_application_mode()
    terminal.show_title("P0 INC-1 orders")
    terminal.show_title("P0 INC-1 orders")
    terminal.stop_application_mode()
    assert written == [
        "\x1b[22;2t",
        "\x1b]2;P0 INC-1 orders\x07",
        "\x1b]2;\x07\x1b[23;2t",
    ]
