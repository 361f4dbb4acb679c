"""The live feed: what was appended since the last look, and one clear line when that fails."""

from pathlib import Path

from orchestrator.clock import FakeClock
from orchestrator.journal.append import JournalWriter
from orchestrator.journal.transcript import TranscriptWriter
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.unit.incident_story import INCIDENT, story
from tui.feed import LiveFeed


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
