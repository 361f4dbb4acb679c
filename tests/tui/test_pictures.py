"""Every screen as it is drawn, held against the drawing that was accepted last.

`pytest tests/tui/test_pictures.py --snapshot-update` accepts what is drawn now.
"""

from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from benchmarks.screenshots import (
    Picture,
    Stage,
    board,
    card,
    draw,
    evidence,
    files,
    hypotheses,
    replay,
    sampled,
    war_room,
)
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT
from orchestrator.project import IncidentFolder, Project
from tests.tui.telling import channels, went
from tests.tui.test_people_screens import offered, silent
from tests.unit.incident_story import story, write_incident
from tui.choices import handoffs, people
from tui.presence import Company
from tui.screens.ask import Ask
from tui.screens.communications import Communications
from tui.screens.war_room import WarRoom


async def keyed(stage: Stage, pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    await pilot.pause()
    await pilot.pause()


async def intake(stage: Stage, pilot: Pilot[int]) -> None:
    await keyed(stage, pilot, "plus")


async def questions(stage: Stage, pilot: Pilot[int]) -> None:
    await keyed(stage, pilot, "q")


async def texts(stage: Stage, pilot: Pilot[int]) -> None:
    """While a rollback waits: one text failed at a channel, one is in doubt."""
    state = stage.live_feed.state
    state.channels = channels()
    went(state, MANAGEMENT, "mail", "delivered", "taken")
    went(state, MANAGEMENT, "chat", "failed", "answered 500")
    went(state, EXECUTIVE, "chat", "unknown", "the runner was cut short")
    stage.push_screen(Communications(stage.live_feed, None, stage.clock))
    await pilot.pause()
    await pilot.pause()


async def open_text(stage: Stage, pilot: Pilot[int]) -> None:
    await texts(stage, pilot)
    await keyed(stage, pilot, "enter")


async def asked_for_help(stage: Stage, pilot: Pilot[int]) -> None:
    await keyed(stage, pilot, "question_mark")


async def handing_over(stage: Stage, pilot: Pilot[int]) -> None:
    """Somebody is offered the command, and is asked whether they take it."""
    state, shown = stage.live_feed.state, stage.screen
    assert isinstance(shown, WarRoom)
    offered(state, "j.ortiz")
    shown.company = Company("j.ortiz")
    shown.show_state()
    title = "Hand a role over; it changes hands when it is accepted"
    stage.push_screen(Ask(title, handoffs(state, "j.ortiz"), people(state)))
    await pilot.pause()
    await pilot.pause()


async def calling(stage: Stage, pilot: Pilot[int]) -> None:
    """Nobody acknowledged, and the page did not go out: whom to call."""
    shown = stage.screen
    assert isinstance(shown, WarRoom)
    silent(stage.live_feed.state)
    shown.show_state()
    await pilot.pause()


AT_EVERY_SIZE = {"war-room": war_room, "board": board, "card": card, "replay": replay}
AT_ONE_SIZE = {
    "evidence": evidence,
    "files": files,
    "intake": intake,
    "questions": questions,
    "hypotheses": hypotheses,
    "texts": texts,
    "text": open_text,
    "help": asked_for_help,
    "handoff": handing_over,
    "calling": calling,
}
MIDDLE, SIZES = (120, 40), ((80, 24), (120, 40), (200, 60))

PICTURES = [
    Picture(f"{name}-{width}x{height}-{theme}", (width, height), theme == "light", arrive)
    for name, arrive in (AT_EVERY_SIZE | AT_ONE_SIZE).items()
    for width, height in (SIZES if name in AT_EVERY_SIZE else (MIDDLE,))
    for theme in ("dark", "light")
]


@pytest.fixture
def folder(tmp_path: Path) -> IncidentFolder:
    project = Project(tmp_path / "shop")
    written = write_incident(project.incidents, story())
    sampled(project.metrics / "orders.ndjson")
    return written


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_a_screen_is_drawn_as_it_was_accepted(
    picture: Picture, folder: IncidentFolder, snapshot: SnapshotAssertion
) -> None:
    drawn = await draw(picture, folder)
    assert drawn == snapshot(extension_class=SVGImageExtension)
