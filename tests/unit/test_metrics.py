"""What each metric means, on incidents small enough to count by hand."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.clock import iso
from orchestrator.model.action_item import ActionItem
from orchestrator.model.measured import Measured, measure
from orchestrator.model.metrics import Metric
from orchestrator.model.metrics_report import Report, month, period, report
from orchestrator.model.metrics_words import amount, counted_words, spark, target_words, value_words
from orchestrator.model.policy import DAY
from orchestrator.model.state import State

NOON = 1_763_899_200.0
NOTHING = measure(State(incident="INC-0", detected_at=NOON, severity="P1", service="orders"))


def one(number: int, day: float = 0.0, **changes: Any) -> Measured:
    """An incident of P1, `day` days later, with no figure but those given."""
    lengths = {k: changes.pop(k) for k in list(changes) if hasattr(NOTHING.took, k)}
    at = NOON + day * DAY
    took = replace(NOTHING.took, **lengths)
    return replace(NOTHING, incident=f"INC-{number}", detected_at=at, took=took, **changes)


def metric(found: Report, name: str) -> Metric:
    return next(one for one in found.metrics if one.id == name)


def action(number: int, due: float, status: str = "OPEN", ended: float = 0.0) -> ActionItem:
    return ActionItem(f"INC-1/A{number}", "x", "immediate", "a.kim", due, (), status, ended)


def test_without_incidents_nothing_is_claimed() -> None:
    found = report((), NOON)
    assert {one.verdict for one in found.metrics} == {"NO DATA"}
    assert {one.value for one in found.metrics} == {None}
    assert {value_words(one) for one in found.metrics} == {"no data"}


def test_a_mean_is_over_those_that_have_the_figure_and_says_how_many_should() -> None:
    found = report([one(1, detection=100.0), one(2, detection=500.0), one(3)], NOON)
    mttd = metric(found, "mttd")
    assert (mttd.value, mttd.n, mttd.of, mttd.kept) == (300.0, 2, 3, 1)
    assert (mttd.median, mttd.worst, mttd.verdict) == (300.0, 500.0, "MET")


@pytest.mark.parametrize(("tiers", "share", "verdict"), [
    ([1, 1, 1, 2], 0.75, "MET"), ([1, 2], 0.5, "MISSED"), ([1, 1], 1.0, "MISSED"),
    ([1, 1, 1, 2, 0], 0.75, "MET"),
])  # fmt: skip
def test_tiers_share_what_was_resolved(tiers: list[int], share: float, verdict: str) -> None:
    some = [one(n, tier=tier, resolved_at=NOON + 60) for n, tier in enumerate(tiers)]
    first = metric(report([*some, one(9, tier=3)], NOON), "tier-1")
    assert (first.value, first.verdict, first.of) == (share, verdict, len(tiers))


def test_a_fault_comes_again_in_the_same_service_within_90_days_of_its_resolution() -> None:
    fault = ("orders", "c0ffee1")
    ended: dict[str, Any] = {"fault": fault, "resolved_at": NOON + 60}
    late: dict[str, Any] = {"fault": fault, "resolved_at": NOON + 91 * DAY}

    def share(*others: Measured) -> float | None:
        return metric(report([one(1, **ended), *others], NOON), "recurrence").value

    assert share() == 0.0
    assert share(one(2, 89, **late)) == 0.5
    assert share(one(2, 91, **late)) == 0.0
    assert share(one(2, 10, fault=("checkout", "c0ffee1"), resolved_at=NOON + 11 * DAY)) == 0.0
    assert share(one(2, 0.0001, fault=fault)) == 0.0, "it was not over yet"
    assert metric(report([one(1, **ended, reopened=1)], NOON), "recurrence").value == 1.0


def test_what_came_again_is_found_across_groups() -> None:
    fault = ("orders", "c0ffee1")
    first = one(1, fault=fault, resolved_at=NOON + 60, severity="P0")
    again = one(2, 5, fault=fault, resolved_at=NOON + 6 * DAY, severity="P2")
    groups = report([first, again], NOON + 9 * DAY, by="severity").groups
    rates = {g.name: next(m.value for m in g.metrics if m.id == "recurrence") for g in groups}
    assert rates == {"P0": 1.0, "P2": 0.0}


def test_a_review_counts_once_it_is_written_due_or_can_come_no_more() -> None:
    ended = {"resolved_at": NOON}
    some = [
        one(1, **ended, reviewed=True, review=3600.0),
        one(2, **ended),
        one(3, **ended, closed=True),
        one(4, **ended, severity="P2"),
    ]
    now = metric(report(some, NOON + 3600), "reviews")
    assert (now.value, now.n, now.of) == (0.5, 2, 3)
    later = metric(report(some, NOON + 3 * DAY), "reviews")
    assert (later.value, later.n, later.verdict) == (round(1 / 3, 6), 3, "MISSED")


def test_actions_count_when_done_or_late_and_not_while_there_is_time() -> None:
    week = NOON + 7 * DAY
    actions = (
        action(1, week, "DONE", week - 1),
        action(2, week, "DONE", week + 1),
        action(3, week),
        action(4, week, "DROPPED", week),
    )
    some = [one(1, actions=actions)]
    early, late = report(some, NOON), report(some, week + DAY)
    assert (metric(early, "actions").n, metric(early, "actions").value) == (2, 0.5)
    assert (metric(late, "actions").n, metric(late, "actions").of) == (3, 4)
    assert [item.id for item in late.overdue] == ["INC-1/A3"]
    assert early.overdue == ()


def test_nine_of_ten_is_not_over_90_percent_and_5_percent_is_not_under_5() -> None:
    actions = tuple(action(n, NOON, "DONE", NOON + (n == 0)) for n in range(10))
    assert metric(report([one(1, actions=actions)], NOON), "actions").verdict == "MISSED"
    some = [one(n, fault=("a", str(n)), resolved_at=NOON, reopened=int(n == 0)) for n in range(20)]
    found = metric(report(some, NOON), "recurrence")
    assert (found.value, found.verdict) == (0.05, "MISSED")


def test_drills_and_forks_are_counted_apart_and_in_figures_only_when_asked_for() -> None:
    some = [one(1), one(2, drill=True), one(3, drill=True, fork=True)]
    found = report(some, NOON)
    assert (found.incidents, found.drills, found.forks) == (1, 1, 1)
    assert counted_words(found) == "1 incident, 1 drill and 1 fork not counted"
    assert report(some, NOON, drills=True).incidents == 3


def test_a_month_without_incidents_is_a_gap() -> None:
    found = report([one(1, 0), one(2, 70)], NOON)
    assert [(m.name, m.incidents) for m in found.months] == [
        ("2025-11", 1), ("2025-12", 0), ("2026-01", 0), ("2026-02", 1)
    ]  # fmt: skip


@given(st.floats(0, 8e9))
def test_the_month_is_the_calendars(at: float) -> None:
    assert month(at) == iso(at)[:7]


def test_the_target_is_the_policys_own() -> None:
    own = replace(NOTHING.policy, detection_target=60.0)
    found = metric(report([one(1, detection=100.0, policy=own)], NOON), "mttd")
    assert (found.verdict, found.kept, target_words(found)) == ("MISSED", 0, "within 1 min")


@pytest.mark.parametrize(("value", "said"), [
    (1.0, "100.0 %"), (0.99999, "99.9 %"), (0.0, "0.0 %"), (0.00001, "0.1 %"), (0.5, "50.0 %"),
])  # fmt: skip
def test_a_share_that_is_short_of_all_never_reads_100_percent(value: float, said: str) -> None:
    assert amount(value, "share") == said


def test_a_spark_needs_two_values_and_shows_gaps() -> None:
    assert spark([1.0, None]) == ""
    assert spark([1.0, None, 3.0]) == "▁ █"
    assert spark([1.0, None, 3.0], ascii_only=True) == ". #"


@pytest.mark.parametrize("text", ["", "90", "d", "-3d", "3 days", "0d", "1e3d"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write 90d"):
        period(text)


def test_periods_are_read_in_hours_days_and_weeks() -> None:
    assert (period("36h"), period("90d"), period("2w")) == (129_600, 90 * DAY, 14 * DAY)
