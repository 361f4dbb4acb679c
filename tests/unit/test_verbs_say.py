"""A verb without a screen: one clear line, nothing that moves the cursor, and no hanging."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import (
    BROKEN_INPUT,
    DONE,
    NOT_RESOLVED,
    WRONG_USE,
    main,
    one_line,
    progress,
    refuse,
    respond,
    runner_up,
    tell,
    verify,
)
from orchestrator.client import Answer
from orchestrator.clock import FakeClock
from orchestrator.journal.verify import Report
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.model.timeline import Row
from orchestrator.project import IncidentFolder, Project
from tests.unit.rooms import opened, said, shop

EVIL = "bad \x1b]0;pwned\x07\x1b[2J title\n× forged"
SHA = "ab" * 32

Capture = pytest.CaptureFixture[str]


def approval(confirm: str = "", **more: Any) -> Approval:
    card = {
        "argv": ["bin/deploy", "two words"],
        "target": "orders",
        "blast": "one instance",
        "pre_state": EVIL,
        "undo": [],
        "why": [],
        "confirm": confirm,
    }
    return Approval(
        approval="rollback@1",
        action="rollback",
        title="roll back",
        risk="medium",
        sha256=SHA,
        expires=9e12,
        card=card,
        evidence=(),
        requested_at=0.0,
        **more,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one incident, INC-1."""
    project, settings = shop(tmp_path)
    asyncio.run(opened(project, settings, FakeClock())).close()
    return tmp_path


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the verbs of decision would tell the runner."""
    told: list[dict[str, Any]] = []

    def send(project: Project, command: dict[str, Any]) -> Answer:
        told.append(command)
        return Answer(True, "", {})

    monkeypatch.setattr(tell, "send", send)
    return told


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes approvals wait in INC-1."""

    def make(*approvals: Approval) -> None:
        state = State(incident="INC-1")
        for one in approvals:
            state.approvals[one.approval] = one
        monkeypatch.setattr(tell, "load_state", lambda path: (state, []))

    return make


def verb(*words: str) -> object:
    return main(words)


def line_of(capsys: Capture) -> str:
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1, said
    return said[0]


# --- decisions ------------------------------------------------------------------------------------


def test_a_destructive_change_needs_its_targets_name_and_sends_it(
    folder: Path, sent: list[dict[str, Any]], waits: Callable[..., None], capsys: Capture
) -> None:
    waits(approval(confirm="orders"))
    words = ("approve", "INC-1", "--sha256", SHA[:12], "--project", str(folder))
    assert verb(*words) == WRONG_USE
    assert "name its target: --confirm orders" in line_of(capsys)
    assert verb(*words, "--confirm", "billing") == WRONG_USE
    assert sent == []
    assert verb(*words, "--confirm", "orders") == DONE
    assert (sent[0]["text"], sent[0]["sha256"]) == ("orders", SHA)


def test_the_card_in_a_shell_has_no_row_that_the_target_wrote(
    folder: Path, waits: Callable[..., None], capsys: Capture
) -> None:
    waits(approval())
    assert verb("approve", "INC-1", "--project", str(folder)) == WRONG_USE
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "before   bad  title\n         × forged\n" in shown
    assert "will run bin/deploy 'two words'\n" in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("deny", "INC-1", "--why", " "), "say why it is denied: --why TEXT"),
        (("deny", "INC-1", "--why", "no"), "nothing waits for a decision in INC-1"),
        (("approve", "INC-1"), "nothing waits for a decision in INC-1"),
        (("approve", "INC-1", "x@1"), "there is no approval 'x@1'; waiting: none"),
        (("note", "INC-1", " "), "there is no text; say it in one sentence"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    folder: Path,
    sent: list[dict[str, Any]],
    waits: Callable[..., None],
    capsys: Capture,
    words: tuple[str, ...],
    says: str,
) -> None:
    waits()
    assert verb(*words, "--project", str(folder)) == WRONG_USE
    assert line_of(capsys) == f"warroom: {says}"
    assert sent == []


def test_of_two_that_wait_one_has_to_be_named(
    folder: Path, waits: Callable[..., None], capsys: Capture
) -> None:
    other = approval()
    waits(other, Approval(**{**_fields(other), "approval": "rollback@2"}))
    assert verb("deny", "INC-1", "--why", "no", "--project", str(folder)) == WRONG_USE
    assert "say which approval; waiting: rollback@1, rollback@2" in line_of(capsys)


def _fields(one: Approval) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Approval.__dataclass_fields__}


# --- folders --------------------------------------------------------------------------------------

EVERYWHERE = [
    ("status",),
    ("runner",),
    ("respond", "--title", "x", "--headless"),
    ("ack", "INC-1"),
]


