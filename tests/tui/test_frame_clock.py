"""Frames: as many as were asked for, fewer where they are not taken, and all again afterwards."""

import pytest

from tui.__main__ import main
from tui.frame import FRAMES_PER_SECOND, KEPT_UP, SLOWEST, FrameClock


class Pane:
    """Has something new at every tick, and counts how often it is painted."""

    has_focus = False

    def __init__(self) -> None:
        self.painted = 0

    def flush(self) -> None:
        self.painted += 1


def ticked(clock: FrameClock, pane: Pane, seconds: float) -> int:
    """How often the pane is painted in that time."""
    before = pane.painted
    for _ in range(round(seconds / clock._interval)):
        clock.dirty(pane)
        clock.tick()
    return pane.painted - before


@pytest.mark.parametrize("fps", [1, 2, 3, 20, 60])
def test_a_pane_is_painted_as_often_as_was_asked_for(fps: int) -> None:
    assert ticked(FrameClock(fps=fps), Pane(), 10) == pytest.approx(10 * fps, abs=1)


@pytest.mark.parametrize("fps", [1, 5, 20, 60])
def test_what_ages_is_looked_at_twice_a_second_however_few_frames_there_are(fps: int) -> None:
    clock, beats = FrameClock(fps=fps), list[int]()
    clock.every(0.5, lambda: beats.append(1))
    ticked(clock, Pane(), 10)
    assert len(beats) == pytest.approx(20, abs=1)


def test_a_terminal_that_lags_gets_half_as_many_down_to_a_floor_and_all_of_them_again() -> None:
    clock, pane, lags = FrameClock(), Pane(), [True]
    clock.behind = lambda: lags[0]
    rates = []
    for _ in range(8):
        ticked(clock, pane, 1)
        rates.append(clock.rate)
    assert rates[-1] == min(rates) == pytest.approx(2.5)
    assert rates[-1] >= SLOWEST
    assert ticked(clock, pane, 4) == pytest.approx(10, abs=1)
    lags[0] = False
    ticked(clock, pane, 3 * KEPT_UP / SLOWEST)
    assert clock.rate == FRAMES_PER_SECOND


def test_one_late_frame_costs_little() -> None:
    clock, pane, lags = FrameClock(), Pane(), [True]
    clock.behind = lambda: lags.pop() if lags else False
    assert ticked(clock, pane, 2) >= 2 * FRAMES_PER_SECOND - KEPT_UP - 2


def test_an_error_in_one_step_or_pane_costs_the_others_nothing() -> None:
    class Broken(Pane):
        def flush(self) -> None:
            raise IndexError("row 7")

    clock, pane, said, beats = FrameClock(), Pane(), list[str](), list[int]()
    clock.failed = lambda error: said.append(str(error))
    clock.each(lambda: [][1])
    clock.each(lambda: beats.append(1))
    clock.dirty(Broken())
    clock.dirty(pane)
    clock.tick()
    assert said == ["list index out of range", "row 7"]
    assert (len(beats), pane.painted) == (1, 1)


@pytest.mark.parametrize("given", ["0", "61", "-1", "many", "2.5", ""])
def test_any_other_number_of_frames_is_refused_in_one_line(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["open", "--fps", given])
    assert ended.value.code == 2
    assert "number from 1 to 60" in capsys.readouterr().err.splitlines()[-1]
