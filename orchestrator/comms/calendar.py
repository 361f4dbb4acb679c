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


class BadCalendar(Exception):
    """A file that is no calendar, and why, in one line."""


def shifts(
    text: str, begin: float, end: float, names: Mapping[str, Iterable[str]], zone: str = "UTC"
) -> list[Shift]:
    """The shifts between `begin` and `end` of the people in `names`.

    `names`: person → how the calendar may write them, mail addresses among it. An event of nobody
    known is no shift. BadCalendar where the text is no calendar.
    """
    import icalendar  # 90 ms that only a calendar needs
    import recurring_ical_events

    try:
        calendar = icalendar.Calendar.from_ical(text)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(
            _moment(begin), _moment(end)
        )
        return [shift for event in found for shift in _of(event, names, zone)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
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
        alias.lower(): person
        for person, aliases in names.items()
        for alias in (person, *aliases)
        if alias
    }
    found = [called[text] for text in written if text in called]
    if not found:
        said = summary.lower()
        places = [(_place(alias, said), person) for alias, person in called.items()]
        found = [person for place, person in sorted(places) if place >= 0]
    return list(dict.fromkeys(found))


def _place(alias: str, text: str) -> int:
    """Where a name stands as words of their own; -1 where it does not."""
    found = re.search(rf"(?<![\w.@-]){re.escape(alias)}(?![\w@-])", text)
    return found.start() if found else -1


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
