"""`warroom approve` shows what a change rests on and sends the reason with the approval."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.model import events as ev
from orchestrator.project import Project
from tests.unit.incident_story import WAITING, leak_story, write_incident
from tests.unit.socket_runner import Listening, listening
from tests.unit.test_cli_verbs import DONE, WRONG_USE, Said, warroom
from tests.unit.test_documents_override import overridden

WHY = "graphs show the same"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose one incident waits for an approval that rests on one log."""
    project = Project(tmp_path)
    project.create()
    write_incident(project.incidents, overridden(leak_story(WAITING)), transcripts=False)
    return project


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        yield heard


def digits() -> str:
    asked = (event.data for event in leak_story(WAITING))
    return next(data.sha256[:12] for data in asked if isinstance(data, ev.ApprovalRequested))


def test_the_card_says_what_it_rests_on_and_how_to_override(
    project: Project, runner: Listening, capsys: Said
) -> None:
    assert warroom(project, "approve") == WRONG_USE
    shown = capsys.readouterr()
    assert "rests on one source (log var/log/orders.log)" in shown.out
    assert "to agents, not followed: E2 line 3 gives the reader a role" in shown.out
    assert shown.err.strip().endswith(f'--sha256 {digits()} --override "WHY"')
    assert runner.heard == []


@pytest.mark.parametrize("said", [[], ["--override", ""], ["--override", "yes"]])
def test_without_a_few_words_nothing_is_sent(
    project: Project, runner: Listening, capsys: Said, said: list[str]
) -> None:
    assert warroom(project, "approve", "--sha256", digits(), *said) == WRONG_USE
    err = capsys.readouterr().err
    assert "say why that is enough: --override" in err
    assert err.count("\n") == 1
    assert runner.heard == []


def test_the_reason_goes_with_the_approval(project: Project, runner: Listening) -> None:
    assert warroom(project, "approve", "--sha256", digits(), "--override", WHY) == DONE
    assert runner.last["override"] == WHY
    assert runner.last["sha256"].startswith(digits())


def test_an_approval_that_needs_none_sends_none(tmp_path: Path) -> None:
    agreed = Project(tmp_path / "agreed")
    agreed.create()
    write_incident(agreed.incidents, leak_story(WAITING), transcripts=False)
    with listening(agreed) as heard:
        assert warroom(agreed, "approve", "--sha256", digits()) == DONE
        assert "override" not in heard.last
