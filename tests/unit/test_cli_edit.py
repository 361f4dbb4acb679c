"""A document is edited as a copy in the person's own editor; no text of theirs is ever lost."""

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from orchestrator.project import Project
from tests.unit.incident_story import INCIDENT, WAITING, leak_story, write_incident
from tests.unit.socket_runner import Listening, listening

Said = pytest.CaptureFixture[str]
PATH = "triage-assessment.md"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = Project(tmp_path / "shop")
    project.create()
    write_incident(project.incidents, leak_story(WAITING), transcripts=False)
    (tmp_path / "copies").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "copies"))
    monkeypatch.delenv("VISUAL", raising=False)
    return project


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        yield heard


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that adds a line, and notes what it was given and how private that was."""
    script = tmp_path / "my editor.py"
    script.write_text(
        "import os, pathlib, sys\n"
        "path = pathlib.Path(sys.argv[-1])\n"
        "(pathlib.Path(__file__).parent / 'seen').write_text(\n"
        "    f'{path.stat().st_mode & 0o777:o} {path.parent.stat().st_mode & 0o777:o}')\n"
        "path.write_text(path.read_text() + 'seen by a person\\n')\n"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} '{script}'")
    return script


def edit(project: Project, *words: str) -> Any:
    return main(["edit", INCIDENT, *words, "--project", str(project.root)])


def kept(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "copies").rglob("*") if path.is_file())


def test_the_edit_is_sent_with_the_hash_of_what_it_began_with(
    project: Project, runner: Listening, editor: Path, tmp_path: Path, capsys: Said
) -> None:
    before = (project.incident(INCIDENT).path / PATH).read_bytes()
    assert edit(project, PATH) == 0
    assert runner.last == {
        "cmd": "edit",
        "path": PATH,
        "sha256": hashlib.sha256(before).hexdigest(),
        "text": before.decode() + "seen by a person\n",
    }
    assert capsys.readouterr().out == f"✓ {INCIDENT}: {PATH} is as you left it\n"
    assert (tmp_path / "seen").read_text() == "600 700"
    assert (project.incident(INCIDENT).path / PATH).read_bytes() == before
    assert kept(tmp_path) == []


def test_a_document_may_be_called_by_its_name(
    project: Project, runner: Listening, editor: Path
) -> None:
    assert edit(project, "triage-assessment") == 0
    assert runner.last["path"] == PATH
    assert edit(project, "initial-alert.md") == 0
    assert runner.last["path"] == "communications/initial-alert.md"


def test_a_refused_edit_keeps_the_text_and_says_where(
    project: Project, runner: Listening, editor: Path, tmp_path: Path, capsys: Said
) -> None:
    runner.answer = {"accepted": False, "why": f"{PATH} has changed meanwhile: open it again"}
    assert edit(project, PATH) == 1
    err = capsys.readouterr().err
    assert "has changed meanwhile" in err
    where = re.search(r"your text is kept in (.+)", err)
    assert where is not None
    assert Path(where[1]).read_text().endswith("seen by a person\n")
    assert kept(tmp_path) == [Path(where[1])]


def test_nothing_changed_is_nothing_sent(
    project: Project, runner: Listening, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    assert edit(project, PATH) == 0
    assert capsys.readouterr().out == f"{PATH}: nothing was changed\n"
    assert runner.heard == []


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("false", 1, "false ended with 1: nothing was sent"),
        ("there-is-no-such-editor", 2, "'there-is-no-such-editor': No such file"),
        ("'", 2, "cannot be read: No closing quotation"),
    ],
)
def test_an_editor_that_fails_is_one_line(
    project: Project,
    runner: Listening,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Said,
    command: str,
    code: int,
    says: str,
) -> None:
    monkeypatch.setenv("EDITOR", command)
    assert edit(project, PATH) == code
    assert says in capsys.readouterr().err.splitlines()[0]
    assert runner.heard == []


def test_a_file_takes_the_place_of_an_editor(
    project: Project, runner: Listening, tmp_path: Path
) -> None:
    (tmp_path / "new.md").write_text("mine\n")
    assert edit(project, PATH, "--file", os.fspath(tmp_path / "new.md")) == 0
    assert runner.last["text"] == "mine\n"


def test_an_unknown_document_names_those_that_are_there(
    project: Project, runner: Listening, capsys: Said
) -> None:
    assert edit(project, "plan.md") == 2
    assert "there is no document 'plan.md'; there: incident-record.md" in capsys.readouterr().err
    assert runner.heard == []
