"""Whether an agent goes round in circles: the same command, or the same words, again and again.

Pure, and fed with what the pane is fed with. It names what it sees; it stops nobody.
"""

from collections import deque
from dataclasses import dataclass

TIMES = 3
"""How often in a row the same must come before it is called a loop."""

LONGEST_ROUND = 4
"""Acts that may make up one round: reading the same three files in turn is a loop too."""

LEAST_WORDS = 12
"""Characters below which a line of prose says nothing about a loop: a brace, a dash, `ok`."""


@dataclass(frozen=True, slots=True)
class Loop:
    """What comes again (`command` or `words`), and how often it has come."""

    what: str
    times: int


class _Acts:
    """The newest acts of one kind, and how often the last round of them has come in a row."""

    def __init__(self) -> None:
        self._recent: deque[int] = deque(maxlen=LONGEST_ROUND)
        self._same = [1] * (LONGEST_ROUND + 1)
        """for each length of a round: acts in a row that equal the one a round before, plus one
        round"""

    def add(self, act: str) -> None:
        key = hash(" ".join(act.split()))
        for length in range(1, LONGEST_ROUND + 1):
            again = len(self._recent) >= length and self._recent[-length] == key
            self._same[length] = self._same[length] + 1 if again else length
        self._recent.append(key)

    @property
    def newest(self) -> int:
        return self._recent[-1] if self._recent else 0

    @property
    def times(self) -> int:
        """Whole rounds in a row, of the length that has come most often."""
        return max(self._same[length] // length for length in range(1, LONGEST_ROUND + 1))


class LoopWatch:
    """Fed with commands and lines of prose in their order."""

    def __init__(self) -> None:
        self._commands = _Acts()
        self._words = _Acts()

    def command(self, text: str) -> None:
        """A command with its arguments; another one than before is progress whatever was said."""
        before = self._commands.newest
        self._commands.add(text)
        if self._commands.newest != before:
            self._words = _Acts()

    def words(self, line: str) -> None:
        """A whole line of prose."""
        if len(line.strip()) >= LEAST_WORDS:
            self._words.add(line)

    @property
    def loop(self) -> Loop | None:
        """The loop the agent is in now, if any."""
        for what, acts in (("command", self._commands), ("words", self._words)):
            if acts.times >= TIMES:
                return Loop(what, acts.times)
        return None
