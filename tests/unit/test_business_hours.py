"""Promises in business hours: weekends, holidays, a change of the clocks, days and hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from orchestrator.model.business_hours import DAY, BusinessHours

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(zone="Europe/Berlin", holidays=("2026-12-25",))


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def said(moment: float, zone: ZoneInfo = BERLIN) -> str:
    return datetime.fromtimestamp(moment, zone).strftime("%a %m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "minutes", "ends"),
    [
        ("2026-11-26T10:00", 30, "Thu 11-26 10:30"),
        ("2026-11-26T16:45", 30, "Fri 11-27 09:15"),
        ("2026-11-26T22:00", 30, "Fri 11-27 09:30"),
        ("2026-11-27T16:30", 60, "Mon 11-30 09:30"),
        ("2026-11-28T12:00", 240, "Mon 11-30 13:00"),
        ("2026-12-24T16:00", 120, "Mon 12-28 10:00"),
        ("2026-11-26T09:00", 480, "Thu 11-26 17:00"),
        ("2026-11-26T09:00", 481, "Fri 11-27 09:01"),
    ],
)
def test_a_short_promise_counts_the_time_in_which_somebody_works(
    start: str, minutes: int, ends: str
) -> None:
    assert said(HOURS.after(at(start), minutes * 60.0)) == ends


@pytest.mark.parametrize(
    ("start", "days", "ends"),
    [
        ("2026-11-26T10:00", 1, "Fri 11-27 10:00"),
        ("2026-11-27T10:00", 1, "Mon 11-30 10:00"),
        ("2026-11-27T20:00", 1, "Tue 12-01 09:00"),
        ("2026-12-24T11:00", 1, "Mon 12-28 11:00"),
        ("2026-11-26T10:00", 7, "Mon 12-07 10:00"),
    ],
)
def test_whole_days_are_business_days(start: str, days: int, ends: str) -> None:
    assert said(HOURS.after(at(start), days * DAY)) == ends


def test_the_change_of_the_clocks_moves_no_promise_of_the_morning() -> None:
    assert said(HOURS.after(at("2026-10-23T16:00"), 2 * 3600.0)) == "Mon 10-26 10:00"
    assert said(HOURS.after(at("2026-10-23T12:00"), DAY)) == "Mon 10-26 12:00"
    assert HOURS.after(at("2026-10-23T12:00"), DAY) - at("2026-10-23T12:00") == 3 * DAY + 3600.0


def test_a_team_elsewhere_works_at_other_times() -> None:
    tokyo = BusinessHours(zone="Asia/Tokyo")
    start = at("2026-11-26T10:00")
    assert said(tokyo.after(start, 1800.0), ZoneInfo("Asia/Tokyo")) == "Fri 11-27 09:30"


def test_a_calendar_without_a_working_day_ends_all_the_same() -> None:
    never = BusinessHours(days=())
    assert never.after(0.0, 1800.0) >= 1800.0
