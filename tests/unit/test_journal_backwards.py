"""A journal read from its end to its beginning gives the same events, whatever a block holds."""

from pathlib import Path

import pytest

from orchestrator.journal.append import JournalWriter
from orchestrator.journal.read import JournalBroken, read_before, read_journal
from tests.unit.incident_story import story


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    writer = JournalWriter(tmp_path / "journal.jsonl")
    writer.append(story())
    writer.close()
    return writer.path


@pytest.mark.parametrize("block", [1, 97, 4096, 1 << 20])
def test_the_parts_together_are_the_whole(journal: Path, block: int) -> None:
    whole = read_journal(journal).events
    parts = list(read_before(journal, journal.stat().st_size, len(whole), block))
    assert [event for part in reversed(parts) for event in part] == whole


def test_it_begins_where_it_is_told_to(journal: Path) -> None:
    lines = journal.read_bytes().splitlines(keepends=True)
    parts = list(read_before(journal, len(b"".join(lines[:5])), 5))
    assert [event.seq for event in parts[0]] == [1, 2, 3, 4, 5]
    assert list(read_before(journal, 0, 0)) == []


@pytest.mark.parametrize("block", [300, 1 << 20])
def test_a_bad_line_is_named_by_its_number(journal: Path, block: int) -> None:
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:6], b"{}\n", *lines[7:]]))
    with pytest.raises(JournalBroken, match="line 7 is broken"):
        list(read_before(journal, journal.stat().st_size, len(lines), block))
