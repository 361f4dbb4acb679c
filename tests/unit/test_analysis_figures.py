"""Onset, traffic and drains, read from series alone."""

import pytest

from orchestrator.evidence.analysis.external import drain, traffic
from orchestrator.evidence.analysis.onset import Point, onset
from orchestrator.evidence.analysis.robust import quantile, usual


def series(*values: float) -> list[Point]:
    return [(float(second), value) for second, value in enumerate(values)]


def wobbling(count: int, around: float, by: float) -> list[float]:
    return [around + by * ((n * 7) % 5 - 2) / 2 for n in range(count)]


def test_the_onset_is_the_first_of_a_run_not_a_blip_before_it() -> None:
    calm = [0.0] * 30
    points = series(*calm, 0.4, 0.3, *calm, 0.2, 0.5, 0.9, 0.9, 1.0)
    found = onset("errors", points)
    assert found is not None
    assert (found.at, found.value, found.peak) == (62.0, 0.2, 1.0)


def test_a_restart_of_two_looks_is_no_trouble() -> None:
    assert onset("errors", series(*[0.0] * 20, 1.0, 1.0, *[0.0] * 20)) is None


def test_a_noisy_series_needs_more_to_stand_out() -> None:
    noisy = wobbling(40, 0.1, 0.08)
    assert onset("p95", series(*noisy, 0.25, 0.25, 0.25)) is None
    assert onset("p95", series(*noisy, 2.0, 2.0, 2.0)) is not None


def test_a_constant_series_does_not_make_its_first_tremble_an_incident() -> None:
    assert onset("requests", series(*[20.0] * 30, *[18.0] * 5)) is None


def test_traffic_hurts_when_it_falls_and_latency_when_it_rises() -> None:
    flat = [20.0] * 30
    assert onset("requests", series(*flat, *[0.0] * 5)) is not None
    assert onset("requests", series(*flat, *[90.0] * 5)) is None
    assert onset("requests", series(*flat, *[90.0] * 5), direction=1) is not None
    assert onset("p95", series(*[1.0] * 30, *[0.1] * 5)) is None


def test_a_trouble_longer_than_the_calm_before_it_is_still_dated_by_its_start() -> None:
    found = onset("errors", series(*[0.0] * 20, *[0.8] * 15))
    assert found is not None
    assert found.at == 20.0


@pytest.mark.parametrize("points", [[], series(1.0), series(0.0, 0.0, 1.0, 1.0)])
def test_too_few_points_say_nothing(points: list[Point]) -> None:
    assert onset("errors", points) is None


def test_the_usual_survives_outliers_and_needs_three_points() -> None:
    found = usual([10.0] * 20 + [500.0], floor=1.0)
    assert found is not None
    assert found.centre == 10.0
    assert usual([1.0, 2.0], floor=1.0) is None
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5


def test_traffic_that_rose_first_explains_the_trouble() -> None:
    requests = series(*wobbling(60, 20.0, 2.0), *wobbling(20, 80.0, 5.0))
    found = traffic(requests, trouble_at=62.0, interval=1.0)
    assert found is not None
    assert found.explains
    assert found.rose_at == 60.0
    assert found.factor == pytest.approx(4.0, rel=0.1)
    assert found.score == 1.0


def test_traffic_that_rose_after_the_trouble_is_its_effect() -> None:
    requests = series(*wobbling(70, 20.0, 2.0), *wobbling(20, 80.0, 5.0))
    found = traffic(requests, trouble_at=60.0, interval=1.0)
    assert found is not None
    assert not found.explains
    assert found.score == 0.0


def test_steady_traffic_explains_nothing_and_no_traffic_cannot_tell() -> None:
    found = traffic(series(*wobbling(80, 20.0, 4.0)), trouble_at=60.0, interval=1.0)
    assert found is not None
    assert (found.explains, found.rose_at) == (False, None)
    assert traffic([], trouble_at=60.0, interval=1.0) is None


def test_a_resource_that_fills_under_steady_traffic_is_drained() -> None:
    requests = series(*wobbling(80, 20.0, 2.0))
    rising = [0.1] * 50 + [0.3, 0.4, 0.5, 0.7, 0.8, 1.0] + [1.0] * 24
    found = drain(series(*rising), requests, trouble_at=57.0, interval=1.0)
    assert found is not None
    assert (found.began_at, found.to_share) == (50.0, 1.0)
    assert found.from_share == pytest.approx(0.1)


def test_a_resource_that_fills_with_the_traffic_is_not_drained() -> None:
    requests = series(*wobbling(50, 20.0, 2.0), *wobbling(30, 90.0, 2.0))
    busy = [0.1] * 50 + [1.0] * 30
    assert drain(series(*busy), requests, trouble_at=52.0, interval=1.0) is None


def test_a_resource_that_always_is_full_or_fills_later_did_not_bring_it() -> None:
    requests = series(*wobbling(80, 20.0, 2.0))
    assert drain(series(*[1.0] * 80), requests, trouble_at=57.0, interval=1.0) is None
    late = [0.1] * 70 + [1.0] * 10
    assert drain(series(*late), requests, trouble_at=57.0, interval=1.0) is None


def test_the_answers_stay_the_same_after_the_recovery() -> None:
    rising = [0.1] * 50 + [0.3, 0.4, 0.5, 0.7, 0.8, 1.0] + [1.0] * 24
    quiet, burst = wobbling(80, 20.0, 2.0), [200.0] * 5
    requests = series(*quiet, *burst, *wobbling(200, 20.0, 2.0))
    saturation = series(*rising, *[0.1] * 205)
    assert drain(saturation, requests, trouble_at=57.0, interval=1.0) is not None
    spike = series(*wobbling(60, 20.0, 2.0), *[80.0] * 20, *wobbling(300, 20.0, 2.0))
    found = traffic(spike, trouble_at=62.0, interval=1.0)
    assert found is not None
    assert found.explains
