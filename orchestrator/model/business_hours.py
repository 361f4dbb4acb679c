"""Promises that run while people work: business days in one zone, without weekends and holidays.

A promise of whole days counts business days and ends at the same time of day; a shorter one counts
only the time in which somebody is at work. Pure; the zones are those of the IANA database.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 86400.0

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MOST = 3700
"""Days that are looked at before a calendar counts as one without work: ten years."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When a team works, and which severities wait for that."""

    zone: str = "UTC"
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")
    opens: str = "09:00"
    closes: str = "17:00"
    holidays: tuple[str, ...] = ()
    """dates, as 2026-12-25"""
    severities: tuple[str, ...] = ("P2", "P3")

    def after(self, start: float, seconds: float) -> float:
        """The moment at which `seconds` of a promise that began at `start` are over."""
        if seconds >= DAY and seconds % DAY == 0:
            return self._days_later(start, int(seconds // DAY))
        return self._time_later(start, seconds)

    def _days_later(self, start: float, days: int) -> float:
        """The same time of day some business days later; begun outside, it counts from the next
        opening."""
        local = self._local(self._next_open(start))
        left, day = days, local.date()
        for _ in range(_MOST):
            if not left:
                break
            day += timedelta(days=1)
            left -= self._works(day)
        return self._at(day, local.time())

    def _time_later(self, start: float, seconds: float) -> float:
        moment, left = self._next_open(start), seconds
        for _ in range(_MOST):
            closing = self._at(self._local(moment).date(), _time(self.closes))
            if moment + left <= closing:
                return round(moment + left, 3)
            left -= max(0.0, closing - moment)
            moment = self._next_open(closing)
        return round(moment + left, 3)

    def _next_open(self, moment: float) -> float:
        """`moment` itself while somebody works, else the next opening."""
        day = self._local(moment).date()
        for _ in range(_MOST):
            if self._works(day):
                opens, closes = self._at(day, _time(self.opens)), self._at(day, _time(self.closes))
                if moment < closes:
                    return max(moment, opens)
            day += timedelta(days=1)
        return moment

    def _works(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.days and day.isoformat() not in self.holidays

    def _local(self, moment: float) -> datetime:
        return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(self.zone))

    def _at(self, day: date, clock: time) -> float:
        local = datetime.combine(day, clock.replace(tzinfo=None), ZoneInfo(self.zone))
        return round(local.timestamp(), 3)


def _time(text: str) -> time:
    return time.fromisoformat(text)
