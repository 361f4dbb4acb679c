"""The report over many incidents: which are counted, the metrics, and the same by a property."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.model.action_item import ActionItem
from orchestrator.model.measured import Measured
from orchestrator.model.metrics import Metric, metrics, recurring
from orchestrator.model.policy import DAY, Policy

BY = ("severity", "service", "tier", "month")
"""By what a report may be divided."""


@dataclass(frozen=True, slots=True)
class Group:
    """The incidents that share a property, and the metrics over them."""

    name: str
    incidents: int
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `warroom report` and the metrics screen show."""

    at: float
    since: float
    """incidents detected before it are not counted; 0 counts all"""
    incidents: int
    drills: int
    """how many drills there are, forks not among them"""
    forks: int
    with_drills: bool
    """drills and forks are counted in the figures"""
    metrics: tuple[Metric, ...]
    months: tuple[Group, ...]
    """in order, for the course of each metric"""
    by: str
    groups: tuple[Group, ...]
    overdue: tuple[ActionItem, ...]
    """open behind their date, the latest first; of all incidents that are counted by kind"""
    broken: tuple[str, ...]
    """journals that could not be read, each in one line: their incidents are in no figure"""


def report(
    every: Sequence[Measured],
    now: float,
    *,
    since: float = 0.0,
    by: str = "",
    drills: bool = False,
    broken: Iterable[str] = (),
) -> Report:
    """The metrics over the incidents that count: drills and forks only where `drills` says so.

    Targets are those of the policy that the newest of them was detected under.
    """
    real = [one for one in every if drills or not (one.drill or one.fork)]
    counted = sorted((one for one in real if one.detected_at >= since), key=lambda o: o.detected_at)
    newest = max(real, key=lambda one: one.detected_at, default=None)
    policy = newest.policy if newest is not None else Policy()
    again = recurring(real)

    def divided(by: str) -> tuple[Group, ...]:
        kinds: dict[str, list[Measured]] = {}
        for one in counted:
            kinds.setdefault(_kind(one, by), []).append(one)
        return tuple(
            Group(name, len(some), metrics(some, policy, again, now))
            for name, some in sorted(kinds.items())
        )

    def course() -> tuple[Group, ...]:
        """Every month from the first to the last: one without incidents is a gap, not left out."""
        found = {group.name: group for group in divided("month")}
        nothing = metrics((), policy, again, now)
        return tuple(found.get(name) or Group(name, 0, nothing) for name in _months(list(found)))

    late = [item for one in real for item in one.actions if item.late(now)]
    return Report(
        at=now,
        since=since,
        incidents=len(counted),
        drills=sum(1 for one in every if one.drill and not one.fork),
        forks=sum(1 for one in every if one.fork),
        with_drills=drills,
        metrics=metrics(counted, policy, again, now),
        months=course(),
        by=by,
        groups=divided(by) if by else (),
        overdue=tuple(sorted(late, key=lambda item: (item.due, item.id))),
        broken=tuple(broken),
    )


def _kind(one: Measured, by: str) -> str:
    if by == "severity":
        return one.severity or "UNKNOWN"
    if by == "service":
        return one.service or "UNKNOWN"
    if by == "tier":
        return f"tier {one.tier}" if one.tier else "no tier"
    return month(one.detected_at)


def _months(names: Sequence[str]) -> Iterator[str]:
    """From the first to the last of `2025-11`, ..., with those between."""
    if names:
        at, last = (int(name[:4]) * 12 + int(name[5:]) - 1 for name in (names[0], names[-1]))
        for number in range(at, last + 1):
            yield f"{number // 12:04d}-{number % 12 + 1:02d}"


def month(at: float) -> str:
    """`2025-11`, in UTC, by the rule of the calendar: years are counted from March, so that the
    leap day is the last of its year, and five months have 153 days."""
    days = int(at // DAY) + 719_468
    era, rest = divmod(days, 146_097)
    year = (rest - rest // 1460 + rest // 36_524 - rest // 146_096) // 365
    of_year = rest - (365 * year + year // 4 - year // 100)
    number = (5 * of_year + 2) // 153
    number = number + 3 if number < 10 else number - 9
    return f"{year + era * 400 + (number < 3):04d}-{number:02d}"


def period(text: str) -> float:
    """`90d`, `12w`, `36h` as seconds. ValueError when it is none."""
    number, unit = text.strip()[:-1], text.strip()[-1:].lower()
    sizes = {"h": 3600.0, "d": DAY, "w": 7 * DAY}
    if unit not in sizes or not number.isdecimal() or not 0 < int(number) <= 100_000:
        raise ValueError(f"{text!r} is no period; write 90d, 12w or 36h")
    return int(number) * sizes[unit]
