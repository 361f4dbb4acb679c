"""kill -9 while a change is validated or taken back: the target is right, and nothing ran twice."""

from pathlib import Path

import pytest

from benchmarks.prove_changes import undo_killed, validation_killed


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [101, 102])
def test_a_runner_killed_during_validation_decides_it_once(tmp_path: Path, seed: int) -> None:
    case = validation_killed(tmp_path, seed)
    assert case["right"], case


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [101, 102])
def test_a_runner_killed_during_an_undo_takes_the_change_back_once(
    tmp_path: Path, seed: int
) -> None:
    case = undo_killed(tmp_path, seed)
    assert case["right"], case
