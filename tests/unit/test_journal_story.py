"""The told incident, whole: it verifies, it replays to the same states, and any cut is named."""

import json
from pathlib import Path

import pytest

from orchestrator.journal.snapshot import open_journal, write_snapshot
from orchestrator.journal.verify import verify
from orchestrator.model import events as ev
from orchestrator.model.fold import state_hash
from orchestrator.project import IncidentFolder, Project
from tests.unit.incident_story import story, write_incident
from tui.replay import load


@pytest.fixture
def told(tmp_path: Path) -> tuple[IncidentFolder, Path]:
    project = Project(tmp_path)
    project.create()
    folder = write_incident(project.incidents, story())
    last = json.loads(folder.journal.read_bytes().splitlines()[-1])
    head = project.heads / f"{folder.incident}.json"
    head.write_text(json.dumps({"seq": last["seq"], "hash": last["hash"]}))
    return folder, head


def test_it_verifies_with_its_evidence_documents_and_transcripts(
    told: tuple[IncidentFolder, Path],
) -> None:
    report = verify(*told)
    assert report.findings == ()
    assert report.events == len(story())


def test_its_last_three_events_cannot_be_cut_unseen(told: tuple[IncidentFolder, Path]) -> None:
    folder, head = told
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:-3]))
    wrote = len(story())
    assert (
        f"journal.jsonl: journal ends at event {wrote - 3}, the runner had written {wrote}: "
        "3 events are missing"
    ) in verify(folder, head).findings


def test_no_file_of_it_can_be_altered_or_lost_unseen(told: tuple[IncidentFolder, Path]) -> None:
    folder, head = told
    journalled = {
        e.data.path for e in story() if isinstance(e.data, (ev.EvidenceAdded, ev.DocumentWritten))
    }
    journalled = {path for path in journalled if not path.startswith(".aiwg/")}  # the project's
    assert len(journalled) > 10
    for path in sorted(journalled):
        body = (folder.path / path).read_bytes()
        (folder.path / path).write_bytes(body + b" ")
        assert any(f.startswith(f"{path}: ") for f in verify(folder, head).findings)
        (folder.path / path).unlink()
        assert any(f.startswith(f"{path}: ") for f in verify(folder, head).findings)
        (folder.path / path).write_bytes(body)
    assert verify(folder, head).ok


def test_replayed_to_its_end_it_gives_every_state_hash_it_was_journalled_with(
    told: tuple[IncidentFolder, Path],
) -> None:
    played = load(told[0])
    states = {}
    while played.index < len(played.events):
        states[played.index] = state_hash(played.state)
        played.step(1)
    hashes = [e.data for e in played.events if isinstance(e.data, ev.StateHashed)]
    assert hashes
    assert all(states[each.upto] == each.sha256 for each in hashes)


@pytest.mark.parametrize("at", [1, 40, 101, 130])
def test_from_a_snapshot_anywhere_it_opens_to_the_same_state(
    told: tuple[IncidentFolder, Path], at: int
) -> None:
    folder, _ = told
    whole = open_journal(folder)
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    played = load(folder)
    state = played.state_at(at).copy()
    state.ids = {event.id for event in played.events[:at]}
    write_snapshot(folder, state, played.events[at - 1].hash, len(b"".join(lines[:at])))
    opened = open_journal(folder)
    assert len(opened.events) == len(whole.events) - at
    assert opened.state == whole.state
    assert (opened.head, opened.seq, opened.offset) == (whole.head, whole.seq, whole.offset)
