"""What concerns all incidents of a project at once: a major incident, its order, a change freeze.

A person says it in one incident; it is told to each of the others, so that every journal alone says
why its changes rest and who coordinates.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from orchestrator.clock import Clock
from orchestrator.conductor.room import Room
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import (
    RUNNER,
    CoordinatorNamed,
    Event,
    ExceptionDeclared,
    FreezeDeclared,
    FreezeLifted,
    IncidentDetected,
    IncidentsOrdered,
    Payload,
    PriorityComputed,
    SeveritySet,
    StatusChanged,
)
from orchestrator.model.major import ACTIONS, major, ordered

Apply = Callable[[str, Command], Awaitable[list[Event]]]

GRAVER = (IncidentDetected, SeveritySet, StatusChanged)
"""Facts after which more serious incidents may be open than before."""

ORDERING = (*GRAVER, PriorityComputed, ExceptionDeclared)
"""Facts after which another incident may come first."""

GATHER = 2.0
"""Seconds in which changes of the order are gathered: twenty incidents change it all the time."""

_SPREAD: Mapping[type[Payload], str] = {
    FreezeDeclared: "frozen",
    FreezeLifted: "lifted",
    CoordinatorNamed: "coordinated",
}
"""What a person says once for all incidents, and the command that tells the others."""


class Together:
    """The incidents of one project, as far as they concern each other."""

    def __init__(self, rooms: Mapping[str, Room], apply: Apply, clock: Clock) -> None:
        self._rooms = rooms
        self._apply = apply
        self._clock = clock
        self._ordering = False

    def concerned(self, events: Iterable[Event]) -> bool:
        """True when others may have to be told of something after these events."""
        wanted = (*ORDERING, *_SPREAD)
        return any(isinstance(event.data, wanted) for event in events)

    async def follow(self, room: Room, events: Iterable[Event]) -> None:
        """Tell the others what was said here, and see whether it is one major incident now."""
        for event in events:
            if type(event.data) in _SPREAD and event.actor != RUNNER:
                await self._spread(room, event)
            if isinstance(event.data, IncidentDetected):
                await self._joins(room)
        await self._declare()
        if not self._ordering:
            self._ordering = True
            await self._clock.sleep(GATHER)
            self._ordering = False
            await self._order()

    async def _spread(self, room: Room, event: Event) -> None:
        name = _SPREAD[type(event.data)]
        fact = {**encode(event.data), "source": room.incident}
        for other in self._others(room):
            await self._tell(other, f"{name}/{room.incident}/{event.seq}", name, fact)

    async def _joins(self, room: Room) -> None:
        """An incident that is opened while changes are frozen is frozen too."""
        for other in self._others(room):
            if other.state.frozen and not room.state.frozen:
                fact = FreezeDeclared(other.state.frozen, other.state.frozen_by, other.incident)
                await self._tell(room, f"frozen/{other.incident}/joined", "frozen", encode(fact))
                return

    async def _declare(self) -> None:
        """Two or more serious incidents at once are one major incident, told to each of them."""
        serious = major(room.state for room in self._rooms.values())
        names = ", ".join(sorted(state.incident for state in serious))
        fact = encode(ExceptionDeclared("major-incident", f"open at once: {names}", ACTIONS))
        for state in serious:
            if "major-incident" not in state.exceptions:
                room = self._rooms[state.incident]
                await self._tell(room, f"major/{int(self._clock.now() * 1000)}", "major", fact)

    async def _order(self) -> None:
        """Say in each of them which comes first, whenever that has changed."""
        serious = major(room.state for room in self._rooms.values())
        order = ordered(serious)
        names = tuple(incident for incident, _ in order)
        for state in serious:
            if state.order != names and "major-incident" in state.exceptions:
                fact = IncidentsOrdered(names, tuple(why for _, why in order))
                room = self._rooms[state.incident]
                await self._tell(room, f"ordered/{room.state.seq}", "ordered", encode(fact))

    def _others(self, room: Room) -> list[Room]:
        return [
            other
            for other in list(self._rooms.values())
            if other is not room
            and other.state.incident
            and other.state.status != "CLOSED"
            and other.state.drill == room.state.drill  # nobody practises on what is real
        ]

    async def _tell(self, room: Room, command_id: str, name: str, fact: Mapping[str, Any]) -> None:
        command = Command(command_id, name, self._clock.now(), RUNNER, dict(fact))
        await self._apply(room.incident, command)
