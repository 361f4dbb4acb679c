"""Is this incident what its runner wrote? Line by line, state by state, file by file.

Only reads. Every finding is one line that names the file, and the line where there is one. What a
journal alone cannot prove, a cut tail, is proved by the head that the runner keeps beside it.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.journal.lines import GENESIS, BrokenLine, canonical, digest, event_of
from orchestrator.journal.preserved import preserved_findings, preserved_notes
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fold import advance, shape, state_hash
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, sha256_file


@dataclass(frozen=True, slots=True)
class Report:
    """What verify found. `findings` are failures; `notes` are worth knowing and are none."""

    events: int
    head_hash: str
    findings: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class _Check:
    """One run: what has been read and what was wrong with it."""

    folder: IncidentFolder
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)
    """hash by seq, as the lines have it"""
    last_seq: int = 0
    last_hash: str = GENESIS
    broken: int = 0
    """number of the first line that is not as it was written"""

    def wrong(self, number: int, what: str) -> None:
        self.findings.append(f"{self.folder.journal.name} line {number}: {what}")
        self.broken = self.broken or number


def verify(folder: IncidentFolder, head: Path | None = None) -> Report:
    """Check a whole incident. `head` is the runner's own record of the last line it wrote."""
    check = _Check(folder)
    promised = _promised(check, head)  # before the journal: a live runner writes that one first
    try:
        body = folder.journal.read_bytes()
    except OSError as error:
        return Report(0, "", (f"{folder.journal}: cannot be read ({error.strerror})",))
    _lines(check, body)
    _states(check)
    _cut(check, promised)
    _files(check)
    check.findings.extend(preserved_findings(folder, check.events))
    check.notes.extend(preserved_notes(folder, check.events))
    for key in _transcribed(check.events):
        _transcript(check, *key)
    return Report(len(check.hashes), check.last_hash, tuple(check.findings), tuple(check.notes))


def _lines(check: _Check, body: bytes) -> None:
    """Every line: written canonically, its own hash, its link, its number, its id."""
    if not body:
        check.findings.append(f"{check.folder.journal.name}: is empty")
        return
    seen: dict[str, int] = {}
    linked = True
    *whole, torn = body.split(b"\n")
    for number, raw in enumerate(whole, start=1):
        parsed = _parsed(check, number, raw)
        if parsed is None:
            linked = False
            continue
        line, event = parsed
        if linked and event.prev != check.last_hash:
            check.wrong(number, "does not follow from the line before (broken chain)")
        if linked and event.seq != check.last_seq + 1:
            check.wrong(number, f"is event {event.seq}, expected {check.last_seq + 1}")
        if digest({k: v for k, v in line.items() if k != "hash"}) != event.hash:
            check.wrong(number, "was altered (content and hash differ)")
        if event.id in seen:
            check.wrong(number, f"repeats the id {event.id} of line {seen[event.id]}")
        seen.setdefault(event.id, number)
        check.last_seq, check.last_hash, linked = event.seq, event.hash, True
        check.hashes[event.seq] = event.hash
        check.events.append(event)
    if torn:
        _torn(check, len(whole) + 1, torn)


def _parsed(check: _Check, number: int, raw: bytes) -> tuple[dict[str, Any], Event] | None:
    """The object and the event of a line; None, with a finding, when it is not one."""
    try:
        line = json.loads(raw)
        if not isinstance(line, dict):
            raise BrokenLine("not a JSON object")
        event = event_of(line)
        if type(event.seq) is not int or type(event.id) is not str or type(event.hash) is not str:
            raise BrokenLine("seq, id or hash is of a wrong type")
        if canonical(line).encode() != raw:
            check.wrong(number, "was altered (not written as a runner writes)")
    except BrokenLine as error:
        check.wrong(number, f"is broken: {error}")
    except (ValueError, RecursionError):
        check.wrong(number, "is broken: not JSON")
    else:
        return line, event
    return None


def _torn(check: _Check, number: int, torn: bytes) -> None:
    """A crash leaves a beginning of a line; anything else behind the last newline was put there."""
    text = torn.decode(errors="replace")  # it may end inside a character
    try:
        foreign = json.JSONDecoder().raw_decode(text)[1] < len(text)
    except (ValueError, RecursionError):
        foreign = not text.startswith("{")
    if foreign:
        check.wrong(number, "was altered (bytes behind the last whole line)")
    else:
        check.notes.append(
            f"{check.folder.journal.name} line {number}: torn ({len(torn)} bytes of an unfinished "
            "line); the runner cuts it off when it starts"
        )


def _states(check: _Check) -> None:
    """Fold again, and compare every journalled state hash with what the events give."""
    claims: dict[int, list[Event]] = {}
    other = 0
    for event in check.events:
        if isinstance(event.data, ev.StateHashed):
            if event.data.upto >= event.seq or event.data.upto not in check.hashes:
                check.wrong(event.seq, f"hashes the state of event {event.data.upto}, not there")
            elif event.data.shape == shape():
                claims.setdefault(event.data.upto, []).append(event)
            else:
                other += 1
    if other:
        check.notes.append(
            f"{other} states were hashed by another release, which knew other fields: not compared"
        )
    if check.broken:
        check.notes.append(f"states behind line {check.broken} were not compared")
    state = State()
    for number, event in enumerate(check.events, start=1):
        if check.broken and number >= check.broken:
            return
        try:
            advance(state, event)
        except Exception as error:
            check.wrong(number, f"does not fold ({type(error).__name__}: {error})")
            return
        if event.seq in claims and (found := state_hash(state)):
            for claim in claims[event.seq]:
                if isinstance(claim.data, ev.StateHashed) and claim.data.sha256 != found:
                    check.wrong(
                        claim.seq,
                        f"the state after event {event.seq} is {found[:12]}, "
                        f"the journal says {claim.data.sha256[:12]}",
                    )


