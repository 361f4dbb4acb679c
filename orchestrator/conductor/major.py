"""What concerns all incidents of a project at once: a major incident, its order, a change freeze.

A person says it in one incident; it is told to each of the others, so that every journal alone says
why its changes rest and who coordinates.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from orchestrator.clock import Clock
from orchestrator.conductor.room import Room
from orchestrator.conductor.said import COORDINATOR, FREEZE, newest
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import (
    RUNNER,
    Event,
    ExceptionDeclared,
    IncidentDetected,
    IncidentsOrdered,
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

SPREAD = (*FREEZE, *COORDINATOR)
"""What a person says once for all incidents."""


class Together:
    """The incidents of one project, as far as they concern each other."""

    def __init__(self, rooms: Mapping[str, Room], apply: Apply, clock: Clock) -> None:
        self._rooms = rooms
        self._apply = apply
        self._clock = clock
        self._ordering = False
        self._telling = asyncio.Lock()

    def concerned(self, events: Iterable[Event]) -> bool:
        """True when others may have to be told of something after these events."""
        wanted = (*ORDERING, *SPREAD)
        return any(isinstance(event.data, wanted) for event in events)

    async def follow(self, room: Room, events: Iterable[Event]) -> None:
        """Tell the others what was said here, and see whether it is one major incident now."""
        if any(_begins(event) for event in events):
            await self._even_out(self._like(room.state.drill))
        await self._declare()
        if not self._ordering:
            self._ordering = True
            await self._clock.sleep(GATHER)
            self._ordering = False
            await self._order()

    async def catch_up(self) -> None:
        """All that a runner which was killed had not told yet, and what changed meanwhile."""
        for drill in (False, True):
            await self._even_out(self._like(drill))
        await self._declare()
        await self._order()

    async def _even_out(self, rooms: Iterable[Room]) -> None:
        """Tell what a person said for all to each incident where it does not hold yet."""
        alike = list(rooms)
        async with self._telling:
            for kinds in (FREEZE, COORDINATOR):
                word = newest(alike, kinds)
                for room in alike:
                    present = [one.state for one in alike if one.state.status != "CLOSED"]
                    if word is None or word.over(present):
                        break
                    away = room.state.status == "CLOSED" or room.incident == word.source
                    if not away and word.missing(room.state):
                        await self._tell(room, word.id, word.name, word.fact)
                        word = newest(alike, kinds)  # a word that came meanwhile counts

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

    def _like(self, drill: bool) -> list[Room]:
        """Nobody practises on what is real."""
        rooms = list(self._rooms.values())
        return [room for room in rooms if room.state.incident and room.state.drill == drill]

    async def _tell(self, room: Room, command_id: str, name: str, fact: Mapping[str, Any]) -> None:
        command = Command(command_id, name, self._clock.now(), RUNNER, dict(fact))
        await self._apply(room.incident, command)


def _begins(event: Event) -> bool:
    """True for a word that others are to be told, and for an incident that heard none of them."""
    if isinstance(event.data, StatusChanged):
        return event.data.status == "REOPENED"
    said = isinstance(event.data, SPREAD) and event.actor != RUNNER
    return said or isinstance(event.data, IncidentDetected)
