"""Moving the engine's constants: all of them, alike for a draw, and back again afterwards."""

import pytest

from benchmarks.perturbed import constants, moved
from orchestrator.evidence.bundle import suspects


def values() -> dict[tuple[str, str], float]:
    return {(name, module.__name__): getattr(module, name)
            for name, modules in constants().items() for module in modules}  # fmt: skip


def test_all_constants_move_within_bounds_and_come_back() -> None:
    before = values()
    with moved(1, 0.3):
        during = values()
    assert values() == before
    assert during != before
    for key, value in before.items():
        assert 0.7 * value - 1e-9 <= during[key] <= 1.3 * value + 1e-9


def test_a_draw_is_the_same_every_time_and_the_first_moves_nothing() -> None:
    seen = []
    for draw in (0, 1, 1, 2):
        with moved(draw, 0.3):
            seen.append(values())
    assert seen[0] == values()
    assert seen[1] == seen[2] != seen[3]


def test_constants_come_back_after_a_failure() -> None:
    bar = suspects.BAR
    with pytest.raises(RuntimeError), moved(1, 0.3):
        raise RuntimeError
    assert bar == suspects.BAR
