"""A console that shows one moment of the story, for pilot tests of screens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from orchestrator.client import Answer
from orchestrator.clock import FakeClock
from orchestrator.project import Project
from tests.tui.story_feed import StoryFeed, story_feed
from tui.app import Console
from tui.console_settings import ConsoleSettings
from tui.notices import Health
from tui.runner_link import RunnerLink
from tui.screens.war_room import WarRoom

WAITING, MITIGATING, CLOSED = 400.0, 530.0, 1503.0
"""Seconds after detection: a rollback waits for a key; it was approved and runs; all is over."""


class FakeLink(RunnerLink):
    """A runner that takes down what it is told and answers as it was told to."""

    def __init__(self, project: Project, clock: FakeClock) -> None:
        super().__init__(project, clock)
        self.told: list[dict[str, Any]] = []
        self.says = Answer(True, "", {})
        self.condition = Health()
        self.starts = 0

    def health(self) -> Health:
        return self.condition

    def send(self, command: dict[str, Any]) -> Answer:
        self.told.append(command)
        return self.says

    def start(self) -> None:
        self.starts += 1


class Room(Console):
    """The console with a war room over a story."""

    def __init__(
        self, root: Path, seconds: float, *, ascii_only: bool = False, **options: Any
    ) -> None:
        options.setdefault("settings", ConsoleSettings(ascii=ascii_only))
        incidents = root / ".aiwg" / "incidents"
        self.feed: StoryFeed = story_feed(incidents, seconds)
        self.time = FakeClock(self.feed.now())
        super().__init__(Project(root), clock=self.time, start_runner=False, **options)
        self.link = self.fake = FakeLink(self.project, self.time)

    def first_screen(self) -> Screen[None]:
        return WarRoom(self.feed, self.fake, self.time)

    @property
    def room(self) -> WarRoom:
        """The war room, whatever lies over it or is looked at instead."""
        stacks = self._screen_stacks.values()
        return next(one for stack in stacks for one in stack if isinstance(one, WarRoom))


@asynccontextmanager
async def opened(
    root: Path, seconds: float = WAITING, size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[tuple[Room, Pilot[int]]]:
    """The war room at a moment, with everything read and painted."""
    app = Room(root, seconds, **options)
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        yield app, pilot


async def settled(app: Room, pilot: Pilot[int]) -> None:
    """Everything that was asked for has been read, answered and painted."""
    await asyncio.wait_for(app.workers.wait_for_complete(), 20)
    await pilot.pause()
    app.room.beat()
    app.room.frames.drain()
    await pilot.pause()


def text_of(app: Console) -> list[str]:
    """The rows of the screen as text."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    return [strip.text.ljust(width) for strip in lines][:height]


def find(app: Console, words: str) -> str:
    """The first row that contains these words; an AssertionError shows the screen."""
    rows = text_of(app)
    hit = next((row for row in rows if words in row), None)
    assert hit is not None, "\n".join(rows)
    return hit
