"""Who is on call at a moment, from shifts: pure, whatever the shifts were read from."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Shift:
    """One person is on call from `begin` until `end`, in seconds since the epoch."""

    person: str
    begin: float
    end: float
    override: bool = False
    """stands above the shifts it lies over"""
    second: bool = False
    """on call as the second: never the first to be called"""

    def covers(self, at: float) -> bool:
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is called, the first one first, and until when that stays so."""

    people: tuple[str, ...]
    until: float


@dataclass(frozen=True, slots=True)
class Turns:
    """A plain rotation: people in their order, each for one day or one week."""

    people: tuple[str, ...]
    days: int
    """1 or 7"""
    at: dt.time
    """when a shift begins, by the clocks of `zone`"""
    zone: str
    starts: dt.date
    """the first day of the first person's first shift"""

    def shifts(self, begin: float, end: float) -> list[Shift]:
        """Those that touch the time between `begin` and `end`.

        A shift begins at the same time by the wall clock all year: over a change of the clocks it
        lasts an hour more or less.
        """
        zone = ZoneInfo(self.zone)
        first = dt.datetime.fromtimestamp(begin, zone).date() - self.starts
        number = max(0, first.days // self.days - 1)
        found: list[Shift] = []
        while (start := self._begins(number, zone)) < end:
            person = self.people[number % len(self.people)]
            shift = Shift(person, start, self._begins(number + 1, zone))
            if shift.end > begin:
                found.append(shift)
            number += 1
        return found

    def _begins(self, number: int, zone: ZoneInfo) -> float:
        day = self.starts + dt.timedelta(days=number * self.days)
        return dt.datetime.combine(day, self.at, zone).timestamp()


def on_call(shifts: Iterable[Shift], at: float) -> OnCall:
    """Who is called at a moment; nobody where there is a gap.

    First an override, then the shorter shift, then the one that began later. The second is whoever
    the shifts name as such, or another first of the same rank, else whoever's turn is next; a
    person whom an override replaces is asked last of all.
    """
    known = sorted(shifts, key=lambda s: s.begin)
    here = sorted((s for s in known if s.covers(at)), key=_rank)
    edges = [edge for s in known for edge in (s.begin, s.end) if edge > at]
    until = min(edges, default=float("inf"))
    firsts = [s for s in here if not s.second]
    if not firsts:
        return OnCall(tuple(dict.fromkeys(s.person for s in here)), until)
    replaced = [s.person for s in firsts if _beneath(s, firsts[0])]
    peers = [s.person for s in firsts if not _beneath(s, firsts[0])]
    seconds = [s.person for s in here if s.second]
    later = [s.person for s in known if s.begin > at and not s.override and not s.second]
    others = [name for name in (*peers, *seconds, *later) if name not in replaced]
    return OnCall(tuple(dict.fromkeys([firsts[0].person, *others, *replaced])), until)


def gaps(shifts: Sequence[Shift], begin: float, end: float) -> list[tuple[float, float]]:
    """Times between `begin` and `end` at which nobody is on call."""
    found, covered = [], begin
    for shift in sorted(shifts, key=lambda s: s.begin):
        if shift.begin > covered:
            found.append((covered, min(shift.begin, end)))
        covered = max(covered, shift.end)
        if covered >= end:
            return found
    return [*found, (covered, end)]


def _rank(shift: Shift) -> tuple[bool, float, float]:
    return not shift.override, shift.end - shift.begin, -shift.begin


def _beneath(shift: Shift, winner: Shift) -> bool:
    """True for a shift that the winner replaces: an override's, or one that is longer."""
    if shift is winner:
        return False
    longer = shift.end - shift.begin > winner.end - winner.begin
    return (winner.override and not shift.override) or longer
