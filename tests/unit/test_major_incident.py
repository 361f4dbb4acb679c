"""Several serious incidents of one conductor are one major incident; drills are none."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.conductor.conductor import Conductor
from orchestrator.conductor.major import GATHER
from orchestrator.conductor.opening import Reported, detected
from orchestrator.model.commands import Command
from orchestrator.model.events import FreezeLifted
from orchestrator.model.policy import Policy
from orchestrator.project import Project
from orchestrator.settings import Settings
from tests.unit.rooms import KIM, shop


class Rooms:
    """A conductor on a clock that stands still; nobody does the work that its rooms ask for."""

    def __init__(self, project: Project, settings: Settings) -> None:
        self.clock = FakeClock()
        self.conductor = Conductor(project, settings, RulesBackend(), self.clock, 1)
        self._project, self._settings, self._given = project, settings, 0

    async def open(self, incident: str, severity: str, drill: bool = False) -> None:
        report = Reported(title=f"{incident} fails", service="orders", severity=severity)
        facts = detected(report, incident, self._settings, Policy(), self._project)
        await self._give(incident, "open", {**facts, "drill": drill})

    async def tell(self, incident: str, name: str, **args: str) -> None:
        await self._give(incident, name, args)

    async def killed_after(self, incident: str, name: str, **args: str) -> None:
        """It is in the journal, and nothing that follows from it is done."""
        given = Command(f"killed/{name}", name, self.clock.now(), KIM, args)
        await self.conductor.rooms[incident].apply(given)

    async def again(self) -> None:
        """Another conductor of the same project, from the journals alone."""
        for room in self.conductor.rooms.values():
            room.close()
        engine = self.conductor._engine
        self.conductor = Conductor(self._project, self._settings, RulesBackend(), self.clock, 2)
        self.conductor._engine = engine
        await self.conductor.launch("1", None)

    def frozen(self) -> dict[str, str]:
        return {name: room.state.frozen for name, room in self.conductor.rooms.items()}

    async def _give(self, incident: str, name: str, args: dict[str, Any]) -> None:
        self._given += 1
        command_id = f"cmd/{self._given}"
        given = Command(command_id, name, self.clock.now(), KIM, args)
        await self.conductor.apply(incident, given)

    def declared(self) -> dict[str, Mapping[str, Any]]:
        """What the journals say of a major incident, by incident."""
        return {
            room.incident: room.state.exceptions["major-incident"]
            for room in self.conductor.rooms.values()
            if "major-incident" in room.state.exceptions
        }

    async def passing(self, true: Callable[[], bool]) -> None:
        """The same while time goes on."""
        async with asyncio.timeout(20):
            while not true():
                self.clock.advance(GATHER)
                await asyncio.sleep(0.005)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not true():
                await asyncio.sleep(0.005)


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    async def nothing(*_: object) -> None:
        return None

    made = Rooms(*shop(tmp_path))
    monkeypatch.setattr(made.conductor._engine, "start", nothing)
    monkeypatch.setattr(made.conductor._engine, "launch", nothing)
    return made


def test_a_second_serious_incident_declares_it_in_both_before_any_time_passes(
    rooms: Rooms,
) -> None:
    async def told() -> None:
        await rooms.open("INC-1", "P0")
        rooms.clock.advance(60.0)
        assert rooms.declared() == {}
        await rooms.open("INC-2", "P1")
        await rooms.until(lambda: len(rooms.declared()) == 2)

    asyncio.run(told())
    for said in rooms.declared().values():
        assert said["why"] == "open at once: INC-1, INC-2"
        assert said["at"] == rooms.clock.now()


def test_a_severity_that_is_raised_later_declares_it_too(rooms: Rooms) -> None:
    async def told() -> None:
        await rooms.open("INC-1", "P1")
        await rooms.open("INC-2", "P2")
        await rooms.tell("INC-2", "severity", severity="P1", why="all regions now")
        await rooms.until(lambda: len(rooms.declared()) == 2)

    asyncio.run(told())


def test_drills_and_what_is_over_do_not_count(rooms: Rooms) -> None:
    async def told() -> None:
        await rooms.open("INC-1", "P0")
        await rooms.tell("INC-1", "resolve", why="restarted")
        await rooms.open("INC-2", "P0", drill=True)
        await rooms.open("INC-3", "P0", drill=True)
        await rooms.open("INC-4", "P0")
        await rooms.open("INC-5", "P1")
        await rooms.until(lambda: len(rooms.declared()) == 2)

    asyncio.run(told())
    assert set(rooms.declared()) == {"INC-4", "INC-5"}
    assert {said["why"] for said in rooms.declared().values()} == {"open at once: INC-4, INC-5"}


def test_a_third_one_joins_and_the_first_two_are_not_told_again(rooms: Rooms) -> None:
    async def told() -> None:
        await rooms.open("INC-1", "P0")
        await rooms.open("INC-2", "P0")
        await rooms.until(lambda: len(rooms.declared()) == 2)
        await rooms.open("INC-3", "P0")
        await rooms.until(lambda: len(rooms.declared()) == 3)

    asyncio.run(told())
    for incident, room in rooms.conductor.rooms.items():
        said = [e for e in room.events if e.type == "exception.declared" and "major" in e.id]
        assert len(said) == 1, incident


def test_a_freeze_said_in_one_incident_holds_in_all_and_in_those_opened_later(rooms: Rooms) -> None:
    frozen = rooms.frozen

    async def told() -> None:
        await rooms.open("INC-1", "P0")
        await rooms.open("INC-2", "P0")
        await rooms.open("INC-3", "P3", drill=True)
        await rooms.tell("INC-1", "freeze", why="one at a time")
        await rooms.until(lambda: frozen()["INC-2"] != "")
        await rooms.open("INC-4", "P2")
        await rooms.until(lambda: frozen()["INC-4"] != "")
        assert frozen() == {
            "INC-1": "one at a time",
            "INC-2": "one at a time",
            "INC-3": "",
            "INC-4": "one at a time",
        }
        await rooms.tell("INC-1", "lift", why="INC-1 is over")
        await rooms.until(lambda: not any(frozen().values()))

    asyncio.run(told())
    said = [e.data for e in rooms.conductor.rooms["INC-2"].events if e.type == "freeze.lifted"]
    assert [data.source for data in said if isinstance(data, FreezeLifted)] == ["INC-1"]


async def closed(rooms: Rooms, incident: str) -> None:
    await rooms.tell(incident, "resolve", why="restarted")
    await rooms.tell(incident, "close", why="no review")
    assert rooms.conductor.rooms[incident].state.status == "CLOSED"


def test_a_freeze_that_began_while_an_incident_was_closed_holds_when_it_is_reopened(
    rooms: Rooms,
) -> None:
    async def told() -> None:
        await rooms.open("INC-1", "P0")
        await rooms.open("INC-2", "P2")
        await closed(rooms, "INC-2")
        await rooms.tell("INC-1", "freeze", why="one at a time")
        await rooms.tell("INC-2", "reopen", why="again")
        await rooms.until(lambda: rooms.frozen()["INC-2"] == "one at a time")

    asyncio.run(told())


@pytest.mark.parametrize("passed", [0.0, 60.0, -3600.0])
def test_a_freeze_that_was_lifted_while_an_incident_was_closed_is_over_when_it_is_reopened(
    rooms: Rooms, passed: float
) -> None:
    """Also when the clock was set back in between."""

    async def told() -> None:
        await rooms.open("INC-1", "P0")
        await rooms.open("INC-2", "P2")
        await rooms.tell("INC-1", "freeze", why="one at a time")
        await rooms.until(lambda: rooms.frozen()["INC-2"] != "")
        await closed(rooms, "INC-2")
        rooms.clock._now += passed
        await rooms.open("INC-3", "P2")
        await rooms.until(lambda: rooms.frozen()["INC-3"] != "")
        await rooms.tell("INC-3", "lift", why="INC-1 is over")
        await rooms.until(lambda: rooms.frozen()["INC-1"] == "")
        assert rooms.frozen()["INC-2"] != "", "what is closed is told nothing"
        await rooms.tell("INC-2", "reopen", why="again")
        await rooms.until(lambda: not any(rooms.frozen().values()))

    asyncio.run(told())


def test_a_freeze_that_ended_with_its_incidents_binds_no_new_one(rooms: Rooms) -> None:
    async def told() -> None:
        await rooms.open("INC-1", "P2")
        await rooms.tell("INC-1", "freeze", why="one at a time")
        await closed(rooms, "INC-1")
        await rooms.open("INC-2", "P0")
        await rooms.open("INC-3", "P0")
        await rooms.until(lambda: len(rooms.declared()) == 2)

    asyncio.run(told())
    assert rooms.frozen() == {"INC-1": "one at a time", "INC-2": "", "INC-3": ""}


def test_what_a_killed_runner_had_not_told_yet_is_told_by_the_next_once(rooms: Rooms) -> None:
    def of(incident: str, kind: str) -> list[str]:
        return [e.id for e in rooms.conductor.rooms[incident].events if e.type == kind]

    async def told() -> None:
        await rooms.open("INC-1", "P2")
        await rooms.open("INC-2", "P1")
        await rooms.open("INC-3", "P3", drill=True)
        await rooms.killed_after("INC-1", "severity", severity="P0", why="no one can pay")
        await rooms.killed_after("INC-1", "freeze", why="one at a time")
        await rooms.killed_after("INC-1", "declare", why="two at once")
        await rooms.killed_after("INC-1", "coordinate", person="a.kim")
        assert rooms.frozen()["INC-2"] == ""
        await rooms.again()
        for _ in range(2):
            real = [rooms.conductor.rooms[name].state for name in ("INC-1", "INC-2")]
            assert {state.frozen for state in real} == {"one at a time"}
            assert {state.coordinator for state in real} == {"a.kim"}
            assert {state.order for state in real} == {("INC-1", "INC-2")}
            assert set(rooms.declared()) == {"INC-1", "INC-2"}
            assert rooms.frozen()["INC-3"] == ""
            for kind in ("freeze.declared", "coordinator.named", "incidents.ordered"):
                assert [len(of(name, kind)) for name in ("INC-1", "INC-2")] == [1, 1], kind
            await rooms.again()

    asyncio.run(told())


def test_two_freezes_at_once_are_one_after_a_restart(rooms: Rooms) -> None:
    async def told() -> None:
        await rooms.open("INC-1", "P2")
        await rooms.open("INC-2", "P2")
        await rooms.killed_after("INC-2", "freeze", why="the first")
        rooms.clock.advance(1.0)
        await rooms.killed_after("INC-1", "freeze", why="the second")
        await rooms.again()

    asyncio.run(told())
    assert set(rooms.frozen().values()) == {"the second"}


def test_which_incident_comes_first_is_told_to_each_and_again_when_it_changes(rooms: Rooms) -> None:
    def orders() -> set[tuple[str, ...]]:
        serious = ("INC-1", "INC-2")
        return {rooms.conductor.rooms[name].state.order for name in serious}

    async def told() -> None:
        await rooms.open("INC-1", "P1")
        rooms.clock.advance(5.0)
        await rooms.open("INC-2", "P1")
        await rooms.until(lambda: len(rooms.declared()) == 2)
        await rooms.passing(lambda: orders() == {("INC-1", "INC-2")})
        await rooms.tell("INC-2", "severity", severity="P0", why="no one can pay")
        await rooms.passing(lambda: orders() == {("INC-2", "INC-1")})

    asyncio.run(told())
    first = rooms.conductor.rooms["INC-1"]
    changes = [e for e in first.events if e.type == "incidents.ordered"]
    assert len(changes) == 2
