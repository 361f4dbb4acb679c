"""Business hours counted the other way round: how much work lies between two moments.

The war room computes when a promise ends; here what was worked is added up and held against it. Two
ways to one answer, and no code in common.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from benchmarks.recount.lines import Line

DAY = 86400.0
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def kept(policy: Line, severity: str, begun: float, end: float, limit: float) -> bool:
    """Whether something that ended then was in time; `policy` as the journal has it."""
    team = policy.get("business")
    if not team or severity not in team["severities"]:
        return round(end - begun, 3) <= limit
    if end <= begun:
        return True
    if limit >= DAY and limit % DAY == 0:
        return _days(team, begun, end) <= limit // DAY
    worked, at_work = 0.0, begun
    for opens, closes in _shifts(team, begun, end):
        first, last = max(opens, begun), min(closes, end)
        if last > first:
            worked, at_work = round(worked + last - first, 3), last
    return worked < limit or (worked == limit and at_work >= end)


def _days(team: Line, begun: float, end: float) -> float:
    """Business days that are over, and a part of one for any time of the next."""
    shifts = [one for one in _shifts(team, begun, end + 30 * DAY) if one[1] > begun]
    start = max(begun, shifts[0][0])
    if end <= start:
        return 0.0
    zone = ZoneInfo(team["zone"])
    clock = datetime.fromtimestamp(start, UTC).astimezone(zone).time()
    full = 0
    for opens, _ in shifts[1:]:
        day = datetime.fromtimestamp(opens, UTC).astimezone(zone).date()
        mark = round(datetime.combine(day, clock, zone).timestamp(), 3)
        if end <= mark:
            return full + (1.0 if end == mark else 0.5)
        full += 1
    return float(full)


def _shifts(team: Line, begun: float, end: float) -> Iterator[tuple[float, float]]:
    """When a shift begins and ends, of every business day that may touch that time."""
    zone = ZoneInfo(team["zone"])
    day = datetime.fromtimestamp(begun, UTC).astimezone(zone).date()
    last = datetime.fromtimestamp(end, UTC).astimezone(zone).date()
    while day <= last:
        if NAMES[day.weekday()] in team["days"] and day.isoformat() not in team["holidays"]:
            opens, closes = (
                datetime.combine(day, time.fromisoformat(team[name]), zone).timestamp()
                for name in ("opens", "closes")
            )
            yield opens, closes
        day += timedelta(days=1)
