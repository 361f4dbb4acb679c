"""The state as it was at an event, so that a long journal opens without folding all of it.

A snapshot is only a short cut: the journal stays the incident. One that is unreadable, or that does
not fit the journal beside it, is ignored, and a reader that finds none folds from the beginning.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.journal.lines import GENESIS, BrokenLine, canonical, parse
from orchestrator.journal.read import JournalBroken
from orchestrator.model.codec import decode, encode
from orchestrator.model.events import FLOW_VERSION, SCHEMA, Event
from orchestrator.model.fold import advance
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, write_private

EVERY = 1000
"""Events between two snapshots."""

LONGEST_LINE = 4 << 20
"""Bytes looked at to find the line a snapshot ends with; behind a longer one it is not used."""

STATE = b'"state":'
"""Where the last member of a snapshot begins: its bytes are hashed as they stand, since writing a
long state down again only to compare it would take longer than reading it."""

KEPT = 2
"""The last but one stays, in case the last was being written when the lights went out."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state, the hash of the line it ends with, and the byte behind that line."""

    state: State
    head_hash: str
    offset: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An incident opened from its last good snapshot: where to go on from."""

    state: State
    events: list[Event]
    """those behind the snapshot; all of them when there was none"""
    head: str
    seq: int
    offset: int
    """the byte behind the last whole line"""
    torn: bool


def write_snapshot(folder: IncidentFolder, state: State, head_hash: str, offset: int) -> Path:
    """Store `state`, which ends with the line of `head_hash`, at byte `offset` of the journal."""
    body = encode(state)
    path = folder.snapshots / f"{state.seq:09d}.json"
    whole = {
        "schema": SCHEMA,
        "flow": FLOW_VERSION,
        "head": head_hash,
        "offset": offset,
        "sha256": _digest(body),
        "state": body,
    }
    write_private(path, canonical(whole), sync=True)
    for old in _paths(folder)[KEPT:]:
        old.unlink(missing_ok=True)
    return path


def latest(folder: IncidentFolder) -> Snapshot | None:
    """The newest snapshot that is whole and fits the journal; None when there is none."""
    for path in _paths(folder):
        found = _read(path)
        if found is not None and _fits(folder.journal, found):
            return found
    return None


def open_journal(folder: IncidentFolder) -> Opened:
    """The state now, reading only what was written after the snapshot. JournalBroken as ever."""
    start = latest(folder)
    state = start.state if start else State()
    head, offset = (start.head_hash, start.offset) if start else (GENESIS, 0)
    events: list[Event] = []
    torn = False
    journal = folder.journal  # made once: a path for each event took a sixth of the reading
    if journal.exists():
        with journal.open("rb") as file:
            file.seek(offset)
            for raw in file:
                if not raw.endswith(b"\n"):
                    torn = True
                    break
                event = _event(journal, raw, behind=state.seq)
                events.append(event)
                advance(state, event)
                head = event.hash
                offset += len(raw)
    return Opened(state, events, head, events[-1].seq if events else state.seq, offset, torn)


def _event(journal: Path, raw: bytes, behind: int) -> Event:
    try:
        return parse(raw.decode())
    except (BrokenLine, UnicodeDecodeError) as error:
        raise JournalBroken(f"{journal}: the line after event {behind} is broken ({error})") from (
            error
        )


def _paths(folder: IncidentFolder) -> list[Path]:
    """Every snapshot, newest first: the names are numbers of one width."""
    return sorted(folder.snapshots.glob("[0-9]*.json"), reverse=True)


def _read(path: Path) -> Snapshot | None:
    try:
        raw = path.read_bytes()
        body: dict[str, Any] = json.loads(raw)
        if (body["schema"], body["flow"]) != (SCHEMA, FLOW_VERSION):
            return None  # another release's fold may give another state from the same events
        if body["sha256"] != hashlib.sha256(b"{" + raw[raw.index(STATE) :]).hexdigest():
            return None
        return Snapshot(decode(State, body["state"]), str(body["head"]), int(body["offset"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _fits(journal: Path, snapshot: Snapshot) -> bool:
    """True when the journal's line that ends at the snapshot's offset is the one it ends with."""
    start = max(0, snapshot.offset - LONGEST_LINE)
    try:
        with journal.open("rb") as file:
            file.seek(start)
            before = file.read(snapshot.offset - start)
        line = before[before.rfind(b"\n", 0, -1) + 1 :]
        event = parse(line.decode())
    except (OSError, ValueError):
        return False
    whole = start + len(before) == snapshot.offset and line.endswith(b"\n")
    return whole and (event.hash, event.seq) == (snapshot.head_hash, snapshot.state.seq)


def _digest(body: Any) -> str:
    return hashlib.sha256(canonical({"state": body}).encode()).hexdigest()
