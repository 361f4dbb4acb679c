"""When something began, from the words people use for it. Pure: `now` is given, times are UTC.

A time of day without a date is the last one that has passed: at 09:00, "14:00" is yesterday's.
"""

import re
from dataclasses import dataclass

from orchestrator.clock import parse_iso

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0

_UNITS = {"s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY}
_UNIT = r"(?P<unit>s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b"
_COUNT = r"(?P<count>\d{1,4}(?:\.\d)?|an?|half an|a quarter of an|a couple of|a few)\s*"
_SPAN = re.compile(rf"(?:(?:for|about|around|roughly|the last|over)\s+)*{_COUNT}{_UNIT}(?:\s+ago)?")
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?\s?(?:z|utc|[+-]\d\d:?\d\d)?"
)
_DAY_NAME = r"(?:(?P<day>today|yesterday)(?:\s+at)?\s+)?"
_CLOCK = re.compile(
    rf"{_DAY_NAME}(?:at\s+|about\s+|around\s+)*"
    r"(?P<hour>2[0-3]|[01]?\d)(?:[:.](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?"
    r"\s*(?P<half>am|pm|a\.m\.|p\.m\.)?(?:\s*(?:z|utc|gmt|h|o'clock)\b)?"
    r"(?:\s+(?P<after>today|yesterday))?"
)
_NAMED = {"noon": 12 * HOUR, "midday": 12 * HOUR, "midnight": 0.0}
_WORDS = {"a": 1.0, "an": 1.0, "half an": 0.5, "a quarter of an": 0.25}
_ROUGH = {"a couple of": 2.0, "a few": 3.0}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, and how many letters of the text said it."""

    at: float
    length: int


def read(text: str, now: float) -> Moment | None:
    """The time that `text` begins with, not after `now`; None when it begins with none."""
    low = text.lower()
    for reader in (_stamp, _span, _clock, _named):
        found = reader(low, now)
        if found is not None:
            return found if found.at <= now else None
    return None


def moment(text: str, now: float) -> float | None:
    """The time that a whole text says; None when it says anything else too."""
    bare = re.sub(r"^(?:since|from|at|started|began)\s+", "", text.strip(), flags=re.IGNORECASE)
    found = read(bare, now)
    return found.at if found is not None and not bare[found.length :].strip(" .,") else None


def _stamp(text: str, now: float) -> Moment | None:
    found = _STAMP.match(text)
    if found is None:
        return None
    stamp = re.sub(r"\s?(?:z|utc)$", "+00:00", found[0])
    try:
        return Moment(parse_iso(stamp), found.end())
    except (ValueError, OverflowError):
        return None


def _span(text: str, now: float) -> Moment | None:
    found = _SPAN.match(text)
    if found is None:
        return None
    word = found["count"]
    count = _WORDS.get(word) or _ROUGH.get(word) or float(word)
    return Moment(round(now - count * _UNITS[found["unit"][0]], 3), found.end())


def _clock(text: str, now: float) -> Moment | None:
    found = _CLOCK.match(text)
    if found is None or not (found["minute"] or found["half"]):
        return None
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"][0] == "p" else 0)
    seconds = hour * HOUR + int(found["minute"] or 0) * MINUTE + int(found["second"] or 0)
    return Moment(_past(seconds, found["day"] or found["after"] or "", now), found.end())


def _named(text: str, now: float) -> Moment | None:
    found = re.match(r"(?:(today|yesterday)\s+(?:at\s+)?)?(noon|midday|midnight)\b", text)
    if found is None:
        return None
    return Moment(_past(_NAMED[found[2]], found[1] or "", now), found.end())


def _past(seconds: float, day: str, now: float) -> float:
    """That time of that day; without a day, the last one that has passed."""
    today = now - now % DAY
    if day == "yesterday":
        return today - DAY + seconds
    at = today + seconds
    return at if at <= now or day == "today" else at - DAY
