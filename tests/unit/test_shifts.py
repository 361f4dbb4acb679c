"""A shift that begins while an incident is open is said in it once, and only then."""

import asyncio
import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.clock import FakeClock
from orchestrator.conductor.opening import Reported, detected
from orchestrator.conductor.room import Room
from orchestrator.conductor.shifts import Shifts
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.policy import Policy
from orchestrator.settings import load
from tests.unit.rooms import KIM, shop

ROTATION = """
[[people]]
name = "j.ortiz"
[[rotations]]
name = "primary"
people = ["a.kim", "j.ortiz"]
every = "daily"
at = "09:00"
zone = "UTC"
starts = 2025-01-01
"""
NINE = dt.datetime(2025, 11, 23, 9, tzinfo=dt.UTC).timestamp()


class Project:
    """A project with a rotation, one incident in it, and a clock shortly before nine."""

    def __init__(self, root: Path) -> None:
        self.project, _ = shop(root)
        self.project.settings.write_text(self.project.settings.read_text() + ROTATION)
        self.settings, self.clock = load(self.project), FakeClock(NINE - 60)
        self.conductor = SimpleNamespace(rooms={}, apply_patiently=self.apply)
        self.shifts = Shifts(self.project, self.settings, self.conductor, self.clock)  # type: ignore[arg-type]

    async def open(self) -> Room:
        room = Room.open(self.project, "INC-1", self.clock)
        duty = await self.shifts.duty(self.clock.now())
        reported = Reported(title="orders fail", service="orders", reporter="user")
        facts = detected(reported, "INC-1", self.settings, Policy(), self.project, duty)
        await room.apply(Command("cmd/open", "open", self.clock.now(), KIM, facts))
        self.conductor.rooms["INC-1"] = room
        return room

    async def apply(self, incident: str, command: Any) -> None:
        await self.conductor.rooms[incident].apply(command)

    async def look(self) -> None:
        await self.shifts.tell(self.clock.now())


def begun(room: Room) -> list[tuple[str, ...]]:
    return [e.data.people for e in room.events if isinstance(e.data, ev.OnCallResolved)]


def test_who_is_on_call_is_kept_with_the_detection_and_a_new_shift_is_said_once(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        made = Project(tmp_path)
        room = await made.open()
        first = room.state.roles["on-call"]
        second = next(name for name in ("a.kim", "j.ortiz") if name != first)
        assert room.state.crew.duty["on-call"].people == (first, second)
        assert room.state.crew.duty["on-call"].until == NINE
        await made.look()
        assert begun(room) == []
        made.clock.advance(61)
        await made.look()
        await made.look()
        assert begun(room) == [(second, first)]
        assert room.state.roles["on-call"] == second, "nobody had acknowledged yet"

    asyncio.run(story())


@pytest.mark.parametrize(
    "lines",
    [
        "DTSTART:00010101T000000Z\nDTEND:99991231T000000Z",
        "DTSTART:20250101T000000Z\nDTEND:20250102T000000Z\nRRULE:FREQ=WEEKLY;INTERVAL=0",
    ],
)
def test_a_calendar_that_breaks_its_reader_ends_neither_the_looks_nor_the_opening(
    tmp_path: Path, lines: str
) -> None:
    text = (
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nSUMMARY:j.ortiz\n{lines}\nEND:VEVENT\nEND:VCALENDAR"
    )

    async def story() -> None:
        made = Project(tmp_path)
        (tmp_path / "oncall.ics").write_text(text)
        made.project.settings.write_text(
            made.project.settings.read_text().replace(
                'people = ["a.kim", "j.ortiz"]', 'ics = "oncall.ics"'
            )
        )
        made.settings = load(made.project)
        made.shifts = Shifts(made.project, made.settings, made.conductor, made.clock)  # type: ignore[arg-type]
        async with asyncio.timeout(60):
            room = await made.open()
            await made.look()
        assert room.state.roles["on-call"] == "a.kim"

    asyncio.run(story())


def test_an_incident_that_is_over_hears_of_no_shift(tmp_path: Path) -> None:
    async def story() -> None:
        made = Project(tmp_path)
        room = await made.open()
        over = Command("cmd/r", "resolve", made.clock.now(), KIM, {"why": "seen"})
        await room.apply(over)
        made.clock.advance(61)
        await made.look()
        assert begun(room) == []

    asyncio.run(story())


def test_a_rotation_that_cannot_be_read_leaves_the_roles_of_the_settings(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        made = Project(tmp_path)
        broken = made.project.settings.read_text().replace(
            'people = ["a.kim", "j.ortiz"]', 'ics = "gone.ics"'
        )
        made.project.settings.write_text(broken)
        made.settings = load(made.project)
        made.shifts = Shifts(made.project, made.settings, made.conductor, made.clock)  # type: ignore[arg-type]
        room = await made.open()
        assert room.state.roles["on-call"] == "a.kim"
        await made.look()
        assert begun(room) == []

    asyncio.run(story())
