"""What a person said once for all incidents of a project, and which of such words holds now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.conductor.room import Room
from orchestrator.model.codec import encode
from orchestrator.model.events import (
    RUNNER,
    CoordinatorNamed,
    Event,
    FreezeDeclared,
    FreezeLifted,
    IncidentForked,
)
from orchestrator.model.state import State

Said = FreezeDeclared | FreezeLifted | CoordinatorNamed

FREEZE = (FreezeDeclared, FreezeLifted)
COORDINATOR = (CoordinatorNamed,)

_TOLD: Mapping[type[Said], str] = {
    FreezeDeclared: "frozen",
    FreezeLifted: "lifted",
    CoordinatorNamed: "coordinated",
}
"""The command that tells another incident of it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One such word: where and when it was said, and how another incident is told."""

    said: Said
    source: str
    at: float
    id: str

    @property
    def name(self) -> str:
        return _TOLD[type(self.said)]

    @property
    def fact(self) -> Mapping[str, Any]:
        return {**encode(self.said), "source": self.source}

    def missing(self, state: State) -> bool:
        """True where it does not hold yet."""
        if isinstance(self.said, FreezeDeclared):
            return (state.frozen, state.frozen_by) != (self.said.why, self.said.by)
        if isinstance(self.said, FreezeLifted):
            return bool(state.frozen)
        return state.coordinator != self.said.person

    def over(self, states: Iterable[State]) -> bool:
        """True when it ended with the incidents it held in: what is closed binds no new one."""
        if isinstance(self.said, FreezeDeclared):
            return not any(state.frozen for state in states)
        if isinstance(self.said, CoordinatorNamed):
            return not any(state.coordinator and state.open for state in states)
        return False


def newest(rooms: Iterable[Room], kinds: tuple[type[Said], ...]) -> Word | None:
    """The last word of these kinds, also out of incidents that are closed.

    A word is older than those that stand behind it in any journal, whatever the clock was set to;
    between words that no journal has both of, the time decides.
    """
    rooms = list(rooms)
    here = {room.incident for room in rooms}
    words: dict[str, Word] = {}
    passed: set[str] = set()
    for room in rooms:
        last = ""
        for event in _own_life(room.events):
            if not isinstance(event.data, kinds):
                continue
            word = _word(room, event, event.data)
            if last and last != word.id:
                passed.add(last)
            last = word.id
            if event.actor != RUNNER or word.source not in here:
                words.setdefault(word.id, word)
    open_ = [word for word in words.values() if word.id not in passed] or list(words.values())
    return max(open_, key=lambda word: (word.at, word.name, word.id), default=None)


def _word(room: Room, event: Event, said: Said) -> Word:
    if event.actor == RUNNER:  # told, under the name of what was said
        return Word(said, said.source, event.at, event.id)
    name = f"{_TOLD[type(said)]}/{room.incident}/{event.seq}"
    return Word(said, room.incident, event.at, name)


def _own_life(events: list[Event]) -> list[Event]:
    """Without what a fork remembers of the incident it came from."""
    forked = [number for number, event in enumerate(events) if type(event.data) is IncidentForked]
    return events[forked[-1] :] if forked else events
