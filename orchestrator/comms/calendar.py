"""Shifts out of a calendar file, as on-call tools and calendars export them.

Recurrences, exceptions to them, moved single events and time zones are the libraries' work; what is
ours is whose shift an event is. Loaded only where a project has such a file.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.comms.oncall import Shift

_OVERRIDE = re.compile(r"(?i)\boverrid(e|den|es)\b|\bswap\b|\bcover(s|ing)?\b")
_SECOND = re.compile(r"(?i)\b(secondary|second|2nd|backup|shadow)\b")
_FOLD = re.compile(r"(\r?\n)+[ \t]")
_ENDLESS = re.compile(
    r"(?im)^(?:RRULE|EXRULE)\b.*(?:\bINTERVAL=(?!\+?0*[1-9])|\bFREQ=SECONDLY\b).*$"
)
"""A rule that never gets on, or holds every second since it began: expanding it would not end."""


class BadCalendar(Exception):
    """A file that is no calendar, and why, in one line."""


def shifts(
    text: str, begin: float, end: float, names: Mapping[str, Iterable[str]], zone: str = "UTC"
) -> list[Shift]:
    """The shifts between `begin` and `end` of the people in `names`.

    `names`: person → how the calendar may write them, mail addresses among it. An event of nobody
    known is no shift. BadCalendar where the text is no calendar, or would never be read to its end.
    """
    import icalendar  # 90 ms that only a calendar needs
    import recurring_ical_events

    if endless := _ENDLESS.search(_FOLD.sub("", text)):
        raise BadCalendar(f"repeats without end: {endless[0].strip()[:120]}")
    try:
        calendar = icalendar.Calendar.from_ical(text)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(
            _moment(begin), _moment(end)
        )
        return [shift for event in found for shift in _of(event, names, zone)]
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        raise BadCalendar(f"is no calendar: {' '.join(str(error).split())[:120]}") from error


def _of(event: Any, names: Mapping[str, Iterable[str]], zone: str) -> list[Shift]:
    """One shift for each person of an event: the first is called first."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return []
    summary = str(event.get("SUMMARY", ""))
    words = f"{summary} {_categories(event)}"
    begin, end = _seconds(event.start, zone), _seconds(event.end, zone)
    override, second = bool(_OVERRIDE.search(words)), bool(_SECOND.search(words))
    people = _people(event, summary, names)
    return [
        Shift(person, begin, end, override, second or number > 0)
        for number, person in enumerate(people)
        if end > begin
    ]


def _people(event: Any, summary: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Those the attendees name; where they name nobody known, those the summary names."""
    attendees = event.get("ATTENDEE", [])
    invited = attendees if isinstance(attendees, list) else [attendees]
    written = [
        text.removeprefix("mailto:")
        for one in invited
        for text in (str(one).lower(), str(getattr(one, "params", {}).get("CN", "")).lower())
    ]
    called = {
        " ".join(alias.lower().split()): person
        for person, aliases in names.items()
        for alias in (person, *aliases)
        if alias
    }
    found = [called[text] for text in written if text in called]
    return list(dict.fromkeys(found or _named(summary, called)))


def _named(summary: str, called: Mapping[str, str]) -> list[str]:
    """Those whose names stand as words of their own, in the order of the text.

    The longest name is looked for first and taken out, because one may begin another.
    """
    text = " ".join(summary.lower().split())
    places = []
    for alias in sorted(called, key=len, reverse=True):
        # a dot before a letter is part of a name, one at the end of a sentence is not
        whole = re.compile(rf"(?<![\w.@-]){re.escape(alias)}(?![\w@-]|\.\w)")
        if found := whole.search(text):
            places.append((found.start(), called[alias]))
            text = whole.sub(lambda match: "\0" * len(match[0]), text)
    return [person for _, person in sorted(places)]


def _categories(event: Any) -> str:
    value = event.get("CATEGORIES")
    groups = value if isinstance(value, list) else [value] if value is not None else []
    return " ".join(str(one) for group in groups for one in getattr(group, "cats", ()))


def _moment(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)


def _seconds(moment: dt.date, zone: str) -> float:
    """A moment of an event; a whole day or a floating time is one of the rotation's zone."""
    from zoneinfo import ZoneInfo

    if not isinstance(moment, dt.datetime):
        moment = dt.datetime.combine(moment, dt.time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp()
