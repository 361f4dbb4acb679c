"""`warroom verify` speaks in one clear line and an exit code."""

import argparse
import json
from pathlib import Path

import pytest

from orchestrator.cli.verify import add_parser, run
from orchestrator.journal.append import JournalWriter
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.project import IncidentFolder, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one incident of four notes, and the runner's head for it."""
    project = Project(tmp_path)
    project.create()
    folder = project.incident("INC-7")
    folder.create()
    writer = JournalWriter(folder.journal)
    writer.append([Event(n, f"n{n}", 1e9, ev.RUNNER, ev.NoteAdded("x")) for n in range(1, 5)])
    (project.heads / "INC-7.json").write_text(json.dumps({"seq": 4, "hash": writer.head}))
    return project


def verb(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return run(parser.parse_args(["verify", *words]))


def cut(folder: IncidentFolder, lines: int) -> None:
    kept = folder.journal.read_bytes().splitlines(keepends=True)[:-lines]
    folder.journal.write_bytes(b"".join(kept))


def test_an_untouched_incident_is_0(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert verb("INC-7", "--project", str(project.root)) == 0
    assert capsys.readouterr().out.startswith("✓ INC-7: 4 events, head ")


def test_a_cut_one_is_3_and_says_what_is_missing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(project.incident("INC-7"), 3)
    assert verb("INC-7", "--project", str(project.root)) == 3
    assert (
        "× journal.jsonl: journal ends at event 1, the runner had written 4: 3 events are missing"
        in capsys.readouterr().out.splitlines()
    )


def test_a_folder_finds_the_head_of_its_own_project(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(project.incident("INC-7"), 1)
    assert verb(str(project.incident("INC-7").path)) == 3
    assert "1 event is missing" in capsys.readouterr().out


def test_a_copied_folder_is_verified_without_a_head(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = project.incident("INC-7").path.rename(tmp_path / "copy")
    assert verb(str(copy)) == 0
    assert "· no head of the runner's beside it" in capsys.readouterr().out


def test_json_is_one_object(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    cut(project.incident("INC-7"), 1)
    assert verb("INC-7", "--project", str(project.root), "--json") == 3
    body = json.loads(capsys.readouterr().out)
    assert (body["incident"], body["ok"], body["events"]) == ("INC-7", False, 3)
    assert len(body["findings"]) == 1


@pytest.mark.parametrize("name", ["INC-8", "../INC-7", ""])
def test_an_unknown_incident_is_wrong_use(
    project: Project, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(name, "--project", str(project.root)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
