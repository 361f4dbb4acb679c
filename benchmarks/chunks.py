"""What eight agents say, in pieces of 8-32 characters of mixed markdown at a rate of their own.

Run as a program it writes the transcripts of an incident, which a console reads as they grow:
`python -m benchmarks.chunks INCIDENT_FOLDER RATE`.
"""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from orchestrator.clock import WallClock
from orchestrator.journal.transcript import TranscriptWriter
from orchestrator.project import IncidentFolder

AGENTS = 8
KEYS = tuple(f"stream/agent-{number}" for number in range(1, AGENTS + 1))
SAYING = """## Findings on the pool

The **error ratio** of `orders` rose at 14:02:11, *two minutes* after the release [E3:14].
- `checkout` waits for a connection, p95 2.4 s
- `payments` is not affected, its pool is its own
1. connections are taken in `reserve()` and not given back when it raises
2. the count of open ones grows by one for each failed request

> a rollback to 1111111 needs no migration

```python
with pool.connection() as connection:
    reserve(connection, order)
```

UNKNOWN is how many requests were lost before the first alert; the log begins later.

"""


def chunks(seed: int = 5) -> Iterator[tuple[int, str]]:
    """Endless pieces, each with the agent that says it."""
    chance = Random(seed)
    at = [chance.randrange(len(SAYING)) for _ in range(AGENTS)]
    number = 0
    while True:
        agent = number % AGENTS
        size = chance.randint(8, 32)
        begin = at[agent]
        text = (SAYING + SAYING)[begin : begin + size]
        at[agent] = (begin + size) % len(SAYING)
        yield agent, text
        number += 1


class OpenLoop:
    """Gives what is due by now, however late it is asked: a model does not wait for a screen."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._chunks = chunks()
        self._begun = time.perf_counter()
        self.given = 0

    @property
    def offered(self) -> int:
        """Chunks that were due so far."""
        return int((time.perf_counter() - self._begun) * self._rate)

    def due(self) -> Iterator[tuple[int, str]]:
        until = self.offered  # what falls due meanwhile waits: the screen must get its turn
        while self.given < until:
            self.given += 1
            yield next(self._chunks)


def main(folder: IncidentFolder, rate: float) -> None:
    """Speak until SIGTERM; then say on stdout how many characters that were."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    clock = WallClock()
    writers = [TranscriptWriter(folder.transcript(key), 1, clock) for key in KEYS]
    loop, characters = OpenLoop(rate), 0
    while signal.sigtimedwait([signal.SIGTERM], 0.01) is None:
        for agent, text in loop.due():
            writers[agent].say(text)
            characters += len(text)
    for writer in writers:
        writer.close()
    print(characters)


if __name__ == "__main__":
    main(IncidentFolder(Path(sys.argv[1])), float(sys.argv[2]))
