"""The ledger from a shell: listed, shown to the line, and added to by a person."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from orchestrator.cli.evidence import LIMIT, READ_LIMIT
from orchestrator.client import LINE_LIMIT
from orchestrator.conductor.desk import Asked
from orchestrator.evidence.ledger import Ledger
from orchestrator.project import Project
from tests.unit.incident_story import INCIDENT, WAITING, leak_story, write_incident
from tests.unit.socket_runner import Listening, listening

Said = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.create()
    write_incident(project.incidents, leak_story(WAITING), transcripts=False)
    return project


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        yield heard


def evidence(project: Project, *words: str) -> Any:
    at = words.index("--") if "--" in words else len(words)
    here = ("--project", str(project.root))
    return main(["evidence", INCIDENT, *words[:at], *here, *words[at:]])


def test_the_ledger_is_listed(project: Project, capsys: Said) -> None:
    assert evidence(project) == 0
    out = capsys.readouterr().out
    assert out.startswith("E1 ")
    assert out.splitlines()[-1].endswith(f"show one: warroom evidence {INCIDENT} E1")
    assert evidence(project, "--json") == 0
    listed = json.loads(capsys.readouterr().out)["evidence"]
    assert [item["eid"] for item in listed][:2] == ["E1", "E2"]
    assert len(listed[0]["sha256"]) == 64


def test_an_item_is_its_content_and_a_line_is_marked(project: Project, capsys: Said) -> None:
    folder = project.incident(INCIDENT)
    item = next(one for one in leak_story(WAITING) if one.type == "evidence.added").data
    content = Ledger(folder).read(item.path)  # type: ignore[attr-defined]
    assert evidence(project, "E1") == 0
    said = capsys.readouterr()
    assert said.out == (content if content.endswith("\n") else content + "\n")
    assert item.sha256 in said.err  # type: ignore[attr-defined]
    assert evidence(project, "e1:1") == 0
    marked = [line for line in capsys.readouterr().out.splitlines() if line.startswith("▸")]
    assert marked == [f"▸ {1:>6}  {content.splitlines()[0]}"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["ls"], "'ls' is no item like E12 or E12:340; a command follows --"),
        (["E999"], "there is no evidence E999"),
        (["E1:99999"], "E1 has lines 1 to"),
        (["--text", "x", "--file", "y"], "give one of"),
        (["--text", "x", "--", "ls"], "give one of"),
        (["--file", "nowhere.log"], "nowhere.log: no such file"),
        (["--file", "/"], "/: is no plain file"),
        (["--text", " "], "there is no text in it"),
    ],
)
def test_wrong_use_is_one_line_and_nothing_is_sent(
    project: Project, runner: Listening, words: list[str], says: str, capsys: Said
) -> None:
    assert evidence(project, *words) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert runner.heard == []


def test_words_of_ones_own_are_evidence(project: Project, runner: Listening, capsys: Said) -> None:
    runner.answer = {"accepted": True, "why": "", "data": {"evidence": "E13"}}
    assert evidence(project, "--text", "the vendor says it is theirs") == 0
    assert runner.last == {
        "cmd": "evidence",
        "text": "the vendor says it is theirs",
        "source": "typed in",
    }
    assert capsys.readouterr().out == f"✓ {INCIDENT}: evidence recorded as E13\n"
    Asked.model_validate(runner.heard[-1])


def test_a_command_is_run_here_and_its_output_is_evidence(
    project: Project, runner: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_CLUSTER", "blue")
    code = "import os; print('cluster', os.environ['MY_CLUSTER'])"
    assert evidence(project, "--", sys.executable, "-c", code) == 0
    assert runner.last["text"] == "cluster blue\n"
    assert runner.last["source"].startswith(f"{sys.executable} -c ")


def test_a_command_that_fails_is_evidence_too_and_says_so(
    project: Project, runner: Listening
) -> None:
    code = "import sys; sys.stderr.write('no such pod\\n'); sys.exit(3)"
    assert evidence(project, "--", sys.executable, "-c", code) == 0
    assert runner.last["text"] == "[stderr]\nno such pod\n[exit 3]\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--", "there-is-no-such-command-here", "x"], "is not installed"),
        (
            ["--timeout", "0.2", "--", sys.executable, "-c", "import signal; signal.pause()"],
            "no answer in 0.2 s, cut",
        ),
    ],
)
def test_a_command_that_gives_nothing_is_one_line(
    project: Project, runner: Listening, words: list[str], says: str, capsys: Said
) -> None:
    assert evidence(project, *words) == 1
    assert says in capsys.readouterr().err
    assert runner.heard == []


def test_a_file_or_stdin_is_evidence(
    project: Project, runner: Listening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "app.log"
    log.write_text("ERROR \x1b[31mpool\x1b[0m exhausted\n")
    assert evidence(project, "--file", str(log)) == 0
    assert runner.last["text"] == "ERROR pool exhausted\n"
    assert runner.last["source"] == f"file {log}"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"from a pipe\n")))
    assert evidence(project, "--file", "-") == 0
    assert (runner.last["text"], runner.last["source"]) == ("from a pipe\n", "stdin")


def test_a_huge_file_is_sent_as_head_and_tail_that_fit_one_line(
    project: Project, runner: Listening, tmp_path: Path
) -> None:
    log = tmp_path / "huge.log"
    with log.open("wb") as file:
        file.write("first é line\n".encode())
        file.seek(3 * READ_LIMIT)
        file.write(b"\n" + "é\n".encode() * 300_000 + b"last line\n")
    body = log.read_bytes().replace(b"\x00", b"x")
    log.write_bytes(body)
    assert evidence(project, "--file", str(log)) == 0
    text = runner.last["text"]
    assert text.startswith("first é line\n")
    assert text.endswith("last line\n")
    assert "bytes left out here" in text
    assert len(text.encode()) < LIMIT + 200
    assert len(json.dumps(runner.heard[-1])) < LINE_LIMIT
    Asked.model_validate(runner.heard[-1])


def test_a_binary_file_is_refused(
    project: Project, runner: Listening, tmp_path: Path, capsys: Said
) -> None:
    (tmp_path / "core").write_bytes(b"\x7fELF\x00\x00")
    assert evidence(project, "--file", str(tmp_path / "core")) == 2
    assert "is binary" in capsys.readouterr().err
