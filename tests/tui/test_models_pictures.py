"""A model beside the rules as it is drawn: at work, taken over, alone, in disagreement, paid for.

`pytest tests/tui/test_models_pictures.py --snapshot-update` accepts what is drawn now.
"""

from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from benchmarks.screenshots import Picture, Stage, draw, sampled, settled
from orchestrator.project import Project
from tests.unit.incident_evidence import T0
from tests.unit.incident_models import AT_WORK, DIFFERING, write_models_incident
from tui.screens.war_room import WarRoom


async def at(stage: Stage, pilot: Pilot[int], seconds: float) -> None:
    """Stand at a moment, with the budget read."""
    stage.still.advance(T0 + seconds - stage.still.now())
    stage.live_feed.seek(stage.still.now())
    assert isinstance(stage.screen, WarRoom)
    stage.screen.apply(stage.live_feed.poll())
    for _ in range(2):
        await settled(stage, pilot)
        await stage.workers.wait_for_complete()


async def at_work(stage: Stage, pilot: Pilot[int]) -> None:
    await at(stage, pilot, AT_WORK)


async def differing(stage: Stage, pilot: Pilot[int]) -> None:
    await at(stage, pilot, DIFFERING)


async def hypotheses(stage: Stage, pilot: Pilot[int]) -> None:
    await differing(stage, pilot)
    await pilot.press("p")
    await pilot.pause()


async def cost(stage: Stage, pilot: Pilot[int]) -> None:
    await differing(stage, pilot)
    await pilot.press("colon", *"cost", "enter")
    await pilot.pause()


MIDDLE, LARGE = (120, 40), (200, 60)
PICTURES = [
    Picture("models-at-work-120x40-dark", MIDDLE, False, at_work),
    Picture("models-at-work-120x40-light", MIDDLE, True, at_work),
    Picture("models-at-work-200x60-dark", LARGE, False, at_work),
    Picture("models-at-work-80x24-dark", (80, 24), False, at_work),
    Picture("models-differing-120x40-dark", MIDDLE, False, differing),
    Picture("models-hypotheses-120x40-dark", MIDDLE, False, hypotheses),
    Picture("models-hypotheses-120x40-light", MIDDLE, True, hypotheses),
    Picture("models-cost-120x40-dark", MIDDLE, False, cost),
]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
async def test_a_model_is_drawn_as_it_was_accepted(
    picture: Picture, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    project = Project(tmp_path / "shop")
    folder = write_models_incident(project.incidents)
    sampled(project.metrics / "orders.ndjson")
    assert await draw(picture, folder) == snapshot(extension_class=SVGImageExtension)
