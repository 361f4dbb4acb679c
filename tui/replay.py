"""A saved incident as something to play: a playhead over its journal and its timed transcripts.

The player is a feed like the live one, so the screen over it is the same war room. It reads files
once, when it is loaded, and knows nothing of Textual or of any clock: whoever shows it ticks it.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from orchestrator.journal.read import read_journal
from orchestrator.journal.transcript import RUNNING, Line, read_transcript
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fold import advance, fold_all
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tui.feed import Batch, Entry, entries_of

MAX = math.inf
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, MAX)
"""Seconds of the incident for one of ours; at MAX silences are skipped as well."""

WHOLE_AT_MAX = 30.0
"""Seconds that the busy part of the longest incident may take at MAX."""

STRIDE = 500
"""Events between two kept states: what a seek folds at most, in an incident of usual length."""

KEPT_STATES = 64
"""No more are kept however long the journal is."""

WARNINGS = ("warn", "late")
"""Marks of the timeline that `next_warning` stops at."""


class NothingToReplay(Exception):
    """The incident has no event; the message says where it was looked for."""


@dataclass(slots=True)
class _Track:
    """The text of one task: its lines, and the time at which each was there to be seen."""

    lines: list[Line]
    times: list[float]
    given: int = 0
    """lines that the screen already has"""

    def upto(self, at: float) -> int:
        return bisect_right(self.times, at)

    def shown(self, at: float) -> list[Line]:
        """What a pane holds at `at`: the lines of the attempt in force then."""
        count = self.upto(at)
        start = count
        while start and self.lines[start - 1].attempt == self.lines[count - 1].attempt:
            start -= 1
        return self.lines[start:count]


class Player:
    """Playhead, speed and jumps over one incident; `poll` gives the screen what they changed."""

    live = False

    def __init__(
        self,
        events: Sequence[Event],
        transcripts: Mapping[str, Sequence[Line]],
        folder: IncidentFolder,
    ) -> None:
        if not events:
            raise NothingToReplay(f"{folder.journal}: no event in it, nothing to replay")
        self.folder = folder
        self.incident = folder.incident
        unique: dict[str, Event] = {}
        for event in events:
            unique.setdefault(event.id, event)
        self.events = list(unique.values())
        self.times = list(accumulate((event.at for event in self.events), max))
        self._tracks = {key: _track(lines) for key, lines in transcripts.items() if lines}
        self._entries = entries_of(self.events)
        said = {entry.event for entry in self._entries}
        self._lines = list(accumulate((event.id in said for event in self.events), initial=0))
        """how many lines the timeline has after that many events"""
        self.start = self.times[0]
        self.end = max([self.times[-1], *(track.times[-1] for track in self._tracks.values())])
        self._stride = max(STRIDE, len(self.events) // KEPT_STATES)
        self._kept = [State()]
        self.playing = False
        self.speed = 1.0
        self.index = 0
        """events that have happened at the playhead"""
        self.state = State()
        self._time = self.start
        self._given = 0
        self._reset = False
        self.state_at(len(self.events))  # all states that are kept, so that no seek pays for them
        self.seek(self.start)

    # --- what a feed offers -----------------------------------------------------------------------

    def now(self) -> float:
        """The time at the playhead: exactly the one up to which everything is shown."""
        return self._time

    def poll(self) -> Batch:
        """What came since the last poll, or everything up to the playhead after a jump."""
        batch = Batch(reset=self._reset)
        if self._reset:
            self._given, self._reset = 0, False
            for key, track in self._tracks.items():
                track.given = track.upto(self._time)
                if shown := track.shown(self._time):
                    batch.lines[key] = shown
        for key, track in self._tracks.items():
            count = track.upto(self._time)
            if count > track.given:
                batch.lines[key] = track.lines[track.given : count]
                track.given = count
        batch.events = self.events[self._given : self.index]
        batch.entries = self._entries[self._lines[self._given] : self._lines[self.index]]
        self._given = self.index
        return batch

    def earlier(self) -> Iterator[list[Entry]]:
        """Nothing: a player has all of it from the beginning."""
        return iter(())

    # --- playing ----------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play or pause; played to the end, it begins again."""
        if not self.playing and self.ended:
            self.seek(self.start)
        self.playing = not self.playing

    def pause(self) -> None:
        self.playing = False

    def faster(self) -> None:
        self.speed = SPEEDS[min(SPEEDS.index(self.speed) + 1, len(SPEEDS) - 1)]

    def slower(self) -> None:
        self.speed = SPEEDS[max(SPEEDS.index(self.speed) - 1, 0)]

    def tick(self, seconds: float) -> None:
        """Let `seconds` of the viewer's time pass."""
        if not self.playing:
            return
        if self.speed < MAX:
            self._move(self._time + seconds * self.speed)
        else:
            rate = max(2 * SPEEDS[-2], (self.end - self.start) / WHOLE_AT_MAX)
            self._move(max(self._time + seconds * rate, self._next_moment()))
        self.playing = not self.ended

    @property
    def ended(self) -> bool:
        return self._time >= self.end

    @property
    def fraction(self) -> float:
        """Where the playhead stands, 0..1."""
        length = self.end - self.start
        return (self._time - self.start) / length if length else 1.0

    # --- jumping ----------------------------------------------------------------------------------

    def seek(self, at: float) -> None:
        """To a time; before the beginning and behind the end are the ends."""
        self._reset = True
        self._move(at)

    def seek_fraction(self, fraction: float) -> None:
        """To a share of the whole length, 0..1."""
        self.seek(self.start + fraction * (self.end - self.start))

    def minute(self, count: int) -> None:
        self.seek(self._time + 60.0 * count)

    def first(self) -> None:
        self.seek(self.start)

    def last(self) -> None:
        self.seek(self.end)

    def step(self, count: int) -> None:
        """That many events on or back, also among events of the same moment.

        On from the last event goes to the end: words may follow it, and on never takes any away.
        """
        self._reset = self._reset or count < 0
        if self.index + count > len(self.events):
            self._move(self.end)
        else:
            self._stand(self.index + count)

    def next_approval(self) -> bool:
        """To the next request for an approval; False, unmoved, when none follows."""
        return self._find([isinstance(e.data, ev.ApprovalRequested) for e in self.events])

    def next_warning(self) -> bool:
        """To the next warning, escalation or breach; False, unmoved, when none follows."""
        return self._find([mark in WARNINGS for mark in self.marks])

    # --- looking without moving -------------------------------------------------------------------

    def state_at(self, index: int) -> State:
        """The state after the first `index` events, from the nearest kept one before."""
        while len(self._kept) * self._stride <= index:
            self._kept.append(self._folded(len(self._kept) - 1, len(self._kept) * self._stride))
        return self._folded(index // self._stride, index)

    def pane_lines(self, key: str, at: float) -> list[Line]:
        """What the pane of a task held at a time."""
        track = self._tracks.get(key)
        return track.shown(at) if track else []

    def pane_text(self, key: str, at: float) -> str:
        """The same as text: running words as they were said, all else on lines of its own."""
        return text_of(self.pane_lines(key, at))

    @property
    def tasks(self) -> list[str]:
        """Every task that has text."""
        return list(self._tracks)

    @cached_property
    def marks(self) -> list[str]:
        """The timeline's mark of every event; empty where the timeline shows nothing."""
        shown = {entry.event: entry.line.mark for entry in self._entries}
        return [shown.get(event.id, "") for event in self.events]

    # --- inside -----------------------------------------------------------------------------------

    def _move(self, at: float) -> None:
        self._time = min(max(round(at, 3), self.start), self.end)
        self._become(bisect_right(self.times, self._time))

    def _stand(self, index: int) -> None:
        """Right behind an event, whatever else happened at its moment."""
        index = min(max(index, 1), len(self.events))
        self._time = self.times[index - 1]
        self._become(index)

    def _become(self, index: int) -> None:
        if index < self.index or index - self.index > self._stride:
            self.state = self.state_at(index)
        elif index > self.index:
            self.state = fold_all(self.state, self.events[self.index : index])
        self.index = index

    def _folded(self, kept: int, index: int) -> State:
        state = self._kept[kept].copy()
        for event in self.events[kept * self._stride : index]:
            advance(state, event)
        state.ids = set()  # ids were made unique at the start; copying them for each would be dear
        return state

    def _find(self, wanted: Sequence[bool]) -> bool:
        found = next((i for i in range(self.index, len(wanted)) if wanted[i]), None)
        if found is None:
            return False
        self._reset = True
        self._stand(found + 1)
        return True

    def _next_moment(self) -> float:
        """When something is next to be seen; the end when nothing is."""
        moments = [self.times[self.index]] if self.index < len(self.times) else []
        for track in self._tracks.values():
            if (count := track.upto(self._time)) < len(track.times):
                moments.append(track.times[count])
        return min(moments, default=self.end)


def text_of(lines: Sequence[Line]) -> str:
    """Transcript lines as one text."""
    return "".join(
        line.text if line.kind in RUNNING else f"\n[{line.kind}] {line.text}\n" for line in lines
    )


def load(folder: IncidentFolder) -> Player:
    """Read a saved incident. JournalBroken or NothingToReplay say why it cannot be played."""
    events = read_journal(folder.journal).events
    keys = {event.data.key for event in events if isinstance(event.data, ev.TaskRequested)}
    transcripts = {key: read_transcript(folder.transcript(key)) for key in sorted(keys)}
    return Player(events, transcripts, folder)


def density(times: Sequence[float], start: float, end: float, cells: int) -> list[int]:
    """How many of the sorted `times` fall into each of `cells` equal parts of the span."""
    if cells < 1:
        return []
    edges = [start + (end - start) * n / cells for n in range(cells)]
    cuts = [bisect_left(times, edge) for edge in edges] + [len(times)]
    return [after - before for before, after in pairwise(cuts)]


def _track(lines: Sequence[Line]) -> _Track:
    """Lines of an attempt that was already replaced are left out, as a pane leaves them out."""
    attempts = accumulate((line.attempt for line in lines), max)
    kept = [line for line, newest in zip(lines, attempts, strict=True) if line.attempt == newest]
    return _Track(kept, list(accumulate((line.t for line in kept), max)))
