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
from orchestrator.project import IncidentFolder, Project
from tests.unit.incident_story import story, write_incident


async def keyed(stage: Stage, pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    await pilot.pause()
    await pilot.pause()


async def intake(stage: Stage, pilot: Pilot[int]) -> None:
    await keyed(stage, pilot, "plus")


async def questions(stage: Stage, pilot: Pilot[int]) -> None:
    await keyed(stage, pilot, "q")


async def asked_for_help(stage: Stage, pilot: Pilot[int]) -> None:
    await keyed(stage, pilot, "question_mark")


AT_EVERY_SIZE = {"war-room": war_room, "board": board, "card": card, "replay": replay}
AT_ONE_SIZE = {
    "evidence": evidence,
    "files": files,
    "intake": intake,
    "questions": questions,
    "hypotheses": hypotheses,
    "help": asked_for_help,
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
