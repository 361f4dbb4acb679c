"""Every incident of a project as the board needs it: opened from its snapshot, then tailed.

A hundred incidents cost a hundred `stat` calls a look; only a journal that grew is read.
"""

import json
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from orchestrator.journal.read import JournalBroken, Tail
from orchestrator.journal.snapshot import open_journal
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from orchestrator.model.timeline import Row
from orchestrator.model.timeline import row as row_of
from orchestrator.project import IncidentFolder, Project, write_private
from tui.samples import Ring

RECENT = 60
MANY = 100
"""New rows from which on only `99+` is said."""


class ReadMarks:
    """Up to which event a person has seen each incident; kept beside the runner's files."""

    def __init__(self, project: Project) -> None:
        self._path = project.home / "console" / f"read-{os.getuid()}.json"
        self._seen: dict[str, int] = {}
        try:
            body = json.loads(self._path.read_text())
            self._seen = {str(name): int(seq) for name, seq in body.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            self._seen = {}

    def seen(self, incident: str) -> int:
        return self._seen.get(incident, 0)

    def mark(self, incident: str, seq: int) -> None:
        """This much was on the screen. Where nothing can be written, nothing is lost but that."""
        if incident and seq > self._seen.get(incident, 0):
            self._seen[incident] = seq
            try:
                write_private(self._path, json.dumps(self._seen, sort_keys=True))
            except OSError:
                return


class Watched:
    """One incident: its state now, its newest rows, and what keeps it from being read."""

    def __init__(self, folder: IncidentFolder) -> None:
        self.folder = folder
        self.state = State()
        self.recent: deque[tuple[int, Row]] = deque(maxlen=RECENT)
        self.trouble = ""
        self._size = -1
        self._tail = Tail(folder.journal)
        self._begin = 0
        """events up to here lie before the snapshot: their rows are not known"""

    @property
    def incident(self) -> str:
        return self.folder.incident

    def open(self) -> None:
        """Read it for the first time, from its newest snapshot."""
        try:
            self._size = os.stat(self.folder.journal).st_size
            found = open_journal(self.folder)
        except (JournalBroken, OSError) as error:
            self.trouble = str(error)
            return
        self._begin = found.seq - len(found.events)
        self._take(found.events)
        self._tail = Tail(self.folder.journal, found.offset, found.seq)
        self.state = found.state

    def look(self) -> bool:
        """Take in what was added; True when there was something."""
        if self.trouble:
            return False
        try:
            size = os.stat(self.folder.journal).st_size
            if size == self._size:
                return False
            self._size = size
            events = self._tail.read()
        except (JournalBroken, OSError) as error:
            self.trouble = str(error)
            return True
        self._take(events)
        self.state = fold_all(self.state, events)
        return bool(events)

    def _take(self, events: list[Event]) -> None:
        for event in events:
            if (line := row_of(event)) is not None:
                self.recent.append((event.seq, line))

    def unread(self, seen: int) -> str:
        """`9`, or `99+`; empty when everything was seen."""
        fresh = sum(1 for seq, _ in self.recent if seq > seen)
        if seen < self._begin or fresh >= RECENT:
            return f"{MANY - 1}+" if self.state.seq - seen >= MANY else str(self.state.seq - seen)
        return str(fresh) if fresh else ""


class Incidents:
    """All incidents of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.watched: dict[str, Watched] = {}
        self._rings: dict[str, Ring] = {}

    def load(self) -> Iterator[Watched]:
        """Open those not known yet, the one written to last first; for a thread."""
        fresh = [f for f in self.project.all_incidents() if f.incident not in self.watched]
        for folder in sorted(fresh, key=_written, reverse=True):
            one = Watched(folder)
            one.open()
            self.watched = {**self.watched, folder.incident: one}
            yield one

    def look(self) -> bool:
        """What is new in those that are known; True when something is."""
        return sum(one.look() for one in self.watched.values()) > 0

    @property
    def unknown(self) -> bool:
        """True when an incident has appeared that was not opened yet."""
        return any(f.incident not in self.watched for f in self.project.all_incidents())

    def states(self) -> list[State]:
        return [one.state for one in self.watched.values() if one.state.incident]

    def ring(self, service: str) -> Ring | None:
        """The samples of a service; one ring serves all its incidents."""
        if not service or "/" in service:
            return None
        if service not in self._rings:
            self._rings[service] = Ring(self.project.metrics / f"{service}.ndjson")
        self._rings[service].read()
        return self._rings[service]


def services(project: Project) -> list[str]:
    """The services that are scraped here, by their rings."""
    return sorted(path.stem for path in Path(project.metrics).glob("*.ndjson"))


def _written(folder: IncidentFolder) -> float:
    try:
        return folder.journal.stat().st_mtime
    except OSError:
        return 0.0
