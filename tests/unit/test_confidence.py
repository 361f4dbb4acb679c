"""How sure a ranking is of its candidates, and how that is fitted and held against what was so."""

import random

import pytest

from benchmarks.calibration import (
    CANDIDATES,
    CASES,
    NONE_OF_THEM,
    Ranking,
    brier,
    fit,
    judged,
    report,
    thirds,
)
from orchestrator.evidence.bundle.confidence import MOST_SURE, Confidence, Curve, confidence


def test_the_confidences_of_a_ranking_and_of_none_of_them_make_one() -> None:
    found = confidence([1.4, 0.9, 0.2])
    assert sum(found.each) + found.none == pytest.approx(1.0, abs=1e-3)
    assert list(found.each) == sorted(found.each, reverse=True)


def test_a_wider_margin_is_surer() -> None:
    assert confidence([2.0, 0.5]).each[0] > confidence([2.0, 1.9]).each[0]


def test_a_weak_leader_leaves_more_to_none_of_them() -> None:
    weak, strong = confidence([0.1, 0.05]), confidence([3.0, 1.5])
    assert weak.none > 0.5 > strong.none
    assert weak.each[0] < strong.each[0]


def test_two_that_are_equally_strong_are_equally_sure() -> None:
    first, second = confidence([1.0, 1.0]).each
    assert first == second


def test_nothing_is_surer_than_what_was_not_tested_may_be() -> None:
    assert confidence([1e6]).each == (MOST_SURE,)


def test_an_empty_ranking_is_all_none_of_them() -> None:
    assert confidence([]) == Confidence((), 1.0)


def test_candidates_beyond_those_told_have_no_share() -> None:
    assert confidence([1.0] * 12).each[10:] == (0.0, 0.0)


CURVE = Curve(power=1.5, lead=1.0, none=0.5)


def drawn(curve: Curve, count: int = 1500) -> list[Ranking]:
    """Rankings whose culprits are drawn as often as the curve says."""
    chance = random.Random(11)
    found = []
    for n in range(count):
        strengths = tuple(sorted((chance.lognormvariate(0, 1) for _ in range(5)), reverse=True))
        said = confidence(strengths, curve)
        places = [*range(5), NONE_OF_THEM]
        culprit = chance.choices(places, [*said.each, said.none])[0]
        ways = ("noise",) if n % 2 else ()
        found.append(Ranking(f"{'abc'[n % 3]}-{n}", ways, True, strengths, culprit, 0, "LIKELY"))
    return found


def test_a_fit_finds_the_curve_by_which_culprits_were_drawn() -> None:
    found = fit(drawn(CURVE))
    assert found.values == pytest.approx(CURVE.values, abs=0.35)


@pytest.mark.parametrize("of", [CASES, CANDIDATES])
def test_a_fitted_curve_beats_the_constant_on_the_family_left_out(of: str) -> None:
    stated = judged(drawn(CURVE), of)
    assert brier(stated, lambda one: one.value) < brier(stated, lambda one: one.constant)
    least, most = thirds(stated)
    assert most > least + 0.2


def test_confidences_that_say_nothing_do_not_pass_for_calibrated() -> None:
    chance = random.Random(3)
    found = [
        Ranking(f"{'abc'[n % 3]}-{n}", ways, True, (9.0, chance.random()), n % 2, 0, "LIKELY")
        for n in range(300)
        for ways in ((), ("noise",))
    ]
    stated = judged(found, CASES)
    assert brier(stated, lambda one: one.value) > 0.2


def test_a_report_tells_what_is_degraded_from_what_is_not() -> None:
    lines = report(drawn(CURVE, 300))
    assert any(line.startswith("cases, as they are") for line in lines)
    assert any(line.startswith("candidates, degraded") for line in lines)
