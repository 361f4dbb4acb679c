"""kill -9 while a change is applied: it ran once, or a person is asked; the journal verifies.

Three of the twenty of `benchmarks/prove_changes.py`; in the last the command is killed as well.
"""

from pathlib import Path

import pytest

from benchmarks.prove_changes import apply_killed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_a_change_whose_runner_is_killed_has_run_once_or_a_person_is_asked(
    tmp_path: Path, seed: int
) -> None:
    case = apply_killed(tmp_path, seed)
    assert case["right"], case
