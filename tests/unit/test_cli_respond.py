"""From words, answers and guidance to the report that the runner is given."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import Console, main
from orchestrator.cli.interview import interview
from orchestrator.clock import parse_iso
from orchestrator.conductor.opening import Reported
from orchestrator.project import Project
from tests.unit.planted_secrets import planted
from tests.unit.rooms import shop
from tests.unit.socket_runner import Listening, listening

Said = pytest.CaptureFixture[str]
NOW = parse_iso("2025-11-23T15:30:00Z")


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return shop(tmp_path)[0]


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        heard.answer = {"accepted": True, "why": "", "data": {"incident": "INC-1"}}
        yield heard


def warroom(project: Project, *words: str) -> Any:
    return main([*words, "--project", str(project.root)])


def report(runner: Listening) -> Reported:
    """What the runner was told, as it would take it."""
    assert runner.last["cmd"] == "open"
    return Reported.model_validate(runner.last["report"])


def test_a_sentence_opens_an_incident_and_says_first_what_was_understood(
    project: Project, runner: Listening, capsys: Said
) -> None:
    assert warroom(project, "orders down since 14:00, P0") == 0
    told = report(runner)
    assert (told.title, told.severity, told.service) == ("orders down", "P0", "orders")
    assert told.symptoms == "orders down since 14:00, P0"
    assert told.answers["q3"].endswith("T14:00:00.000Z")
    assert (told.reporter, told.method) == ("user", "user-report")
    said = capsys.readouterr().err
    assert said.startswith("Understood:\n  what       orders down\n  service    orders\n")
    assert "14:00:00 UTC" in said


def test_on_a_terminal_the_war_room_opens_and_without_one_it_is_said_that_it_is_open(
    project: Project, runner: Listening, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert warroom(project, "orders down") == 0
    assert capsys.readouterr().out.startswith("✓ INC-1 is open and goes on in its runner")
    assert warroom(project, "orders down", "--json") == 0
    assert json.loads(capsys.readouterr().out)["incident"] == "INC-1"
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stdout", Terminal())
    assert warroom(project, "orders down") == Console(project, "INC-1")


@pytest.mark.parametrize(
    "words",
    [
        ["respond", "orders down, SEV2"],
        ["orders down, SEV2"],
        ["handle", "incident:", "orders", "down,", "SEV2"],
    ],
)
def test_the_same_words_give_the_same_report_however_they_are_given(
    project: Project, runner: Listening, words: list[str]
) -> None:
    warroom(project, *words)
    assert (report(runner).title, report(runner).severity) == ("orders down", "P1")


@pytest.mark.parametrize(
    "sentence", ["handle incident INC-42: orders down", "INC-42: orders down", "inc-42 orders down"]
)
def test_an_id_in_the_sentence_names_the_incident(
    project: Project, runner: Listening, sentence: str
) -> None:
    warroom(project, sentence)
    assert runner.heard[-1]["incident"] == "INC-42"
    assert report(runner).title == "orders down"


def test_a_secret_known_by_its_line_is_in_no_part_of_the_report(
    project: Project, runner: Listening
) -> None:
    hidden = next(one for one in planted(5) if one.kind == "yaml-block")
    warroom(project, f"orders down\n{hidden.text}")
    assert [one for one in hidden.secrets if one in json.dumps(runner.heard)] == []


def test_an_option_stands_above_the_sentence(project: Project, runner: Listening) -> None:
    warroom(project, "search down, P0", "--service", "orders", "--title", "search fails")
    assert (report(runner).service, report(runner).title) == ("orders", "search fails")


def test_a_mistyped_verb_opens_nothing(project: Project, runner: Listening, capsys: Said) -> None:
    assert warroom(project, "aprove", "INC-42") == 2
    assert "there is no verb 'aprove'" in capsys.readouterr().err
    assert [one for one in runner.heard if one["cmd"] == "open"] == []


def test_guidance_is_passed_on_and_its_themes_are_said(
    project: Project, runner: Listening, capsys: Said
) -> None:
    warroom(project, "respond", "--title", "orders fail", "--guidance", "tight SLA, no data loss")
    assert report(runner).guidance == "tight SLA, no data loss"
    said = capsys.readouterr().err
    assert "guidance   tight-sla: a rollback is preferred" in said
    assert "data-loss" not in said


def test_the_answers_are_said_back_by_name(
    project: Project, runner: Listening, tmp_path: Path, capsys: Said
) -> None:
    (tmp_path / "a.toml").write_text('percent = 20\nteam = "new"\n')
    warroom(project, "respond", "--title", "x", "--answers", str(tmp_path / "a.toml"))
    said = capsys.readouterr().err.splitlines()
    assert "  severity   P1" in said
    assert "  percent    20" in said
    assert "  team       new team or first P0" in said


def test_answers_from_a_file_set_severity_and_guidance(
    project: Project, runner: Listening, tmp_path: Path
) -> None:
    (tmp_path / "a.toml").write_text('percent = 20\nteam = "new"\nsecurity = "no"\n')
    warroom(project, "respond", "--title", "x", "--answers", str(tmp_path / "a.toml"))
    told = report(runner)
    assert told.severity == "P1"
    assert told.answers == {"q2": "20", "q5": "no", "q7": "new team or first P0"}
    assert told.guidance == (
        "Affected: 20 % of users. No security breach, no data loss. New team, first P0."
    )


def test_a_severity_that_is_given_stands_above_the_answers(
    project: Project, runner: Listening, tmp_path: Path
) -> None:
    (tmp_path / "a.toml").write_text("percent = 90\n")
    warroom(project, "respond", "P2", "--title", "x", "--answers", str(tmp_path / "a.toml"))
    assert report(runner).severity == "P2"


def test_a_wrong_answers_file_is_one_line_with_line_and_key(
    project: Project, runner: Listening, tmp_path: Path, capsys: Said
) -> None:
    (tmp_path / "a.toml").write_text('impact = "outage"\npercent = 120\n')
    answers = ("--answers", str(tmp_path / "a.toml"))
    assert warroom(project, "respond", "--title", "x", *answers) == 3
    assert capsys.readouterr().err == (
        "warroom: a.toml line 2: percent: must be a number from 0 to 100, not '120'\n"
    )
    assert runner.heard == []
    assert warroom(project, "respond", "--title", "x", "--answers", "nowhere.toml") == 3
    assert capsys.readouterr().err == "warroom: answers nowhere.toml: No such file or directory\n"


def test_the_questions_need_a_terminal(
    project: Project, runner: Listening, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert warroom(project, "respond", "--title", "x", "--interactive") == 2
    assert "use --answers FILE.toml" in capsys.readouterr().err


def test_leaving_the_questions_opens_nothing(
    project: Project, runner: Listening, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", interrupted)
    assert warroom(project, "respond", "--title", "x", "--interactive") == 2
    assert capsys.readouterr().err.endswith("warroom: left: nothing was opened\n")
    assert runner.heard == []


def asked(*typed: str) -> tuple[dict[str, str], str]:
    """The answers of somebody who types these lines, and what they were shown."""
    lines, out = list(typed), io.StringIO()

    def line() -> str:
        if not lines:
            raise EOFError
        return lines.pop(0)

    return interview(NOW, {}, line, out), out.getvalue()


def test_enter_skips_a_question_and_the_end_of_input_starts() -> None:
    answers, shown = asked("outage", "", "14:00")
    assert answers == {"q1": "complete outage", "q3": "2025-11-23T14:00:00.000Z"}
    assert "skipped" in shown
    assert "4/8" in shown
    assert "5/8" not in shown
    assert asked()[0] == {}


def test_a_wrong_answer_is_asked_for_again() -> None:
    answers, shown = asked("", "120", "60", "")
    assert answers == {"q2": "60"}
    assert "must be a number from 0 to 100, not '120'; or enter to skip" in shown


def test_what_the_words_said_already_is_not_asked() -> None:
    out = io.StringIO()
    known = {"q3": "2025-11-23T14:00:00.000Z"}
    answers = interview(NOW, known, lambda: "", out)
    assert answers == known
    assert "When did it start" not in out.getvalue()
