"""A new incident from an old one as it stood at an event: its history, evidence and transcripts.

The fork is a drill. Its journal is the old one up to there, chained anew: the first line names the
new incident, the last says where it came from. What only described the old folder (documents, state
hashes) is left out and made again. The old incident is not touched.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator.journal.append import JournalWriter
from orchestrator.journal.read import JournalBroken, read_journal
from orchestrator.model import events as ev
from orchestrator.model.events import Actor, Event
from orchestrator.model.state import FORKED_FROM
from orchestrator.project import IncidentFolder

LEFT_OUT = (ev.StateHashed, ev.DocumentWritten, ev.DocumentEdited, ev.DocumentFailed)


class CannotFork(Exception):
    """Why an incident cannot be forked there, in one line."""


def fork(source: IncidentFolder, upto: int, target: IncidentFolder, by: Actor, now: float) -> None:
    """Make `target` out of the first `upto` events of `source`.

    CannotFork says why not. The journal comes last: a folder without one is no incident.
    """
    kept = _cut(source, upto)
    if target.journal.exists():
        raise CannotFork(f"{target.incident} exists already")
    target.create()
    _evidence(source, target, kept)
    _transcripts(source, target, kept)
    beside = target.journal.with_suffix(".new")
    beside.unlink(missing_ok=True)
    writer = JournalWriter(beside)
    try:
        writer.append(_retold(kept, source.incident, target.incident, by, now))
    finally:
        writer.close()
    beside.replace(target.journal)


def _cut(source: IncidentFolder, upto: int) -> list[Event]:
    try:
        events = read_journal(source.journal, chained=True).events
    except JournalBroken as error:
        raise CannotFork(str(error)) from error
    if not 1 <= upto <= len(events):
        raise CannotFork(f"{source.incident} has {len(events)} events: there is no event {upto}")
    if not isinstance(events[0].data, ev.IncidentDetected):
        raise CannotFork(f"{source.journal}: does not begin with a detection")
    return events[:upto]


def _retold(kept: Sequence[Event], source: str, target: str, by: Actor, now: float) -> list[Event]:
    """The same facts under another name and as a drill, numbered anew; the fork is the last."""
    first = kept[0].data
    assert isinstance(first, ev.IncidentDetected)
    # without its key: the next alert about this trouble is about the real incident
    alert = {name: value for name, value in first.alert.items() if name != "key"}
    alert[FORKED_FROM] = source
    renamed = replace(first, incident=target, drill=True, alert=alert)
    told = [replace(kept[0], data=renamed)]
    told += [event for event in kept[1:] if not isinstance(event.data, LEFT_OUT)]
    fact = ev.IncidentForked(source, kept[-1].seq, kept[-1].hash, by.name)
    at = max(now, max(event.at for event in kept))
    told.append(Event(0, f"incident/forked/{source}/{kept[-1].seq}", at, by, fact))
    return [replace(event, seq=number) for number, event in enumerate(told, start=1)]


def _evidence(source: IncidentFolder, target: IncidentFolder, kept: Iterable[Event]) -> None:
    for event in kept:
        if isinstance(event.data, ev.EvidenceAdded):
            _copy(_inside(source, event.data.path), _inside(target, event.data.path))


def _transcripts(source: IncidentFolder, target: IncidentFolder, kept: Iterable[Event]) -> None:
    """Each up to its last end that was journalled by then; work that ran begins anew."""
    ends: dict[str, str] = {}
    for event in kept:
        if isinstance(event.data, ev.TaskFinished) and event.data.transcript_sha256:
            ends[event.data.transcript] = event.data.transcript_sha256
    for path, digest in ends.items():
        place = _inside(source, path)
        running, size = hashlib.sha256(), 0
        try:
            with place.open("rb") as lines:
                for line in lines:
                    running.update(line)
                    size += len(line)
                    if running.hexdigest() == digest:
                        break
                else:
                    if size or running.hexdigest() != digest:
                        raise CannotFork(f"{place}: is not the transcript that was journalled")
        except OSError as error:
            raise CannotFork(f"{place}: {error.strerror}") from error
        _copy(place, _inside(target, path), size)


def _copy(source: Path, target: Path, size: int | None = None) -> None:
    """A private copy, of the first `size` bytes where that is given."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as into, source.open("rb") as out:
            shutil.copyfileobj(out, into)
            if size is not None:
                into.truncate(size)
    except OSError as error:
        raise CannotFork(f"{source}: {error.strerror}") from error


def _inside(folder: IncidentFolder, path: str) -> Path:
    """A file of the folder; a journal that points out of it is not followed."""
    place = folder.path / path
    if not path or not place.resolve().is_relative_to(folder.path.resolve()):
        raise CannotFork(f"{folder.journal}: names {path!r}, which lies outside of the incident")
    return place
