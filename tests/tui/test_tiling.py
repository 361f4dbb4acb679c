"""Where panes go: everything asked for is somewhere, nothing overlaps, nothing is outside."""

import pytest
from textual.geometry import Region

from tui.tiling import MIN_HEIGHT, capacity, tile, wanted

SIZES = [(20, 3), (53, 32), (80, 19), (113, 52), (200, 60), (44, 7), (10, 1)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("strips", [0, 3, 7])
@pytest.mark.parametrize("gap", [0, 1])
def test_panes_lie_inside_and_apart(
    size: tuple[int, int], count: int, strips: int, gap: int
) -> None:
    width, height = size
    places = tile(count, strips, width, height, gap)
    assert len(places) == count + strips
    seen = [place for place in places if place.area]
    for place in seen:
        assert Region(0, 0, width, height).contains_region(place), place
    for index, one in enumerate(seen):
        for other in seen[index + 1 :]:
            assert not one.overlaps(other), (one, other)


def test_a_usual_screen_shows_two_panes_one_above_the_other() -> None:
    first, second = tile(2, 0, 53, 32, 1)
    assert (first.width, second.width) == (53, 53)
    assert first.bottom + 1 == second.y


def test_a_large_screen_holds_eight() -> None:
    assert capacity(113, 52, 0) >= 8


def test_strips_are_single_rows_at_the_bottom() -> None:
    *_, last = tile(1, 3, 80, 19, 0)
    assert last == Region(0, 18, 80, 1)


def test_as_many_panes_are_opened_as_agents_work_if_there_is_room() -> None:
    assert wanted(running=3, slots=6, width=53, height=32, gap=1) == 3
    assert wanted(running=0, slots=6, width=53, height=32, gap=1) == 2
    assert wanted(running=8, slots=8, width=80, height=19, gap=0) == 1


def test_no_open_pane_is_lower_than_a_pane_can_be() -> None:
    for running in range(1, 9):
        count = wanted(running, 8, 53, 32, 1)
        for place in tile(count, 8 - count, 53, 32, 1)[:count]:
            assert place.height >= MIN_HEIGHT
