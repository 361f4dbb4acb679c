"""A signal drawn over time says what was measured, and no more."""

import re

from orchestrator.documents.time_chart import BOTTOM, HEIGHT, TOP, WIDTH, Mark, chart

EVEN = [(float(second), 1.0) for second in range(60)]


def test_where_nothing_was_measured_there_is_no_line() -> None:
    whole = chart("errors", EVEN, (), "share")
    broken = chart("errors", [one for one in EVEN if not 20 <= one[0] < 40], (), "share")
    assert (whole.count("<polyline"), broken.count("<polyline")) == (1, 2)


def test_a_single_sample_is_drawn() -> None:
    assert chart("errors", EVEN[:1], (), "share").count("<polyline") == 1


def test_names_of_moments_close_together_do_not_run_into_each_other() -> None:
    marks = [Mark(57.0, "change 2", "change"), Mark(58.0, "restored", "well")]
    drawn = chart("errors", EVEN, marks, "share")
    names = re.findall(r'class="name \w+" x="([\d.]+)" y="(\d+)">([^<]+)', drawn)
    assert [name for _, _, name in names] == ["change 2", "restored"]
    assert len({row for _, row, _ in names}) == 2
    assert all(float(x) + 6.4 * len(name) <= WIDTH for x, _, name in names)


def test_no_spike_is_lost_where_there_are_too_many_samples() -> None:
    for place in (1, 1500, 2998):
        points = [(float(n), 8.0 if n == place else 1.0) for n in range(3000)]
        drawn = chart("requests", points, (), "/s")
        assert f",{TOP + (HEIGHT - TOP - BOTTOM) * 0.2:.1f}" in drawn, place
        assert drawn.count("<polyline") == 1
