"""Whatever waits for a key, over all incidents, and the whole card from a shell."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.cli import main
from orchestrator.cli.approvals import shown
from orchestrator.model import events as ev
from orchestrator.project import Project
from tests.unit.incident_story import WAITING, leak_story
from tests.unit.test_cli_board import Said, states, told


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.create()
    told(project, "INC-1", leak_story(WAITING))
    told(project, "INC-2", leak_story(WAITING))
    return project


def said(project: Project, capsys: Said, *words: str) -> str:
    assert main(["approvals", "--project", str(project.root), *words]) == 0
    return capsys.readouterr().out


def test_the_queue_is_over_all_incidents(project: Project, capsys: Said) -> None:
    lines = said(project, capsys).splitlines()
    assert [line.split()[1] for line in lines] == ["INC-1", "INC-2"]
    sha = next(
        e.data.sha256 for e in leak_story(WAITING) if isinstance(e.data, ev.ApprovalRequested)
    )
    assert all(sha[:12] in line for line in lines)


def test_as_json_it_says_what_would_run(project: Project, capsys: Said) -> None:
    waiting = json.loads(said(project, capsys, "--json"))["approvals"]
    assert [one["incident"] for one in waiting] == ["INC-1", "INC-2"]
    assert waiting[0]["argv"]
    assert waiting[0]["persons"] == ""


def test_the_cards_are_shown_whole(project: Project, capsys: Said) -> None:
    told = said(project, capsys, "--cards")
    card = next(iter(states(WAITING).approvals.values())).card
    for what in (card["argv"][0], card["pre_state"].splitlines()[0], "dry run", "sha-256", "undo"):
        assert what in told


def test_where_nothing_waits_that_is_said(tmp_path: Path, capsys: Said) -> None:
    empty = Project(tmp_path)
    empty.create()
    assert said(empty, capsys) == "nothing waits for a decision\n"


def test_a_card_from_a_shell_says_who_may_approve_and_what_the_command_sees() -> None:
    state = states(WAITING)
    waiting = next(iter(state.approvals.values()))
    more = {"may_approve": ["commander"], "env": ["REGION"], "beside": "not orders itself"}
    approval = replace(waiting, card={**waiting.card, **more, "probes": ["locks"]})
    text = shown(approval, state)
    for what in ("by whom  commander", "sees     REGION", "not orders itself", "probes   locks"):
        assert what in text


@pytest.mark.parametrize("verb", ["approvals", "board"])
def test_a_folder_that_is_not_there_is_no_quiet_project(
    verb: str, tmp_path: Path, capsys: Said
) -> None:
    assert main([verb, "--project", str(tmp_path / "mistyped")]) == 2
    told = capsys.readouterr()
    assert "no such folder" in told.err
    assert told.out == ""


@pytest.mark.parametrize("verb", ["approvals", "board"])
def test_a_journal_that_cannot_be_read_hides_no_other(
    verb: str, project: Project, capsys: Said
) -> None:
    journal = project.incident("INC-1").journal
    journal.unlink()
    journal.mkdir()
    assert main([verb, "--project", str(project.root)]) == 3
    told = capsys.readouterr()
    assert "INC-2" in told.out
    assert "cannot be read" in told.err


def test_a_card_of_a_journal_that_cannot_be_read_is_refused(project: Project, capsys: Said) -> None:
    journal = project.incident("INC-1").journal
    journal.unlink()
    journal.mkdir()
    assert main(["approve", "INC-1", "--project", str(project.root)]) == 3
    assert "cannot be read" in capsys.readouterr().err
