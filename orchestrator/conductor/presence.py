"""Who looks at which incident right now: told by each console every few seconds, kept in memory.

It is no history of an incident, so it is never journalled. A console that was killed says nothing
more and is forgotten within seconds.
"""

from dataclasses import dataclass
from typing import Any

from orchestrator.client import HERE_SECONDS
from orchestrator.evidence.hygiene import clean
from orchestrator.model.events import Actor

FORGOTTEN = 3 * HERE_SECONDS
"""Seconds without a word after which a console counts as gone."""

MOST = 500
"""Consoles that are remembered; whoever spoke longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class _Console:
    person: str
    incident: str
    since: float
    heard: float


class Presence:
    """The consoles that were heard of a moment ago."""

    def __init__(self, now: float) -> None:
        self._began = now
        self._consoles: dict[tuple[str, str], _Console] = {}

    def heard(
        self, actor: Actor, console: str, claimed: str, incident: str, since: float, now: float
    ) -> dict[str, Any]:
        """A console says where it is; the answer is who else is there.

        `{"you", "people": [{"person", "since", "consoles"}], "whole"}`: people by name, without
        `you` unless in a second console; `whole` is False while this runner has not listened for
        long enough to miss anybody. A name that was only claimed stands before the proven one and
        is for showing alone: decisions carry the actor.
        """
        person = _name(actor, claimed)
        key = (actor.name, console)
        self._consoles.pop(key, None)
        self._consoles[key] = _Console(person, incident, since, now)
        self._forget(now)
        here = [one for one in self._consoles.values() if one.incident == incident]
        people = [
            {
                "person": name,
                "since": min(one.since for one in here if one.person == name),
                "consoles": sum(one.person == name for one in here),
            }
            for name in sorted({one.person for one in here})
        ]
        return {"you": person, "people": people, "whole": now - self._began >= FORGOTTEN}

    def _forget(self, now: float) -> None:
        """Those that are silent, and the longest silent of too many: the order is of hearing."""
        for key, one in list(self._consoles.items()):
            if abs(now - one.heard) > FORGOTTEN or len(self._consoles) > MOST:
                del self._consoles[key]


def _name(actor: Actor, claimed: str) -> str:
    said = " ".join(clean(claimed).split())
    return f"{said} via {actor.name}" if said and said != actor.name else actor.name
