"""The told incidents themselves: real reports, real hashes, every kind of fact."""

from itertools import pairwise
from pathlib import Path

import pytest

from orchestrator.journal.read import load_state, read_journal
from orchestrator.model import events as ev
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.reports import SCHEMAS, checked
from orchestrator.model.state import State
from orchestrator.project import sha256_file
from tests.unit.incident_delivery import delivered_story
from tests.unit.incident_evidence import T0
from tests.unit.incident_models import models_story
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_reports import REPORTS
from tests.unit.incident_story import WAITING, leak_story, story, write_incident

STORIES = (story(), trouble_story(), control_story(), models_story(), delivered_story())


@pytest.mark.parametrize("key", sorted(SCHEMAS))
def test_every_report_of_the_story_holds_before_its_schema_and_its_evidence(key: str) -> None:
    known = set(fold_all(State(), story()).evidence)
    _, dropped = checked(SCHEMAS[key].model_validate(REPORTS[key]), known)
    assert dropped == ()


def test_the_stories_together_use_every_kind_of_fact() -> None:
    told = {type(event.data) for events in STORIES for event in events}
    assert told >= set(ev.PAYLOADS.values()) | {ev.Unknown}


def test_ids_are_unique_and_numbers_have_no_gap() -> None:
    for events in STORIES:
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert len({event.id for event in events}) == len(events)
        assert all(a.at <= b.at for a, b in pairwise(events))


def test_a_story_told_in_part_stops_where_it_is_told_to() -> None:
    state = fold_all(State(), leak_story(WAITING))
    assert [a.approval for a in state.approvals.values() if a.open] == ["rollback@1"]
    assert state.last_at <= T0 + WAITING


def test_a_written_incident_reads_back_as_told(tmp_path: Path) -> None:
    folder = write_incident(tmp_path)
    state, events = load_state(folder.journal)
    assert state_hash(state) == state_hash(fold_all(State(), story()))
    assert [event.id for event in events] == [event.id for event in story()]


def test_every_hash_in_a_written_incident_is_that_of_its_file(tmp_path: Path) -> None:
    folder = write_incident(tmp_path)
    state = fold_all(State(), read_journal(folder.journal).events)
    for item in state.evidence.values():
        assert sha256_file(folder.path / item.path) == item.sha256
    for document in state.documents.values():
        assert sha256_file(folder.path / document.path) == document.sha256
    for event in story():
        if isinstance(event.data, ev.TaskFinished) and event.data.transcript_sha256:
            path = folder.path / event.data.transcript
            assert sha256_file(path) == event.data.transcript_sha256


def test_incident_files_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = write_incident(tmp_path)
    assert {p.stat().st_mode & 0o777 for p in folder.path.rglob("*") if p.is_file()} == {0o600}
