"""The single writer: nothing is true before it is on the disk, and nothing on the disk is lost."""

import asyncio
import errno
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.clock import FakeClock
from orchestrator.conductor.room import DiskFull, Room
from orchestrator.journal.append import JournalWriter
from orchestrator.journal.read import JournalBroken
from orchestrator.journal.verify import verify
from orchestrator.model.events import Event
from tests.unit.rooms import opened, said, shop


def test_a_new_runner_goes_on_from_the_journal_alone(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))
    asyncio.run(room.apply(said(clock, "note", text="looking")))
    room.close()
    again = Room.open(project, "INC-1", clock)
    assert again.state == room.state
    assert again.writer.head == room.writer.head


def test_a_full_disk_changes_nothing_and_the_command_may_be_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))
    before = room.folder.journal.read_bytes()

    def full(self: JournalWriter, body: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(JournalWriter, "_write", full)
        with pytest.raises(DiskFull, match="No space left"):
            asyncio.run(room.apply(said(clock, "note", text="looking")))
    assert room.folder.journal.read_bytes() == before
    assert room.state.notes == 0
    asyncio.run(room.apply(said(clock, "note", text="looking")))
    assert room.state.notes == 1
    assert verify(room.folder, None).ok


def test_half_a_batch_is_taken_back_when_the_disk_fills_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))
    before = room.folder.journal.read_bytes()

    def half(self: JournalWriter, body: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(body[: len(body) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(JournalWriter, "_write", half)
    with pytest.raises(DiskFull):
        asyncio.run(room.apply(said(clock, "note", text="looking")))
    assert room.folder.journal.read_bytes() == before


def test_a_torn_last_line_is_cut_and_the_runner_goes_on(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))
    room.close()
    whole = room.folder.journal.read_bytes()
    room.folder.journal.write_bytes(whole + b'{"actor":{"kind":"hum')
    again = Room.open(project, "INC-1", clock)
    assert room.folder.journal.read_bytes() == whole
    asyncio.run(again.apply(said(clock, "ack")))
    assert verify(again.folder, None).ok


def test_the_same_command_twice_is_one_event(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))
    command = said(clock, "note", text="looking")
    asyncio.run(room.apply(command))
    assert asyncio.run(room.apply(command)) == []


def test_a_refusal_is_journalled_with_its_actor_and_told_to_whoever_asked(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))
    command = said(clock, "approve", approval="rollback@1", sha256="0" * 64)
    events: Sequence[Event] = asyncio.run(room.apply(command))
    assert events[0].type == "command.refused"
    assert events[0].actor.name == "a.kim"
    assert room.refusals[command.id] == "no approval 'rollback@1'; waiting: none"


def test_the_runner_keeps_its_own_record_of_the_head(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    room = asyncio.run(opened(project, settings, FakeClock()))
    head = json.loads((project.heads / "INC-1.json").read_text())
    assert head == {"seq": room.writer.seq, "hash": room.writer.head}
    assert verify(room.folder, project.heads / "INC-1.json").ok


def test_incident_files_are_for_their_owner_only(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    room = asyncio.run(opened(project, settings, FakeClock()))
    assert room.folder.journal.stat().st_mode & 0o777 == 0o600
    assert room.folder.path.stat().st_mode & 0o777 == 0o700


def test_every_hundred_events_the_state_is_hashed_into_the_journal(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))

    async def notes() -> None:
        for number in range(230):
            clock.advance(0.001)
            await room.apply(said(clock, "note", text=f"note {number}"))

    asyncio.run(notes())
    hashed = [event for event in room.events if event.type == "state.hashed"]
    assert len(hashed) == 2
    report = verify(room.folder, None)
    assert report.ok, report.findings


def test_after_a_full_disk_the_ticker_still_wakes_for_what_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))
    due = room.next_due
    assert due is not None
    clock.advance(due - clock.now() + 1)

    def full(self: JournalWriter, body: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(JournalWriter, "_write", full)
        with pytest.raises(DiskFull):
            asyncio.run(room.apply(None))
    assert room.next_due == due


def test_a_runner_does_not_go_on_from_a_journal_that_was_altered(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    room = asyncio.run(opened(project, settings, FakeClock()))
    room.close()
    text = room.folder.journal.read_text()
    room.folder.journal.write_text(text.replace("orders fail", "orders fine", 1))
    with pytest.raises(JournalBroken, match="line 1 is broken"):
        Room.open(project, "INC-1", FakeClock())


def test_a_runner_does_not_go_on_from_a_journal_whose_tail_was_cut(tmp_path: Path) -> None:
    project, settings = shop(tmp_path)
    room = asyncio.run(opened(project, settings, FakeClock()))
    room.close()
    lines = room.folder.journal.read_text().splitlines(keepends=True)
    room.folder.journal.write_text("".join(lines[:-2]))
    with pytest.raises(JournalBroken, match=f"the runner had written {len(lines)}"):
        Room.open(project, "INC-1", FakeClock())


def test_a_disk_too_full_for_the_second_record_of_the_head_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))

    def full(path: Path, content: str, sync: bool = False) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("orchestrator.conductor.room.write_private", full)
    events = asyncio.run(room.apply(said(clock, "note", text="looking")))
    assert events[0].hash
    room.close()
    assert Room.open(project, "INC-1", clock).state.notes == 1
