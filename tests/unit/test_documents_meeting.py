"""When the review meets, and the invitation as calendars read it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.clock import iso, parse_iso
from orchestrator.documents.meeting import AGENDA, attendees, calendar, meeting
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.unit.incident_others import control_story
from tests.unit.incident_story import story


def resolved(at: str, severity: str = "P0") -> State:
    state = fold_all(State(), story())
    state.resolved_at, state.severity = parse_iso(at), severity
    return state


@pytest.mark.parametrize(
    ("at", "severity", "start"),
    [
        ("2025-11-24T10:20:00Z", "P0", "2025-11-24T11:00"),
        ("2025-11-24T10:00:00Z", "P0", "2025-11-24T11:00"),
        ("2025-11-24T15:59:59Z", "P0", "2025-11-24T16:00"),
        ("2025-11-24T16:00:00Z", "P0", "2025-11-25T09:00"),
        ("2025-11-24T03:00:00Z", "P0", "2025-11-24T09:00"),
        ("2025-11-28T17:00:00Z", "P2", "2025-12-01T09:00"),
        ("2025-11-29T12:00:00Z", "P1", "2025-12-01T09:00"),
    ],
)
def test_it_meets_at_the_next_full_working_hour(at: str, severity: str, start: str) -> None:
    met = meeting(resolved(at, severity))
    assert met is not None
    assert (iso(met.start)[:16], met.note) == (start, "")
    assert met.end - met.start == 3600


def test_a_promise_that_holds_no_working_day_is_kept_on_a_weekend_and_says_so() -> None:
    met = meeting(resolved("2025-11-28T17:30:00Z"))
    assert met is not None
    assert iso(met.start)[:16] == "2025-11-29T09:00"
    assert met.note == "no working day lies within the promised time"


def test_a_promise_too_short_for_any_meeting_is_passed_and_says_so() -> None:
    state = resolved("2025-11-24T20:00:00Z")
    table = {**state.policy.table, "P0": replace(state.policy.table["P0"], review=600.0)}
    state.policy = replace(state.policy, table=table)
    met = meeting(state)
    assert met is not None
    assert iso(met.start)[:16] == "2025-11-25T09:00"
    assert met.note == "no working hour lies within the promised time"


def test_nobody_is_invited_where_no_review_is_promised() -> None:
    assert meeting(fold_all(State(), control_story())) is None
    assert calendar(fold_all(State(), control_story())) == ""


@given(st.floats(1.7e9, 1.9e9), st.sampled_from(["P0", "P1", "P2"]))
def test_it_always_meets_after_the_resolution_by_day_and_in_the_promised_time(
    at: float, severity: str
) -> None:
    state = State(severity=severity, resolved_at=at)
    met = meeting(state)
    assert met is not None
    assert at < met.start <= met.by
    assert met.start % 3600 == 0
    assert 9 <= int(iso(met.start)[11:13]) < 17


def test_who_is_asked_to_come_depends_on_who_was_hit() -> None:
    state = resolved("2025-11-24T10:00:00Z")
    required = [(one.role, one.person) for one in attendees(state) if one.required]
    assert required[:3] == [
        ("Incident commander", "a.kim"),
        ("On-call engineer", "a.kim"),
        ("Component owner", "j.ortiz"),
    ]
    assert "Support lead" in dict(required)
    assert [one.role for one in attendees(state) if one.facilitator] == ["Incident commander"]
    state.impact = "LOW"
    assert "Support lead" not in [one.role for one in attendees(state)]
    state.exceptions["security"] = {"why": "x", "actions": [], "at": 0.0}
    assert "Security gatekeeper" in [one.role for one in attendees(state)]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def fields(text: str) -> dict[str, str]:
    return {line.split(":", 1)[0]: line.split(":", 1)[1] for line in unfolded(text) if ":" in line}


def test_the_invitation_is_a_calendar_with_one_event() -> None:
    text = calendar(resolved("2025-11-24T10:20:00Z"))
    lines = unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    found = fields(text)
    assert found["UID"] == "INC-2031-20251123T140000Z@warroom.invalid"
    assert found["DTSTAMP"] == "20251124T102000Z"
    assert (found["DTSTART"], found["DTEND"]) == ("20251124T110000Z", "20251124T120000Z")
    assert {"VERSION", "PRODID", "SUMMARY"} <= found.keys()


def test_attendees_are_named_by_role_and_no_address_is_made_up() -> None:
    state = resolved("2025-11-24T10:20:00Z")
    lines = [line for line in unfolded(calendar(state)) if line.startswith("ATTENDEE")]
    assert 'ATTENDEE;ROLE=CHAIR;CN="Incident commander: a.kim":urn:x-warroom:' in lines[0]
    assert not [line for line in lines if "mailto:" in line]
    people = [{**person, "contact": "kim@example.org"} for person in state.people]
    state.people = tuple(people)
    assert "mailto:kim@example.org" in calendar(state).replace("\r\n ", "")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_title_breaks_the_calendar(title: str) -> None:
    state = resolved("2025-11-24T10:20:00Z")
    state.title = title
    text = calendar(state)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    lines = unfolded(text)
    assert [x for x in lines if x.startswith("BEGIN:")] == ["BEGIN:VCALENDAR", "BEGIN:VEVENT"]
    said = next(x for x in lines if x.startswith("SUMMARY:"))
    assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", said.removeprefix("SUMMARY:"))


def test_the_agenda_has_the_six_items_of_a_review() -> None:
    assert [minutes for _, minutes in AGENDA] == [10, 15, 10, 10, 10, 15]


def test_a_calendar_library_reads_the_invitation_as_it_was_meant() -> None:
    state = resolved("2025-11-24T10:20:00Z")
    state.people = tuple({**person, "contact": "kim@example.org"} for person in state.people)
    state.title = 'payments; "down", since 14:00 \\ and \n' + "long " * 40
    read = icalendar.Calendar.from_ical(calendar(state))
    assert (read["METHOD"], read.errors) == ("REQUEST", [])
    (event,) = read.walk("VEVENT")
    assert event.errors == []
    assert event["DTSTART"].dt == datetime(2025, 11, 24, 11, tzinfo=UTC)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=1)
    assert 'payments; "down", since 14:00' in event["SUMMARY"]
    assert event["DESCRIPTION"].count("min)") == len(AGENDA)
    invited = event["ATTENDEE"]
    roles = [(one.params["CN"].partition(":")[0], one.params["ROLE"]) for one in invited]
    assert roles == [
        ("Incident commander", "CHAIR"),
        ("On-call engineer", "REQ-PARTICIPANT"),
        ("Component owner", "REQ-PARTICIPANT"),
        ("Reliability engineer", "REQ-PARTICIPANT"),
        ("Support lead", "REQ-PARTICIPANT"),
        ("Product owner", "OPT-PARTICIPANT"),
        ("Project manager", "OPT-PARTICIPANT"),
        ("Security gatekeeper", "OPT-PARTICIPANT"),
    ]
    assert event["ORGANIZER"] == invited[0] == "mailto:kim@example.org"
    assert icalendar.Calendar.from_ical(read.to_ical()).to_ical() == read.to_ical()


def test_the_review_of_a_possible_breach_is_longer_and_needs_security_and_legal() -> None:
    state = fold_all(State(), story())
    usual = meeting(state)
    state.exceptions = {"security": {"why": "said so", "at": state.detected_at, "actions": ()}}
    extended = meeting(state)
    assert usual is not None
    assert extended is not None
    assert extended.end - extended.start == usual.end - usual.start + 20 * 60
    needed = {one.role for one in attendees(state) if one.required}
    assert {"Security gatekeeper", "Legal"} <= needed
    assert "Forensics and disclosure (20 min)" in calendar(state).replace("\r\n ", "")
