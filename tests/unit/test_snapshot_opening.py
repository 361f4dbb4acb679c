"""An incident opened from a snapshot is the same as one folded from its first line."""

import json
from pathlib import Path

import pytest

from orchestrator.journal.append import JournalWriter
from orchestrator.journal.lines import GENESIS
from orchestrator.journal.read import JournalBroken, read_journal
from orchestrator.journal.snapshot import latest, open_journal, write_snapshot
from orchestrator.model import events as ev
from orchestrator.model.events import Event, Payload
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder

START = 1_763_906_400.0


def happened(count: int, first: int = 1) -> list[Event]:
    facts: list[Payload] = [
        ev.NoteAdded("looks like the pool"),
        ev.TierEscalated(2, "component-owner", ("no runbook",), "reason"),
        ev.DeadlinePlanned("acknowledge", "promise", START, START + 60, 1, ""),
        ev.EvidenceAdded("E1", "log", "orders", "tail", "x", "evidence/x", "0" * 64, 1, 1, "ours"),
    ]
    return [
        Event(n, f"e/{n}", START + n, ev.RUNNER, facts[n % len(facts)])
        for n in range(first, first + count)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> IncidentFolder:
    """Ten events, a snapshot, and five more."""
    folder = IncidentFolder(tmp_path / "INC-7")
    folder.create()
    snap(folder, happened(10))
    JournalWriter.open(folder.journal)[0].append(happened(5, first=11))
    return folder


def snap(folder: IncidentFolder, events: list[Event]) -> Path:
    """Append `events`, then store the state they end in."""
    writer, before = JournalWriter.open(folder.journal)
    writer.append(events)
    writer.close()
    state = fold_all(State(), [*before, *events])
    return write_snapshot(folder, state, writer.head, folder.journal.stat().st_size)


def test_the_state_is_the_one_that_the_whole_journal_gives(folder: IncidentFolder) -> None:
    events = read_journal(folder.journal).events
    opened = open_journal(folder)
    assert state_hash(opened.state) == state_hash(fold_all(State(), events))
    assert opened.state.ids == {event.id for event in events}
    assert opened.state == fold_all(State(), events)


def test_only_the_events_behind_the_snapshot_are_read(folder: IncidentFolder) -> None:
    opened = open_journal(folder)
    assert [event.seq for event in opened.events] == [11, 12, 13, 14, 15]
    assert opened.seq == 15
    assert opened.head == opened.events[-1].hash
    assert opened.offset == folder.journal.stat().st_size
    assert not opened.torn


def test_without_a_snapshot_everything_is_read(folder: IncidentFolder) -> None:
    for path in folder.snapshots.iterdir():
        path.unlink()
    assert len(open_journal(folder).events) == 15


def test_no_journal_is_an_empty_state(tmp_path: Path) -> None:
    opened = open_journal(IncidentFolder(tmp_path / "INC-9"))
    assert (opened.state, opened.events, opened.head, opened.seq) == (State(), [], GENESIS, 0)


def test_a_torn_last_line_is_left_out_and_said(folder: IncidentFolder) -> None:
    size = folder.journal.stat().st_size
    with folder.journal.open("ab") as file:
        file.write(b'{"at":"2025-')
    opened = open_journal(folder)
    assert opened.torn
    assert opened.offset == size
    assert opened.seq == 15


def test_a_broken_line_behind_the_snapshot_is_named(folder: IncidentFolder) -> None:
    with folder.journal.open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(JournalBroken, match="the line after event 15 is broken"):
        open_journal(folder)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b"\xff"])
def test_an_unreadable_snapshot_is_ignored(folder: IncidentFolder, body: bytes) -> None:
    (path,) = folder.snapshots.iterdir()
    path.write_bytes(body)
    assert latest(folder) is None
    assert open_journal(folder).seq == 15


def test_a_snapshot_whose_state_was_altered_is_ignored(folder: IncidentFolder) -> None:
    (path,) = folder.snapshots.iterdir()
    path.write_text(path.read_text().replace('"tier":2', '"tier":3'))
    assert json.loads(path.read_text())["state"]["tier"] == 3
    assert open_journal(folder).state.tier == 2
    assert latest(folder) is None


def test_a_snapshot_of_another_journal_is_ignored(folder: IncidentFolder) -> None:
    folder.journal.unlink()
    other = [Event(n, f"o/{n}", START, ev.RUNNER, ev.NoteAdded("another")) for n in range(1, 16)]
    JournalWriter(folder.journal).append(other)
    assert latest(folder) is None
    assert len(open_journal(folder).events) == 15


def test_a_snapshot_ahead_of_a_cut_journal_is_ignored(folder: IncidentFolder) -> None:
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:8]))
    assert latest(folder) is None
    assert open_journal(folder).seq == 8


def test_a_snapshot_of_another_releases_fold_is_ignored(folder: IncidentFolder) -> None:
    (path,) = folder.snapshots.iterdir()
    path.write_text(path.read_text().replace('"flow":1', '"flow":0'))
    assert latest(folder) is None


def test_the_last_two_are_kept_for_their_owner_only(folder: IncidentFolder) -> None:
    for first in (16, 17, 18):
        path = snap(folder, happened(1, first))
    names = sorted(path.name for path in folder.snapshots.iterdir())
    assert names == ["000000017.json", "000000018.json"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_bad_newest_snapshot_leaves_the_one_before(folder: IncidentFolder) -> None:
    snap(folder, happened(1, first=16)).write_text("torn")
    found = latest(folder)
    assert found is not None
    assert found.state.seq == 10