def _promised(check: _Check, head: Path | None) -> tuple[int, str]:
    """Number and hash of the last event that the runner says it wrote; 0 when it says nothing."""
    if head is None or not head.exists():
        check.notes.append("no head of the runner's beside it: a cut tail would not be seen")
        return 0, ""
    try:
        body = json.loads(head.read_bytes())
        return int(body["seq"]), str(body["hash"])
    except (OSError, ValueError, KeyError, TypeError):
        check.findings.append(f"{head.name}: the runner's head is unreadable")
        return 0, ""


def _cut(check: _Check, promised: tuple[int, str]) -> None:
    """A cut tail chains perfectly; only the runner's own word shows that something is missing."""
    seq, hashed = promised
    if seq > check.last_seq:
        lost = seq - check.last_seq
        missing = "1 event is missing" if lost == 1 else f"{lost} events are missing"
        check.findings.append(
            f"{check.folder.journal.name}: journal ends at event {check.last_seq}, "
            f"the runner had written {seq}: {missing}"
        )
    elif seq and check.hashes.get(seq) != hashed:
        check.findings.append(
            f"{check.folder.journal.name} line {seq}: is not the event {seq} that the runner wrote"
        )


def _files(check: _Check) -> None:
    """Evidence never changes; a document is as it was last written."""
    expected: dict[str, tuple[str, str]] = {}
    for event in check.events:
        if isinstance(event.data, ev.EvidenceAdded):
            expected[event.data.path] = (event.data.sha256, f"evidence {event.data.eid}")
        elif isinstance(event.data, ev.DocumentWritten) and not _of_project(event.data.path):
            expected[event.data.path] = (event.data.sha256, "document")
        elif isinstance(event.data, ev.DocumentEdited) and not _of_project(event.data.path):
            expected[event.data.path] = (event.data.sha256, "edited document")
    for path, (sha256, what) in expected.items():
        _file(check, path, sha256, what)


def _of_project(path: str) -> bool:
    """The regression register belongs to the project, and goes on changing after the incident."""
    return path.startswith(".aiwg/")


def _file(check: _Check, path: str, sha256: str, what: str) -> None:
    """One file of the folder against the hash it was journalled with."""
    place = _inside(check, path, what)
    if place is None:
        return
    try:
        found = sha256_file(place)
    except FileNotFoundError:
        check.findings.append(f"{path}: {what} is missing")
    except OSError as error:
        check.findings.append(f"{path}: {what} cannot be read ({error.strerror})")
    else:
        if found != sha256:
            check.findings.append(
                f"{path}: {what} was altered (is {found[:12]}, journalled as {sha256[:12]})"
            )


def _inside(check: _Check, path: str, what: str) -> Path | None:
    """The file's place; None, with a finding, when the journal points out of the folder."""
    place = check.folder.path / path
    if path and place.resolve().is_relative_to(check.folder.path.resolve()):
        return place
    check.findings.append(f"{path or '(no path)'}: {what} lies outside the incident's folder")
    return None


def _transcribed(events: list[Event]) -> Iterator[tuple[str, list[ev.TaskFinished], bool]]:
    """Every hashed transcript: its path, the ends that were hashed, and whether it is complete."""
    ends: dict[str, list[ev.TaskFinished]] = {}
    latest: dict[str, int] = {}
    for event in events:
        if isinstance(event.data, ev.TaskRequested):
            latest[event.data.key] = event.data.attempt
        elif isinstance(event.data, ev.TaskFinished) and event.data.transcript_sha256:
            ends.setdefault(event.data.transcript, []).append(event.data)
    for path, hashed in ends.items():
        yield path, hashed, latest.get(hashed[-1].key) == hashed[-1].attempt


def _transcript(check: _Check, path: str, ends: list[ev.TaskFinished], complete: bool) -> None:
    """Attempts append to one file, so each hashed end is a whole-line beginning of it."""
    place = _inside(check, path, "transcript")
    if place is None:
        return
    running, found = hashlib.sha256(), [hashlib.sha256().hexdigest()]
    try:
        with place.open("rb") as file:
            for line in file:
                running.update(line)
                found.append(running.hexdigest())
    except OSError as error:
        why = "is missing" if isinstance(error, FileNotFoundError) else f"({error.strerror})"
        check.findings.append(f"{path}: transcript {why}")
        return
    for end in ends:
        whole = end is ends[-1] and complete
        if end.transcript_sha256 not in (found[-1:] if whole else found):
            check.findings.append(
                f"{path}: transcript of {end.key} attempt {end.attempt} was altered"
            )
