"""Whether a model at work still gets anywhere: calls made twice, turns that brought nothing new."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

REPEATS = 2
"""Calls made again after which a report is due."""

EMPTY_TURNS = 3
"""Turns in a row without new evidence after which a report is due."""


@dataclass(slots=True)
class Progress:
    """What was called and what it brought, over the turns of one task."""

    repeats: int = 0
    empty: int = 0
    _called: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    def again(self, name: str, given: object) -> bool:
        """True when that very call was made before; it is remembered either way."""
        call = f"{name} {json.dumps(given, sort_keys=True)}"
        if call in self._called:
            self.repeats += 1
            return True
        self._called.add(call)
        return False

    def turned(self, evidence: Iterable[str]) -> None:
        """A turn of calls is over, and gave this evidence to read."""
        fresh = set(evidence) - self._seen
        self._seen |= fresh
        self.empty = 0 if fresh else self.empty + 1

    def forget(self) -> None:
        """Results were left out of the conversation: what gave them may be called again."""
        self._called.clear()

    @property
    def stuck(self) -> str:
        """Why it gets nowhere; empty while it does."""
        if self.repeats >= REPEATS:
            return "it asks for the same again"
        if self.empty >= EMPTY_TURNS:
            return f"{self.empty} turns brought nothing new"
        return ""
