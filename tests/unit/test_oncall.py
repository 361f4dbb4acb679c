"""Who is on call: turns over changes of the clocks, overrides, and calendars as they are."""

import asyncio
import datetime as dt
import threading
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from orchestrator.comms.calendar import BadCalendar, shifts
from orchestrator.comms.oncall import DAY, OnCall, Shift, Turns, gaps, on_call
from orchestrator.comms.rotations import Rotations
from orchestrator.project import Project
from orchestrator.settings import Rotation, Settings, SettingsError, load

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = {
    "a.kim": ("kim@example.org", "Kim"),
    "j.ortiz": ("Ortiz",),
    "m.sato": ("sato@example.org",),
}


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def turns(days: int = 7, *people: str) -> Turns:
    names = people or ("a.kim", "j.ortiz", "m.sato")
    return Turns(names, days, dt.time(9), "Europe/Berlin", dt.date(2026, 1, 5))


def first_at(plan: Turns, text: str) -> tuple[str, ...]:
    moment = at(text)
    return on_call(plan.shifts(moment, moment + 60 * DAY), moment).people


# --- turns ----------------------------------------------------------------------------------------


def test_turns_change_on_their_day_at_their_time_and_the_next_in_turn_is_second() -> None:
    assert first_at(turns(), "2026-01-12T08:59:59") == ("a.kim", "j.ortiz", "m.sato")
    assert first_at(turns(), "2026-01-12T09:00:00") == ("j.ortiz", "m.sato", "a.kim")
    assert first_at(turns(), "2026-01-26T09:00:00")[0] == "a.kim"
    assert first_at(turns(1), "2026-01-07T10:00:00")[0] == "m.sato"


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-28", 23), ("2026-03-29", 24), ("2026-10-24", 25), ("2026-06-01", 24)],
)
def test_a_shift_begins_at_nine_by_the_wall_clock_whatever_the_clocks_do(
    day: str, hours: int
) -> None:
    begun = at(f"{day}T09:00:00")
    shift = next(s for s in turns(1).shifts(begun, begun + 1) if s.covers(begun))
    assert shift.begin == begun
    assert (shift.end - shift.begin) / 3600 == hours
    assert dt.datetime.fromtimestamp(shift.end, BERLIN).time() == dt.time(9)


def test_shifts_of_a_year_have_neither_gap_nor_overlap() -> None:
    begin, end = at("2026-01-05T09:00:00"), at("2027-01-05T09:00:00")
    found = turns(1).shifts(begin, end)
    assert len(found) == 365
    assert all(one.end == two.begin for one, two in pairwise(found))
    assert gaps(found, begin, end) == []


def test_a_time_that_the_spring_leaves_out_still_begins_one_shift() -> None:
    plan = Turns(("a.kim", "j.ortiz"), 1, dt.time(2, 30), "Europe/Berlin", dt.date(2026, 3, 1))
    found = plan.shifts(at("2026-03-28T00:00:00"), at("2026-03-31T00:00:00"))
    assert all(one.end == two.begin for one, two in pairwise(found))
    assert all(one.end > one.begin for one in found)


def test_before_its_first_day_a_rotation_has_nobody() -> None:
    moment = at("2026-01-04T12:00:00")
    assert on_call(turns().shifts(moment, moment + DAY / 2), moment).people == ()


# --- which shift wins -----------------------------------------------------------------------------


def test_an_override_wins_whatever_its_length_and_whom_it_replaces_comes_last() -> None:
    week = Shift("a.kim", 0, 7 * DAY)
    after = Shift("j.ortiz", 7 * DAY, 14 * DAY)
    cover = Shift("m.sato", -DAY, 30 * DAY, override=True)
    assert on_call([week, after, cover], DAY).people == ("m.sato", "j.ortiz", "a.kim")


def test_of_two_shifts_the_shorter_wins_then_the_one_that_began_later() -> None:
    long, short = Shift("a.kim", 0, 10 * DAY), Shift("j.ortiz", 2 * DAY, 3 * DAY)
    assert on_call([long, short], 2.5 * DAY).people[0] == "j.ortiz"
    early, late = Shift("a.kim", 0, 2 * DAY), Shift("j.ortiz", DAY, 3 * DAY)
    assert on_call([early, late], 1.5 * DAY).people == ("j.ortiz", "a.kim")


