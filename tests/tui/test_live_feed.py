"""The live feed: what was appended since the last look, and one clear line when that fails."""

from pathlib import Path

import pytest

from orchestrator.clock import FakeClock
from orchestrator.journal.append import JournalWriter
from orchestrator.journal.read import read_journal
from orchestrator.journal.snapshot import write_snapshot
from orchestrator.journal.transcript import TranscriptWriter
from orchestrator.model.events import RUNNER, Event, NoteAdded
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.unit.incident_story import INCIDENT, story
from tui.feed import AT_ONCE, Entry, LiveFeed, entries_of


def project(root: Path) -> Project:
    made = Project(root)
    made.create()
    made.incident(INCIDENT).create()
    return made


def test_events_come_once_and_the_state_is_their_fold(tmp_path: Path) -> None:
    where, clock, told = project(tmp_path), FakeClock(), story()
    feed = LiveFeed(where, INCIDENT, clock)
    assert feed.poll().empty
    writer = JournalWriter(where.incident(INCIDENT).journal)
    writer.append(told[:40])
    assert len(feed.poll().events) == 40
    assert feed.poll().empty
    writer.append(told[40:])
    assert [event.id for event in feed.poll().events] == [event.id for event in told[40:]]
    writer.close()
    assert state_hash(feed.state) == state_hash(fold_all(State(), told))


def test_a_state_that_was_handed_out_does_not_change_later(tmp_path: Path) -> None:
    where, told = project(tmp_path), story()
    feed = LiveFeed(where, INCIDENT, FakeClock())
    writer = JournalWriter(where.incident(INCIDENT).journal)
    writer.append(told[:10])
    feed.poll()
    before, seq = feed.state, feed.state.seq
    writer.append(told[10:])
    feed.poll()
    writer.close()
    assert before.seq == seq
    assert feed.state.seq == told[-1].seq


def test_what_agents_say_comes_by_task_as_it_is_written(tmp_path: Path) -> None:
    where, clock, told = project(tmp_path), FakeClock(), story()
    feed = LiveFeed(where, INCIDENT, clock)
    writer = JournalWriter(where.incident(INCIDENT).journal)
    writer.append(told)
    writer.close()
    feed.poll()
    said = TranscriptWriter(where.incident(INCIDENT).transcript("tier1/data"), 1, clock)
    said.line("call", "git log")
    assert [line.text for line in feed.poll().lines["tier1/data"]] == ["git log"]
    assert feed.poll().empty
    said.line("out", "abc")
    said.close()
    assert [line.kind for line in feed.poll().lines["tier1/data"]] == ["out"]


def test_a_broken_journal_is_named_once_and_what_came_before_stays(tmp_path: Path) -> None:
    where = project(tmp_path)
    feed = LiveFeed(where, INCIDENT, FakeClock())
    writer = JournalWriter(where.incident(INCIDENT).journal)
    writer.append(story()[:10])
    feed.poll()
    with where.incident(INCIDENT).journal.open("a") as file:
        file.write("this is no event\n")
    batch = feed.poll()
    writer.close()
    assert "line 11 is broken" in batch.trouble
    assert feed.state.seq == 10
    assert feed.poll().empty


def test_a_torn_last_line_waits_for_its_end(tmp_path: Path) -> None:
    where, told = project(tmp_path), story()
    path = where.incident(INCIDENT).journal
    writer = JournalWriter(path)
    writer.append(told[:2])
    writer.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    feed = LiveFeed(where, INCIDENT, FakeClock())
    assert len(feed.poll().events) == 1
    path.write_bytes(whole)
    assert len(feed.poll().events) == 1


NOTES = 2_500


@pytest.fixture
def long(tmp_path: Path) -> Project:
    """Some 2,500 notes behind the story; a snapshot is at the last event but ten."""
    where, told = project(tmp_path), story()
    notes = [
        Event(len(told) + n, f"note/{n}", 2e9, RUNNER, NoteAdded(f"note {n}"))
        for n in range(1, NOTES)
    ]
    folder = where.incident(INCIDENT)
    writer = JournalWriter(folder.journal)
    writer.append([*told, *notes[:-10]])
    state = fold_all(State(), [*told, *notes[:-10]])
    write_snapshot(folder, state, writer.head, folder.journal.stat().st_size)
    writer.append(notes[-10:])
    writer.close()
    return where


def without_snapshots(where: Project) -> None:
    for path in where.incident(INCIDENT).snapshots.iterdir():
        path.unlink()


def said(feed: LiveFeed) -> list[Entry]:
    """All lines, in the order of the journal, however they came."""
    lines = feed.poll().entries
    for earlier in feed.earlier():
        lines = [*earlier, *lines]
    return lines


def test_a_long_incident_opens_from_its_snapshot(long: Project) -> None:
    feed = LiveFeed(long, INCIDENT, FakeClock())
    batch = feed.poll()
    assert [event.id for event in batch.events] == [f"note/{n}" for n in range(NOTES - 10, NOTES)]
    assert feed.state == fold_all(State(), read_journal(feed.folder.journal).events)


def test_every_line_comes_once_from_the_snapshot_and_from_nothing(long: Project) -> None:
    events = read_journal(long.incident(INCIDENT).journal).events
    assert said(LiveFeed(long, INCIDENT, FakeClock())) == entries_of(events)
    without_snapshots(long)
    feed = LiveFeed(long, INCIDENT, FakeClock())
    assert said(feed) == entries_of(events)
    assert feed.poll().empty


def test_from_nothing_the_newest_lines_are_there_at_once(long: Project) -> None:
    without_snapshots(long)
    batch = LiveFeed(long, INCIDENT, FakeClock()).poll()
    assert len(batch.entries) == AT_ONCE
    assert batch.entries == entries_of(batch.events)[-AT_ONCE:]


def test_many_events_at_once_later_lose_no_line(tmp_path: Path) -> None:
    where = project(tmp_path)
    feed = LiveFeed(where, INCIDENT, FakeClock())
    feed.poll()
    notes = [Event(n, f"note/{n}", 2e9, RUNNER, NoteAdded("words")) for n in range(1, NOTES)]
    writer = JournalWriter(where.incident(INCIDENT).journal)
    writer.append(notes)
    writer.close()
    assert feed.poll().entries == entries_of(notes)


def test_a_broken_line_before_the_snapshot_is_said_once_it_is_reached(long: Project) -> None:
    journal = long.incident(INCIDENT).journal
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[3] = b"#" * (len(lines[3]) - 1) + b"\n"
    journal.write_bytes(b"".join(lines))
    feed = LiveFeed(long, INCIDENT, FakeClock())
    assert feed.poll().trouble == ""
    assert sum(len(part) for part in feed.earlier()) < NOTES
    assert "line 4 is broken" in feed.poll().trouble
    assert feed.poll().empty
