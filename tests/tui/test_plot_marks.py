"""Under a plot stands what happened meanwhile: deploy, impact, mitigation, each at its own time."""

from pathlib import Path

from tests.tui.story_feed import story_feed
from tui.plot_marks import Mark, axis, legend, marks

FOUND = (Mark(10.0, "D", "deploy"), Mark(20.0, "I", "impact"), Mark(99.0, "M", "mitigation"))


def test_a_mark_stands_under_the_cell_of_its_time() -> None:
    assert axis(FOUND, 0.0, 100.0, 10) == " DI      M"


def test_two_moments_of_one_cell_are_both_marked() -> None:
    close = (Mark(50.0, "D", "deploy"), Mark(51.0, "I", "impact"))
    assert axis(close, 0.0, 100.0, 10) == "    DI    "


def test_what_lies_outside_the_plot_is_not_marked() -> None:
    assert axis(FOUND, 15.0, 50.0, 7) == " I     "
    assert legend(FOUND, 15.0, 50.0) == "I impact"
    assert axis(FOUND, 5.0, 5.0, 4) == "    "


def test_a_told_incident_has_its_deploy_its_impact_and_its_mitigation(
    tmp_path: Path,
) -> None:
    state = story_feed(tmp_path, 1503.0).state
    letters = [mark.letter for mark in marks(state)]
    assert letters == sorted(letters, key="DIM".index)
    assert set(letters) == {"D", "I", "M"}