def test_the_second_of_a_calendar_comes_before_whoever_is_next() -> None:
    known = [
        Shift("a.kim", 0, DAY),
        Shift("m.sato", 0, DAY, second=True),
        Shift("j.ortiz", DAY, 2 * DAY),
    ]
    assert on_call(known, 1).people == ("a.kim", "m.sato", "j.ortiz")


def test_it_says_until_when_it_stays_so() -> None:
    known = [Shift("a.kim", 0, 100), Shift("j.ortiz", 40, 50, override=True)]
    assert on_call(known, 1).until == 40
    assert on_call(known, 45).until == 50
    assert on_call(known, 60).until == 100


def test_gaps_are_found_at_both_ends_and_between() -> None:
    known = [Shift("a", 10, 20), Shift("b", 15, 30), Shift("c", 40, 50)]
    assert gaps(known, 0, 60) == [(0, 10), (30, 40), (50, 60)]


# --- calendars ------------------------------------------------------------------------------------

CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//on-call//EN
BEGIN:VEVENT
UID:kim@example.org
SUMMARY:Kim on call
DTSTART;TZID=Europe/Berlin:20260105T090000
DTEND;TZID=Europe/Berlin:20260112T090000
RRULE:FREQ=WEEKLY;INTERVAL=2
EXDATE;TZID=Europe/Berlin:20260202T090000
END:VEVENT
BEGIN:VEVENT
UID:ortiz@example.org
SUMMARY:Primary: Ortiz
DTSTART;TZID=Europe/Berlin:20260112T090000
DTEND;TZID=Europe/Berlin:20260119T090000
RRULE:FREQ=WEEKLY;INTERVAL=2
END:VEVENT
BEGIN:VEVENT
UID:ortiz@example.org
RECURRENCE-ID;TZID=Europe/Berlin:20260209T090000
SUMMARY:Primary: Ortiz
DTSTART;TZID=Europe/Berlin:20260209T120000
DTEND;TZID=Europe/Berlin:20260216T090000
END:VEVENT
BEGIN:VEVENT
UID:override@example.org
SUMMARY:Override
ATTENDEE;CN=Sato:mailto:SATO@example.org
DTSTART:20260106T120000Z
DTEND:20260106T180000Z
END:VEVENT
BEGIN:VEVENT
UID:second@example.org
SUMMARY:Secondary - m.sato
DTSTART;TZID=Europe/Berlin:20260105T090000
DTEND;TZID=Europe/Berlin:20260112T090000
END:VEVENT
BEGIN:VEVENT
UID:lunch@example.org
SUMMARY:Team lunch
DTSTART:20260106T110000Z
DTEND:20260106T120000Z
END:VEVENT
BEGIN:VEVENT
UID:gone@example.org
SUMMARY:Override Ortiz
STATUS:CANCELLED
DTSTART:20260107T110000Z
DTEND:20260107T120000Z
END:VEVENT
END:VCALENDAR
"""


def called(text: str, zone: ZoneInfo = BERLIN) -> tuple[str, ...]:
    moment = at(text, zone)
    return on_call(shifts(CALENDAR, moment, moment + 35 * DAY, NAMES), moment).people


def test_a_calendar_says_who_is_called_first_and_second() -> None:
    assert called("2026-01-05T09:00:00")[:2] == ("a.kim", "m.sato")
    assert called("2026-01-12T09:00:00")[0] == "j.ortiz"
    assert called("2026-01-19T10:00:00")[0] == "a.kim"


def test_an_override_in_a_calendar_stands_above_the_week() -> None:
    assert called("2026-01-06T12:30:00", ZoneInfo("UTC"))[0] == "m.sato"
    assert called("2026-01-06T18:00:00", ZoneInfo("UTC"))[0] == "a.kim"


def test_an_excepted_week_is_a_gap_and_a_moved_one_begins_later() -> None:
    assert called("2026-02-03T12:00:00") == ()
    assert called("2026-02-09T11:00:00") == ()
    assert called("2026-02-09T12:00:00")[0] == "j.ortiz"


def test_recurrences_keep_their_hour_when_the_clocks_change() -> None:
    begin, end = at("2026-03-20T00:00:00"), at("2026-05-01T00:00:00")
    begun = [s.begin for s in shifts(CALENDAR, begin, end, NAMES)]
    assert {dt.datetime.fromtimestamp(one, BERLIN).hour for one in begun} == {9}


def test_what_is_cancelled_or_of_nobody_known_is_no_shift() -> None:
    begin = at("2026-01-05T00:00:00")
    found = shifts(CALENDAR, begin, begin + 5 * DAY, NAMES)
    assert {one.person for one in found} == {"a.kim", "m.sato"}
    assert called("2026-01-07T11:30:00", ZoneInfo("UTC"))[0] == "a.kim"


def test_a_name_inside_another_word_names_nobody() -> None:
    text = CALENDAR.replace("Kim on call", "Kimberley on call")
    moment = at("2026-01-05T10:00:00")
    found = shifts(text, moment, moment + 1, NAMES)
    assert [one.person for one in found] == ["m.sato"]


ALIKE = {"ann": (), "ann.lee": (), "kim": ("Kim",), "k.lee": ("Kim Lee",)}


def event(*lines: str) -> str:
    body = ("BEGIN:VEVENT", "UID:one@example.org", *lines, "END:VEVENT")
    return "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//e//EN", *body, "END:VCALENDAR"))


@pytest.mark.parametrize(
    ("summary", "people"),
    [
        ("On-call: ann.lee", ["ann.lee"]),
        ("ann.lee, then ann", ["ann.lee", "ann"]),
        ("It is ann. Call her", ["ann"]),
        ("Kim Lee (primary)", ["k.lee"]),
        ("Kim  Lee", ["k.lee"]),
        ("Kim, Kim Lee", ["kim", "k.lee"]),
        ("ann.leeward", []),
    ],
)
def test_a_name_that_begins_another_is_not_the_other(summary: str, people: list[str]) -> None:
    text = event(f"SUMMARY:{summary}", "DTSTART:19700101T000000Z", "DTEND:19700102T000000Z")
    assert [one.person for one in shifts(text, 0.0, DAY, ALIKE)] == people


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=WEEKLY;INTERVAL=0",
        "RRULE:FREQ=WEEKLY;INTER\n VAL=00",
        "RRULE:FREQ=DAILY;INTERVAL=-1",
        "EXRULE:FREQ=WEEKLY;INTERVAL=0",
        "RRULE:FREQ=SECONDLY",
    ],
)
def test_a_rule_that_never_ends_is_refused_before_it_is_begun(rule: str) -> None:
    text = event("SUMMARY:Kim", "DTSTART:19700101T000000Z", "DTEND:19700102T000000Z", rule)
    with pytest.raises(BadCalendar, match=r"repeats without end: (EX|R)RULE:FREQ"):
        shifts(text, 0.0, DAY, NAMES)


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:00010101T000000Z", "DTEND:20290108T000000Z"),
        ("DTSTART:20260101T000000Z", "DURATION:P999999999D"),
    ],
)
def test_a_date_that_no_clock_knows_is_a_bad_calendar(lines: tuple[str, ...]) -> None:
    with pytest.raises(BadCalendar):
        shifts(
            event("SUMMARY:Kim", *lines),
            at("2026-02-01T00:00:00"),
            at("2026-03-01T00:00:00"),
            NAMES,
        )


@pytest.mark.parametrize("text", ["", "hello", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR"])
def test_what_is_no_calendar_is_said_in_one_line(text: str) -> None:
    with pytest.raises(BadCalendar) as caught:
        shifts(text, 0.0, DAY, NAMES)
    assert "\n" not in str(caught.value)


# --- in a project ---------------------------------------------------------------------------------

TOML = """\
[[people]]
name = "a.kim"
calendar = ["Kim"]
[[people]]
name = "j.ortiz"
calendar = ["Ortiz"]
[[people]]
name = "m.sato"
[[rotations]]
name = "primary"
ics = "oncall.ics"
[[rotations]]
name = "owners"
role = "tier2"
people = ["j.ortiz", "m.sato"]
every = "daily"
at = "08:00"
zone = "Europe/Berlin"
starts = 2026-01-05
[[rotations.overrides]]
person = "a.kim"
from = 2026-01-06T10:00:00
to = 2026-01-06T12:00:00
"""


def on_duty(settings: Settings, root: Path, moment: float) -> tuple[dict[str, OnCall], list[str]]:
    return asyncio.run(Rotations(settings, root).duties(moment))


def project(root: Path, text: str = TOML) -> Settings:
    (root / "warroom.toml").write_text(text)
    (root / "oncall.ics").write_text(CALENDAR)
    return load(Project(root))


def test_each_role_has_its_own_rotation_and_overrides_are_in_its_zone(tmp_path: Path) -> None:
    settings = project(tmp_path)
    found, wrong = on_duty(settings, tmp_path, at("2026-01-06T10:30:00"))
    assert wrong == []
    assert found["on-call"].people[0] == "a.kim"
    assert found["tier2"].people == ("a.kim", "j.ortiz", "m.sato")
    found, _ = on_duty(settings, tmp_path, at("2026-01-06T12:00:00"))
    assert found["tier2"].people[0] == "m.sato"


def test_a_calendar_that_is_gone_leaves_the_other_rotations_and_is_said(tmp_path: Path) -> None:
    settings = project(tmp_path)
    (tmp_path / "oncall.ics").unlink()
    found, wrong = on_duty(settings, tmp_path, at("2026-01-06T10:30:00"))
    assert set(found) == {"tier2"}
    assert wrong == ["rotation primary: oncall.ics: No such file or directory"]


def test_a_calendar_that_hangs_is_said_within_a_time_and_not_begun_again_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, go, begun = project(tmp_path), threading.Event(), []

    def hangs(*_: object) -> list[Shift]:
        begun.append(1)
        go.wait(20)
        return []

    monkeypatch.setattr("orchestrator.comms.calendar.shifts", hangs)

    async def looked() -> list[list[str]]:
        read = Rotations(settings, tmp_path, limit=0.05)
        try:
            said = [(await read.duties(at("2026-01-06T10:30:00"))) for _ in range(2)]
        finally:
            go.set()
        assert set(said[0][0]) == {"tier2"}
        return [wrong for _, wrong in said]

    assert asyncio.run(looked()) == [
        ["rotation primary: oncall.ics cannot be read: not done within 0.05 s"],
        ["rotation primary: oncall.ics cannot be read: the last try has not ended yet"],
    ]
    assert begun == [1]


def test_whatever_a_calendar_breaks_is_said_of_its_rotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> list[Shift]:
        raise RecursionError("too deep")

    settings = project(tmp_path)
    monkeypatch.setattr("orchestrator.comms.calendar.shifts", breaks)
    found, wrong = on_duty(settings, tmp_path, at("2026-01-06T10:30:00"))
    assert set(found) == {"tier2"}
    assert wrong == ["rotation primary: oncall.ics cannot be read: RecursionError too deep"]


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('zone = "Europe/Berlin"', 'zone = "Berlin"', "'Berlin' is no time zone"),
        ('at = "08:00"', 'at = "8am"', "must be a time as 09:00"),
        ('"m.sato"]', '"nobody"]', "there is no [[people]] named 'nobody'"),
        ("starts = 2026-01-05\n", "", "set starts"),
        ('ics = "oncall.ics"', "", "needs either ics or people"),
        ("to = 2026-01-06T12", "to = 2026-01-06T09", "to must be later than from"),
    ],
)
def test_a_wrong_rotation_is_one_line_that_says_what_is_right(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    assert before in TOML
    with pytest.raises(SettingsError) as caught:
        project(tmp_path, TOML.replace(before, after))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_an_incident_keeps_of_a_person_holds_no_address_and_no_credential(
    tmp_path: Path,
) -> None:
    secret = 'token_sha256 = "' + "a" * 64 + '"\npage = "ntfys://tok3n@example.org/topic"\n'
    settings = project(tmp_path, TOML.replace('name = "m.sato"\n', f'name = "m.sato"\n{secret}', 1))
    told = settings.people[2].told()
    assert told["paged"] is True
    assert "a" * 64 not in str(told)
    assert "tok3n" not in str(told)
    assert isinstance(settings.rotations[0], Rotation)
