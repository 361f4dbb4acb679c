"""`warroom report` and `warroom actions` over a project's journals: text, JSON, the page."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import main
from orchestrator.journal.measuring import measured
from orchestrator.journal.read import load_state
from orchestrator.journal.snapshot import write_snapshot
from orchestrator.project import Project
from tests.flow.many_incidents import lines, many
from tests.flow.raw_metrics import raw_metrics
from tests.unit.socket_runner import Listening, listening
from tests.unit.test_cli_board import told

Said = pytest.CaptureFixture[str]
SOME = many(150)[:40]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.create()
    for number, journal in enumerate(SOME, start=1):
        told(project, f"INC-{number}", list(journal))
    return project


@pytest.fixture
def runner(project: Project) -> Iterator[Listening]:
    with listening(project) as heard:
        yield heard


def answered(project: Project, capsys: Said, *words: str) -> dict[str, Any]:
    assert main([*words, "--json", "--project", str(project.root)]) == 0
    body: dict[str, Any] = json.loads(capsys.readouterr().out)
    return body


def test_the_report_gives_the_figures_of_the_raw_journals(project: Project, capsys: Said) -> None:
    body = answered(project, capsys, "report")
    raw = raw_metrics([lines(journal) for journal in SOME], 1_900_000_000.0)
    found = {one["id"]: (one["value"], one["n"], one["of"], one["kept"]) for one in body["metrics"]}
    assert found == raw, "everything is over long since, whatever today is"
    assert body["incidents"] + body["drills"] + body["forks"] == len(SOME)


@pytest.mark.parametrize("by", ["severity", "service", "tier", "month"])
def test_groups_hold_each_incident_once(project: Project, capsys: Said, by: str) -> None:
    body = answered(project, capsys, "report", "--by", by)
    assert sum(group["incidents"] for group in body["groups"]) == body["incidents"]
    assert len(body["groups"]) > 1


def test_a_period_leaves_out_what_was_detected_before(project: Project, capsys: Said) -> None:
    body = answered(project, capsys, "report", "--since", "1h")
    assert body["incidents"] == 0
    assert {one["verdict"] for one in body["metrics"]} == {"NO DATA"}


def test_the_text_says_value_target_sample_and_verdict_in_plain_signs(
    project: Project, capsys: Said
) -> None:
    assert main(["report", "--ascii", "--by", "severity", "--project", str(project.root)]) == 0
    out = capsys.readouterr().out
    assert re.search(r"Time to detect +\d+ min \d+ s +within 5 min +\d+ of \d+ +[+x] M", out)
    assert out.isascii()
    assert max(map(len, out.splitlines())) <= 130
    assert "severity P0:" in out


def test_a_broken_journal_is_named_and_in_no_figure(project: Project, capsys: Said) -> None:
    before = answered(project, capsys, "report", "--drills")["incidents"]
    with project.incident("INC-3").journal.open("ab") as file:
        file.write(b"{}\n")
    assert main(["report", "--drills", "--project", str(project.root)]) == 3
    out, err = capsys.readouterr()
    assert f"{before - 1} incidents" in out
    assert "1 broken journal in no figure" in out
    assert "INC-3/journal.jsonl" in err
    assert len(err.splitlines()) == 1


def test_a_snapshot_gives_the_same_figures_as_the_whole_journal(project: Project) -> None:
    whole = measured(project).measured
    for folder in project.all_incidents():
        state, events = load_state(folder.journal)
        write_snapshot(folder, state, events[-1].hash, folder.journal.stat().st_size)
    assert measured(project).measured == whole


@pytest.mark.parametrize("since", ["soon", "-3d", "0d"])
def test_a_period_that_is_none_is_one_line(project: Project, capsys: Said, since: str) -> None:
    assert main(["report", f"--since={since}", "--project", str(project.root)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


class Page(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else_and_what_incidents_say_stays_text(
    tmp_path: Path, capsys: Said
) -> None:
    project = Project(tmp_path / "<script>alert(1)</script>".replace("/", "_"))
    project.create()
    evil = "<img src=x onerror=alert(1)>"
    for number, journal in enumerate(SOME, start=1):
        told(project, f"INC-{number}", list(journal))
    path = project.incident("INC-1").journal
    path.write_text(path.read_text().replace('"service":"', f'"service":"{evil}'))
    page = tmp_path / "report.html"
    words = [
        "report",
        "--drills",
        "--by",
        "service",
        "--html",
        str(page),
        "--project",
        str(project.root),
    ]
    assert main(words) == 0
    text = page.read_text()
    tags = Page(text).tags
    assert {tag for tag, _ in tags} & {"script", "img", "link", "iframe", "object"} == set()
    assert not [a for _, a in tags if a.keys() & {"src", "href", "onerror", "onload"}]
    assert "http://" not in text.replace("http-equiv", "")
    assert "https://" not in text
    assert text.count("&lt;img") >= 1, "the service's heading"
    assert "&lt;script&gt;" in text, "the project's name"
    assert len([tag for tag, _ in tags if tag == "svg"]) >= 10


def test_a_page_that_cannot_be_written_is_one_line(project: Project, capsys: Said) -> None:
    words = ["report", "--html", "/nowhere/at/all.html", "--project", str(project.root)]
    assert main(words) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_actions_are_listed_late_ones_first_and_only_open_ones(
    project: Project, capsys: Said
) -> None:
    found = answered(project, capsys, "actions")["actions"]
    assert {one["status"] for one in found} == {"OPEN"}
    assert [one["due"] for one in found] == sorted(one["due"] for one in found)
    late = answered(project, capsys, "actions", "--overdue")["actions"]
    assert late
    assert all(one["overdue"] for one in late)
    every = answered(project, capsys, "actions", "--all", "--drills")["actions"]
    assert {one["status"] for one in every} == {"OPEN", "DONE", "DROPPED"}


@pytest.mark.parametrize(("words", "told_runner"), [
    (["done", "INC-4/A1"], {"action": "A1", "status": "DONE"}),
    (["drop", "INC-4/A2", "--why", "no"], {"action": "A2", "status": "DROPPED", "why": "no"}),
    (["assign", "INC-4/A1", "m.sato"], {"action": "A1", "person": "m.sato"}),
    (["due", "INC-4/A1", "2026-01-31"], {"action": "A1", "due": 1_769_903_999.0}),
])  # fmt: skip
def test_a_change_is_one_command_to_the_runner(
    project: Project, runner: Listening, words: list[str], told_runner: dict[str, Any]
) -> None:
    assert main(["actions", *words, "--project", str(project.root)]) == 0
    assert runner.last == {"cmd": "action", **told_runner}
    assert runner.heard[-1]["incident"] == "INC-4"


@pytest.mark.parametrize("words", [
    ["done"], ["done", "A1"], ["done", "INC-999/A1"], ["assign", "INC-4/A1"],
    ["due", "INC-4/A1", "soon"],
])  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(
    project: Project, capsys: Said, words: list[str]
) -> None:
    assert main(["actions", *words, "--project", str(project.root)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
