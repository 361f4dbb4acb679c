"""Shifts that change while an incident is open: looked up now and then, and said once."""

import logging
from typing import TYPE_CHECKING

from orchestrator.clock import Clock
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER, Json, OnCallResolved
from orchestrator.project import Project
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from orchestrator.comms.oncall import OnCall
    from orchestrator.comms.rotations import Rotations
    from orchestrator.conductor.conductor import Conductor

log = logging.getLogger(__name__)

LOOK = 30.0
"""Seconds between two looks at the rotations."""


class Shifts:
    """The rotations of one project, for its open incidents."""

    def __init__(
        self, project: Project, settings: Settings, conductor: "Conductor", clock: Clock
    ) -> None:
        self._project = project
        self._settings = settings
        self._conductor = conductor
        self._clock = clock
        self._rotations: Rotations | None = None
        self._complained: set[str] = set()

    async def duty(self, now: float) -> tuple[Json, ...]:
        """Who is on call for each role, as an incident's first event keeps it."""
        found = await self._look(now)
        return tuple(
            {"role": role, "people": list(one.people), "until": _until(one)}
            for role, one in found.items()
        )

    async def run(self) -> None:
        """Tell every open incident of a shift that began; run until cancelled."""
        while self._settings.rotations:
            await self._clock.sleep(LOOK)
            await self.tell(self._clock.now())

    async def tell(self, now: float) -> None:
        """One look: whoever is on call in an open incident is who is on call now."""
        found = await self._look(now)
        for room in list(self._conductor.rooms.values()):
            if not room.state.open:
                continue
            for role, one in found.items():
                known = room.state.crew.duty.get(role)
                if known is None or known.people[:1] != one.people[:1]:
                    fact = encode(OnCallResolved(role, one.people, _until(one)))
                    command_id = f"oncall/{role}/{int(now * 1000)}"
                    await self._conductor.apply_patiently(
                        room.incident, Command(command_id, "oncall", now, RUNNER, fact)
                    )

    async def _look(self, now: float) -> "dict[str, OnCall]":
        if not self._settings.rotations:
            return {}
        if self._rotations is None:
            from orchestrator.comms.rotations import Rotations  # only where there are any

            self._rotations = Rotations(self._settings, self._project.root)
        found, wrong = await self._rotations.duties(now)
        for why in wrong:
            if why not in self._complained:
                self._complained.add(why)
                log.error("%s", why)
        return found


def _until(one: "OnCall") -> float:
    """When it changes; 0 where nobody knows, because JSON knows no infinity."""
    return one.until if one.until != float("inf") else 0.0