@pytest.mark.parametrize("words", EVERYWHERE)
def test_a_folder_that_is_not_there_is_said(
    tmp_path: Path, capsys: Capture, words: tuple[str, ...]
) -> None:
    assert verb(*words, "--project", str(tmp_path / "nowhere")) == WRONG_USE
    assert line_of(capsys).endswith("nowhere: no such folder")


@pytest.mark.parametrize("words", EVERYWHERE)
def test_a_file_where_the_incidents_should_be_is_said(
    tmp_path: Path, capsys: Capture, words: tuple[str, ...]
) -> None:
    (tmp_path / ".aiwg").write_text("x")
    assert verb(*words, "--project", str(tmp_path)) == BROKEN_INPUT
    assert line_of(capsys).endswith(".aiwg: is no folder; move it away")


def test_a_folder_nobody_may_write_is_said_when_a_runner_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_it(project: Project) -> None:
        raise PermissionError(13, "Permission denied", str(project.home))

    monkeypatch.setattr(runner_up, "start_runner", refuse_it)
    with pytest.raises(runner_up.NoRunner, match=r"\.aiwg: Permission denied"):
        runner_up.ensure_runner(Project(tmp_path))


# --- nothing moves the cursor ---------------------------------------------------------------------


def test_words_from_outside_stay_one_line() -> None:
    assert one_line(EVIL) == "bad  title × forged"


def test_a_refusal_is_one_line_whatever_it_quotes(capsys: Capture) -> None:
    refuse(EVIL, WRONG_USE)
    assert line_of(capsys) == "warroom: bad  title × forged"


def test_status_shows_titles_harmless(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestrator.cli import status

    state = State(incident="INC-1", title=EVIL, status="TRIAGE")
    monkeypatch.setattr(status, "load_state", lambda path: (state, []))
    assert verb("status", "--project", str(folder)) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].endswith("bad  title × forged")


def test_verify_shows_findings_harmless() -> None:
    report = Report(0, "", findings=(EVIL,), notes=(EVIL,))
    lines = verify.as_lines(IncidentFolder(Path("INC-1")), report).splitlines()
    assert lines[:2] == ["× bad  title × forged", "· bad  title × forged"]


def test_progress_shows_rows_and_the_start_harmless(capsys: Capture) -> None:
    progress.printer(sys.stderr)(Row(0.0, "now", EVIL, EVIL, (), "incident"))
    assert "\x1b" not in line_of(capsys)
    begun = progress.start_message(State(incident="INC-1", title=EVIL, symptoms=EVIL))
    assert "\x1b" not in begun
    assert begun.splitlines()[0] == "Responding to INC-1: bad  title × forged"
    assert begun.splitlines()[2] == "             × forged"


# --- following without a screen -------------------------------------------------------------------


def test_following_ends_when_the_runner_is_gone(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(respond, "DOWN_AFTER", 0.3)
    assert asyncio.run(respond.follow(Project(folder), "INC-1", False)) == NOT_RESOLVED
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("warroom: INC-1: its runner is down; go on: warroom runner --project")


def test_following_ends_when_the_flow_has_failed(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    room = asyncio.run(opened(project, settings, clock))

    def broken(incident: object) -> None:
        raise RuntimeError("no such table")

    monkeypatch.setattr("orchestrator.flow.handle.flow", broken)
    asyncio.run(room.apply(said(clock, "note", text="x")))
    room.close()
    assert asyncio.run(respond.follow(project, "INC-1", False)) == NOT_RESOLVED
    last = capsys.readouterr().err.splitlines()[-1]
    assert "INC-1: the flow has failed in" in last
    assert "RuntimeError: no such table" in last


# --- alerts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("incident", "says"),
    [("", "nothing is firing\n"), ("INC-1", "nothing is firing; noted on INC-1\n")],
)
def test_an_alert_that_is_over_opens_nothing_and_says_so(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, incident: str, says: str
) -> None:
    body = {
        "version": "4",
        "groupKey": "g",
        "alerts": [
            {"status": "resolved", "labels": {"alertname": "A"}, "startsAt": "2026-01-01T00:00:00Z"}
        ],
    }
    (folder / "alert.json").write_text(json.dumps(body))
    monkeypatch.setattr(runner_up, "ensure_runner", lambda project: None)
    answer = Answer(True, "", {"incident": incident, "repeated": bool(incident)})
    monkeypatch.setattr(respond, "send", lambda project, command: answer)
    words = ("respond", "--alert", str(folder / "alert.json"), "--project", str(folder))
    assert verb(*words) == DONE
    assert capsys.readouterr().out == says


def test_an_alert_without_end_is_refused_before_it_fills_the_memory(
    folder: Path, capsys: Capture
) -> None:
    assert verb("respond", "--alert", "/dev/zero", "--project", str(folder)) == BROKEN_INPUT
    assert line_of(capsys) == "warroom: alert /dev/zero: too large: 4 MB at most"
