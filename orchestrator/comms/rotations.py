"""The rotations of a project, read from its settings and calendar files: who is called now."""

import datetime as dt
from pathlib import Path

from orchestrator.comms.oncall import DAY, OnCall, Shift, Turns, on_call
from orchestrator.settings import Rotation, Settings

AHEAD = 35 * DAY
"""How far shifts are looked for: the second is whoever's turn is next, which may take a month."""

LARGEST = 8 << 20
"""Bytes of a calendar file that is still read."""


class NoRotation(Exception):
    """A rotation whose file cannot be read, in one line."""


def duties(settings: Settings, root: Path, at: float) -> tuple[dict[str, OnCall], list[str]]:
    """Role → who is on call for it at a moment, and what is wrong with rotations left out."""
    found: dict[str, OnCall] = {}
    wrong: list[str] = []
    for rotation in settings.rotations:
        try:
            now = on_call(shifts(rotation, settings, root, at, at + AHEAD), at)
        except NoRotation as error:
            wrong.append(f"rotation {rotation.name}: {error}")
            continue
        if now.people and rotation.role not in found:
            found[rotation.role] = now
        elif not now.people:
            wrong.append(f"rotation {rotation.name}: nobody is on call")
    return found, wrong


def shifts(
    rotation: Rotation, settings: Settings, root: Path, begin: float, end: float
) -> list[Shift]:
    """All shifts of a rotation that touch a time, overrides too. NoRotation when it has no file."""
    overrides = [
        Shift(one.person, rotation.moment(one.from_), rotation.moment(one.to), override=True)
        for one in rotation.overrides
    ]
    within = [shift for shift in overrides if shift.end > begin and shift.begin < end]
    if rotation.ics:
        return within + _of_calendar(rotation, settings, root / rotation.ics, begin, end)
    assert rotation.starts is not None
    hour, minute = map(int, rotation.at.split(":"))
    days = 7 if rotation.every == "weekly" else 1
    turns = Turns(rotation.people, days, dt.time(hour, minute), rotation.zone, rotation.starts)
    return within + turns.shifts(begin, end)


def _of_calendar(
    rotation: Rotation, settings: Settings, path: Path, begin: float, end: float
) -> list[Shift]:
    from orchestrator.comms import calendar  # only where there is one

    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise NoRotation(f"{rotation.ics} is larger than {LARGEST >> 20} MB")
        text = body.decode("utf-8")
        names = {person.name: person.calendar for person in settings.people}
        return calendar.shifts(text, begin, end, names, rotation.zone)
    except OSError as error:
        raise NoRotation(f"{rotation.ics}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise NoRotation(f"{rotation.ics} is no UTF-8 text") from None
    except calendar.BadCalendar as error:
        raise NoRotation(f"{rotation.ics} {error}") from error
