"""A review cannot lie: 50 of them recounted from their journals by a script that shares no code."""

import ast
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

import benchmarks.recount
from benchmarks.recount.__main__ import main, recount
from benchmarks.recount.lines import read
from benchmarks.recount.page import Page
from orchestrator.documents.render import render
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.flow.reviewed import PIR, Reviewed, reviewed

SCRIPT = Path(benchmarks.recount.__file__).parent


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> list[Reviewed]:
    return list(reviewed(50, 7, tmp_path_factory.mktemp("reviewed")))


def test_every_number_and_statement_of_50_reviews_is_accounted_for(fifty: list[Reviewed]) -> None:
    results = [recount(one.journal, one.review) for one in fifty]
    told = [problem for result in results for problem in result.problems]
    assert told == []
    assert sum(result.numbers.total() for result in results) > 20_000
    assert sum(result.lines["computed"] for result in results) > 5_000


def test_the_reviews_are_of_incidents_of_many_kinds(fifty: list[Reviewed]) -> None:
    states = [one.war.state for one in fifty]
    assert {state.severity for state in states} >= {"P0", "P1", "P2"}
    changes = [sum(t.kind == "action" for t in state.tasks.values()) for state in states]
    assert sum(count > 1 for count in changes) >= 5
    assert sum(bool(state.reopened) for state in states) >= 10
    assert sum(bool(state.undos) for state in states) >= 3
    assert sum("security" in state.exceptions for state in states) >= 5
    assert sum("new-team" in state.themes for state in states) >= 2
    assert sum(bool(state.spent) for state in states) >= 10
    assert sum(not state.impact_started_at for state in states) >= 5
    assert any(state.answers for state in states)
    assert sum(state.policy.business is not None for state in states) >= 5
    assert any(state.stopped or state.assessment for state in states)


def test_a_changed_number_is_seen_wherever_it_stands(fifty: list[Reviewed]) -> None:
    chance, missed = random.Random(3), []
    for one in fifty[::7]:
        text, journal = one.review.read_text(), read(one.journal)
        for spot in chance.sample(list(re.finditer(r"\d+", text)), 25):
            more = str(int(spot.group()) + 1).zfill(len(spot.group()))
            changed = text[: spot.start()] + more + text[spot.end() :]
            if not Page(journal).check(changed).problems:
                missed.append(changed[max(0, spot.start() - 60) : spot.end() + 60])
    assert missed == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Impact", "The database was restarted at noon.\n\n## Impact"),
        ("## Impact", "- The database was restarted. [E1]\n\n## Impact"),
        ("## Impact", "- The database was restarted. (assumption)\n\n## Impact"),
        ("## Impact", "- **Requests lost**: 4711\n\n## Impact"),
        (re.compile(r"^1\. .*\n", re.MULTILINE), ""),
        (re.compile(r"^\|.*status RESOLVED.*\n", re.MULTILINE), ""),
        (re.compile(r"^- \*\*Failed transactions\*\*: How.*\n", re.MULTILINE), ""),
        (re.compile(r" \[E\d+\]"), ""),
    ],
)
def test_what_is_invented_or_left_out_is_seen(
    fifty: list[Reviewed], old: str | re.Pattern[str], new: str
) -> None:
    one = next(one for one in fifty if one.war.state.resolution == "RESOLVED")
    text = one.review.read_text()
    changed = old.sub(new, text, count=1) if isinstance(old, re.Pattern) else text.replace(old, new)
    assert changed != text
    assert Page(read(one.journal)).check(changed).problems


def test_a_changed_journal_is_seen_too(fifty: list[Reviewed], tmp_path: Path) -> None:
    one = next(one for one in fifty if one.war.state.resolution == "RESOLVED")
    lines = one.journal.read_text().splitlines(keepends=True)
    for number, line in enumerate(lines):
        if '"type":"resolution.decided"' in line:
            lines[number] = re.sub(r'"restored_at":(\d+)', r'"restored_at":1\1', line)
    (tmp_path / "journal.jsonl").write_text("".join(lines))
    assert recount(tmp_path / "journal.jsonl", one.review).problems


def test_the_script_shares_no_code_with_what_it_checks() -> None:
    names = {
        name
        for path in SCRIPT.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    ours = {name for name in names if not name.startswith("benchmarks.recount")}
    assert {name.partition(".")[0] for name in ours - {"benchmarks.recount"}} <= {
        *sys.stdlib_module_names
    }


def test_the_script_runs_by_itself_and_says_what_it_counted(fifty: list[Reviewed]) -> None:
    folders = [str(one.journal.parent) for one in fifty[:3]]
    command = [sys.executable, "-m", "benchmarks.recount", *folders]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.startswith("3 reviews, ")
    assert ran.stdout.endswith("; 0 differences\n")
    assert main(["/nowhere"]) == 2


def test_three_things_went_well_or_people_are_asked(fifty: list[Reviewed]) -> None:
    for one in fifty:
        report = one.war.state.report("review/pir") or {}
        text = one.review.read_text()
        for part, label in (
            ("went_well", "What else went well"),
            ("could_improve", "What else could improve"),
        ):
            enough = len(report.get(part, ())) >= 3
            assert enough or re.search(rf"\*\*{label}\*\*", text, re.IGNORECASE), one.review


def test_a_change_that_failed_stays_in_the_review_as_such(fifty: list[Reviewed]) -> None:
    failed = [one for one in fifty if "| failed, exit " in one.review.read_text()]
    assert failed
    for one in failed:
        assert "### Changes in production" in one.review.read_text()


def test_an_incident_taken_up_again_is_not_well(fifty: list[Reviewed]) -> None:
    one = next(one for one in fifty if one.war.state.reopened)
    cut = next(n for n, e in enumerate(one.war.journal, start=1) if e.id.endswith("reopen")) + 1
    events = one.war.journal[:cut]
    state = fold_all(State(), events)
    if state.status == "REOPENED":
        assert "| Service restored | UNKNOWN |" in render(PIR, state, events)
