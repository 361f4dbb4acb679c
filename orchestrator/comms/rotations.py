"""The rotations of a project, read from its settings and calendar files: who is called now."""

import asyncio
import datetime as dt
import threading
from pathlib import Path

from orchestrator.comms.oncall import DAY, OnCall, Shift, Turns, on_call
from orchestrator.own_thread import aside
from orchestrator.settings import Rotation, Settings

AHEAD = 35 * DAY
"""How far shifts are looked for: the second is whoever's turn is next, which may take a month."""

LARGEST = 8 << 20
"""Bytes of a calendar file that is still read."""


LIMIT = 6.0
"""Seconds a rotation may take: whoever opens an incident waits for it, and for 10 s at most."""


class NoRotation(Exception):
    """A rotation whose file cannot be read, in one line."""


class Rotations:
    """The rotations of a project, each read beside the loop and within a time.

    Whatever a calendar does to the libraries that read it is said of its rotation: an incident is
    opened all the same, and the runner goes on.
    """

    def __init__(self, settings: Settings, root: Path, limit: float = LIMIT) -> None:
        self._settings = settings
        self._root = root
        self._limit = limit
        self._late: dict[str, threading.Event] = {}

    async def duties(self, at: float) -> tuple[dict[str, OnCall], list[str]]:
        """Role → who is on call for it at a moment, and what is wrong with rotations left out."""
        rotations = self._settings.rotations
        looks = [self._look(rotation, at) for rotation in rotations]
        found: dict[str, OnCall] = {}
        wrong: list[str] = []
        for rotation, now in zip(rotations, await asyncio.gather(*looks), strict=True):
            if isinstance(now, NoRotation):
                wrong.append(f"rotation {rotation.name}: {now}")
            elif not now.people:
                wrong.append(f"rotation {rotation.name}: nobody is on call")
            elif rotation.role not in found:
                found[rotation.role] = now
        return found, wrong

    async def shifts(self, rotation: Rotation, begin: float, end: float) -> list[Shift]:
        """All shifts of a rotation that touch a time, overrides too. NoRotation where none can."""
        late = self._late.get(rotation.name)
        if late is not None and not late.is_set():  # each further try would cost a core as well
            raise NoRotation(f"{rotation.ics} cannot be read: the last try has not ended yet")
        ended = threading.Event()

        def read() -> list[Shift]:
            try:
                return shifts(rotation, self._settings, self._root, begin, end)
            finally:
                ended.set()

        try:
            return await aside(read, self._limit, f"rotation {rotation.name}")
        except NoRotation:
            raise
        except TimeoutError:
            self._late[rotation.name] = ended
            why = f"{rotation.ics or 'it'} cannot be read: not done within {self._limit:g} s"
            raise NoRotation(why) from None
        except Exception as error:
            why = " ".join(f"{type(error).__name__} {error}".split())[:120]
            raise NoRotation(f"{rotation.ics or 'it'} cannot be read: {why}") from error

    async def _look(self, rotation: Rotation, at: float) -> OnCall | NoRotation:
        try:
            return on_call(await self.shifts(rotation, at, at + AHEAD), at)
        except NoRotation as error:
            return error


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
