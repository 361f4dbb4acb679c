"""The reader's end: all events of a journal, or those that came since the last look.

Readers never write. A last line without its newline is still being written (or was torn by a
crash) and is left for the next look; any other bad line stops the reading there, with its number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.journal.lines import GENESIS, BrokenLine, parse, parse_chained
from orchestrator.model.events import Event
from orchestrator.model.fold import advance
from orchestrator.model.state import State

BLOCK = 1 << 20
"""Bytes that are read at once backwards: some 2,000 events."""


class JournalBroken(Exception):
    """A journal that cannot be trusted from a line on; the message names the line."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a whole reading gave; `torn_at` is the byte where a torn last line begins."""

    events: list[Event]
    torn_at: int | None


def read_journal(path: Path, chained: bool = False) -> Found:
    """Every event of the file. JournalBroken names the first bad line; no file is no events.

    `chained`: check each line's place and hash too, as whoever writes on behind them must.
    """
    events: list[Event] = []
    if not path.exists():
        return Found(events, None)
    offset, prev = 0, GENESIS
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return Found(events, offset)
            try:
                text = line.decode()
                event = parse_chained(text, number, prev) if chained else parse(text)
            except (BrokenLine, UnicodeDecodeError) as error:
                raise JournalBroken(f"{path}: line {number} is broken ({error})") from error
            events.append(event)
            offset, prev = offset + len(line), event.hash
    return Found(events, None)


def load_state(path: Path) -> tuple[State, list[Event]]:
    """The state of a journal and its events, from nothing.

    JournalBroken also where it cannot be read: one such incident must not hide the others.
    """
    try:
        events = read_journal(path).events
    except OSError as error:
        raise JournalBroken(f"{path}: cannot be read ({error.strerror})") from error
    state = State()
    for event in events:
        try:
            advance(state, event)
        except Exception as error:  # a well-formed line may still say what cannot be true
            where = f"{path}: line {event.seq}"
            raise JournalBroken(f"{where} cannot be folded ({type(error).__name__})") from error
    return state, events


class Tail:
    """New events of a journal since the last look; survives the file not being there yet.

    `offset` and `line` say where to begin, when what is before is known already.
    """

    def __init__(self, path: Path, offset: int = 0, line: int = 0) -> None:
        self.path = path
        self._offset = offset
        self._line = line

    def read(self) -> list[Event]:
        """What was added since the last call. JournalBroken names a bad line."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                fresh = file.read()
        except FileNotFoundError:
            return []
        complete = fresh[: fresh.rfind(b"\n") + 1]
        lines = complete.splitlines()
        events = _events(self.path, lines, self._line + 1)
        self._line += len(lines)
        self._offset += len(complete)
        return events


def read_before(path: Path, offset: int, line: int, block: int = BLOCK) -> Iterator[list[Event]]:
    """The events of the `line` lines before byte `offset`, in parts, the newest part first.

    Inside a part they are in the journal's order. JournalBroken names a bad line.
    """
    if not offset:
        return
    rest = b""
    with path.open("rb") as file:
        while offset > 0:
            start = max(0, offset - block)
            file.seek(start)
            body = file.read(offset - start) + rest
            begin = body.find(b"\n") + 1 if start else 0
            rest, whole = (body[:begin], body[begin:]) if begin or not start else (body, b"")
            lines = whole.splitlines()
            if lines:
                yield _events(path, lines, line - len(lines) + 1)
            line, offset = line - len(lines), start


def _events(path: Path, lines: Sequence[bytes], first: int) -> list[Event]:
    """The events of whole lines, of which the first has the number `first`."""
    events: list[Event] = []
    for number, line in enumerate(lines, start=first):
        try:
            events.append(parse(line.decode()))
        except (BrokenLine, UnicodeDecodeError) as error:
            raise JournalBroken(f"{path}: line {number} is broken ({error})") from error
    return events
