"""A stream's times are read by the format that the stream itself has."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.clock import parse_iso
from orchestrator.evidence.sources import timestamps
from orchestrator.evidence.sources.stamps import LOOKED_AT, Stamps

AT = parse_iso("2026-11-23T07:38:48+00:00")
LATER = parse_iso("2026-12-01T00:00:00+00:00")


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-23T07:38:48Z up",
        "2026-11-23 07:38:48,000 INFO up",
        "[2026-11-23T09:38:48+02:00] up",
        "2026/11/23 07:38:48 [error] up",
        "1795419528 up",
        "1795419528000 up",
        '10.0.0.1 - - [23/Nov/2026:07:38:48 +0000] "GET /"',
        "[Mon Nov 23 07:38:48.000000 2026] [core:error] up",
        "Nov 23 07:38:48 web-1 app[7]: up",
        "<34>Nov 23 07:38:48 web-1 app[7]: up",
        "Nov 23 2026 07:38:48 up",
        "23-Nov-2026 07:38:48.000 INFO [main] up",
        "Mon, 23 Nov 2026 07:38:48 +0000 up",
        "7:M 23 Nov 2026 07:38:48.000 * up",
        "I1123 07:38:48.000000 1 main.go:7] up",
        "11-23 07:38:48.000 1702 2395 D up",
        "261123 073848 INFO up",
        "26/11/23 07:38:48 INFO up",
        "20261123-07:38:48:000|up",
        "20261123T073848Z up",
        "2026-11-23-07.38.48.000000 up",
    ],
)
def test_every_format_gives_the_same_moment(line: str) -> None:
    assert Stamps(written_at=LATER).of(line) == AT


@pytest.mark.parametrize(
    "line", ["", "up", "  File x", "2026-13-45T99:00:00Z", "99/Nov/2026", "Feb 30 07:38:48 up"]
)
def test_what_is_no_time_is_none(line: str) -> None:
    assert Stamps(written_at=LATER).of(line) is None


def test_a_time_without_a_year_is_never_in_the_future() -> None:
    new_year = parse_iso("2027-01-02T00:00:00+00:00")
    stamps = Stamps(written_at=new_year)
    assert stamps.of("Nov 23 07:38:48 web-1 up") == AT
    assert stamps.of("Jan  1 00:00:00 web-1 up") == parse_iso("2027-01-01T00:00:00+00:00")


def test_a_time_without_a_year_says_nothing_where_the_year_is_unknown() -> None:
    assert Stamps().of("Nov 23 07:38:48 web-1 up") is None


def test_zones_may_change_from_line_to_line() -> None:
    stamps = Stamps()
    clocks = ("07:38:48Z", "09:38:48+02:00", "02:38:48-0500", "07:38:48", "07:38:48.25 UTC")
    found = [stamps.of(f"2026-11-23T{clock}") for clock in clocks]
    assert found == [AT, AT, AT, AT, AT + 0.25]


def test_the_format_is_settled_on_the_first_lines_and_found_again_when_it_changes() -> None:
    stamps = Stamps(written_at=LATER)
    for _ in range(LOOKED_AT):
        assert stamps.of("2026-11-23T07:38:48Z up") == AT
    assert stamps.format == "ISO 8601"
    assert stamps.of("Nov 23 07:38:48 web-1 up") is None
    for _ in range(LOOKED_AT):
        stamps.of("Nov 23 07:38:48 web-1 up")
    assert stamps.of("Nov 23 07:38:48 web-1 up") == AT


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001
def test_it_agrees_with_the_reader_of_single_times(moment: datetime) -> None:
    text = f"{moment.isoformat()}Z"
    stamps = Stamps()
    assert stamps.of(text) == timestamps.value(text) == stamps.of(text)


@given(st.text(max_size=60))
def test_no_line_breaks_it(line: str) -> None:
    stamps = Stamps(written_at=LATER)
    assert stamps.of(line) == stamps.of(line)
