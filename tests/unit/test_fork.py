"""A drill forked from an incident: its history up to there, proven, private, and nobody's harm."""

import hashlib
import os
from pathlib import Path

import pytest

from orchestrator.journal.fork import CannotFork, fork
from orchestrator.journal.read import load_state, read_journal
from orchestrator.journal.verify import verify
from orchestrator.model import events as ev
from orchestrator.project import IncidentFolder
from tests.unit.incident_story import story, write_incident
from tests.unit.rooms import KIM

LATER = story()[-1].at + 86400.0


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


def digests(folder: IncidentFolder) -> dict[str, str]:
    return {
        os.fspath(path.relative_to(folder.path)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.path.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.8, 1.0])
def test_a_fork_at_any_moment_proves_itself_and_leaves_the_first_as_it_was(
    source: IncidentFolder, tmp_path: Path, share: float
) -> None:
    before, told = digests(source), read_journal(source.journal).events
    upto = max(1, int(len(told) * share))
    target = IncidentFolder(tmp_path / "INC-9")
    fork(source, upto, target, KIM, LATER)
    report = verify(target)
    assert report.ok, report.findings
    assert digests(source) == before
    state, events = load_state(target.journal)
    assert (state.incident, state.drill, state.forked_from) == ("INC-9", True, source.incident)
    fact = events[-1].data
    assert fact == ev.IncidentForked(source.incident, upto, told[upto - 1].hash, "a.kim")
    expected, _ = load_state(source.journal) if upto == len(told) else (None, None)
    if expected is not None:
        assert state.approvals == expected.approvals
        assert state.evidence == expected.evidence


def test_all_of_it_is_private(source: IncidentFolder, tmp_path: Path) -> None:
    target = IncidentFolder(tmp_path / "INC-9")
    fork(source, len(story()), target, KIM, LATER)
    files = [path for path in target.path.rglob("*") if path.is_file()]
    assert any(path.parent == target.evidence for path in files)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_the_next_alert_about_the_trouble_is_not_the_forks(
    source: IncidentFolder, tmp_path: Path
) -> None:
    target = IncidentFolder(tmp_path / "INC-9")
    fork(source, 5, target, KIM, LATER)
    assert "key" not in load_state(target.journal)[0].alert


@pytest.mark.parametrize("upto", [0, -1, 100_000])
def test_there_is_no_fork_at_an_event_that_is_not_there(
    source: IncidentFolder, tmp_path: Path, upto: int
) -> None:
    with pytest.raises(CannotFork, match="there is no event"):
        fork(source, upto, IncidentFolder(tmp_path / "INC-9"), KIM, LATER)
    assert not (tmp_path / "INC-9" / "journal.jsonl").exists()


def test_without_a_file_that_the_journal_names_there_is_no_fork(tmp_path: Path) -> None:
    broken = write_incident(tmp_path, story())
    next(path for path in broken.evidence.rglob("*") if path.is_file()).unlink()
    target = IncidentFolder(tmp_path / "INC-9")
    with pytest.raises(CannotFork, match="No such file"):
        fork(broken, len(story()), target, KIM, LATER)
    assert not target.journal.exists()
