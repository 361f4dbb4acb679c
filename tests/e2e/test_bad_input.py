"""Everything a user can get wrong: one clear line, an exit code, and nothing lost."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.runners import end, running, tell, until, warroom
from tests.unit.rooms import shop

DONE, NOT_RESOLVED, WRONG_USE, BROKEN_INPUT, NEEDS_HUMAN = 0, 1, 2, 3, 4


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = warroom("respond", "--title", "x", "--project", str(tmp_path / "nowhere"))
    assert (done.code, "no such folder" in done.line) == (WRONG_USE, True)


def test_a_malformed_settings_file_names_line_and_key(tmp_path: Path) -> None:
    project, _ = shop(tmp_path)
    text = project.settings.read_text()
    project.settings.write_text(
        text.replace('name = "orders"', 'name = "orders"\nmetrics = "ftp://x"')
    )
    done = warroom("respond", "--title", "x", "--project", str(tmp_path))
    assert done.code == BROKEN_INPUT
    assert "warroom.toml line 8" in done.line
    assert "metrics" in done.line


def test_a_settings_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "warroom.toml").write_text('[project]\nname = "shop\n')
    done = warroom("runner", "--project", str(tmp_path))
    assert (done.code, "warroom.toml line 2" in done.line) == (BROKEN_INPUT, True)


def test_an_unknown_severity(tmp_path: Path) -> None:
    done = warroom("respond", "INC-1", "P7", "--title", "x", "--project", str(tmp_path))
    assert (done.code, "severity 'P7' is unknown" in done.line) == (WRONG_USE, True)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "alert line 1"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[]", "must be a JSON object"),
        (b'{"version": "4", "groupKey": "g", "alerts": []}', "alerts"),
        (b'{"version": "3", "groupKey": "g", "alerts": [{}]}', "version"),
    ],
)
def test_an_alert_that_cannot_be_read(tmp_path: Path, body: bytes, says: str) -> None:
    done = warroom("respond", "--alert", "-", "--project", str(tmp_path), given=body)
    assert (done.code, says in done.line) == (BROKEN_INPUT, True), done.err


def test_an_alert_file_that_is_not_there(tmp_path: Path) -> None:
    done = warroom("respond", "--alert", str(tmp_path / "a.json"), "--project", str(tmp_path))
    assert (done.code, "No such file" in done.line) == (BROKEN_INPUT, True)


def test_nothing_said_about_what_is_wrong(tmp_path: Path) -> None:
    done = warroom("respond", "--project", str(tmp_path))
    assert (done.code, "say what is wrong" in done.line) == (WRONG_USE, True)


def test_a_verb_that_does_not_exist() -> None:
    done = warroom("frobnicate")
    assert done.code == WRONG_USE
    assert "there is no verb 'frobnicate'" in done.err


def test_an_incident_that_does_not_exist(tmp_path: Path) -> None:
    done = warroom("ack", "INC-9", "--project", str(tmp_path))
    assert (done.code, "no incident 'INC-9'" in done.line) == (WRONG_USE, True)


@pytest.mark.slow
def test_words_become_an_incident_and_without_a_screen_it_says_what_it_needs(
    tmp_path: Path,
) -> None:
    with running(tmp_path):
        done = warroom(
            "respond", "INC-7", "SEV2", "--title", "orders fail", "--headless", "--json",
            "--project", str(tmp_path),
        )  # fmt: skip
        assert done.code == NEEDS_HUMAN
        assert json.loads(done.out)["waits_for"].startswith("No change in the catalogue fits")
        assert "severity   P1 (pending triage)" in done.err
        again = warroom("respond", "INC-7", "--title", "more", "--project", str(tmp_path))
        assert (again.code, "INC-7 exists already" in again.line) == (WRONG_USE, True)
        listed = json.loads(warroom("status", "--json", "--project", str(tmp_path)).out)
        assert [item["incident"] for item in listed["incidents"]] == ["INC-7"]
        assert listed["runner"] == "running"


@pytest.mark.slow
def test_a_runner_that_is_down_is_said_with_the_way_to_start_it(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        tell(project, "open", incident="INC-1", report={"title": "orders fail"})
        until(project, "INC-1", lambda state: bool(state.triaged_at))
        end(project, 15)
        done = warroom("note", "INC-1", "hello", "--project", str(tmp_path))
        assert (done.code, "warroom runner --project" in done.line) == (NOT_RESOLVED, True)


@pytest.mark.slow
def test_an_altered_journal_is_left_alone_and_everyone_is_told_which_line(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        tell(project, "open", incident="INC-1", report={"title": "orders fail"})
        until(project, "INC-1", lambda state: bool(state.triaged_at))
        end(project, 15)
        journal = project.incident("INC-1").journal
        lines = journal.read_text().splitlines()
        lines[2] = lines[2].replace('"seq":3', '"seq":"three"')[:-3]
        journal.write_text("\n".join(lines) + "\n")
        verified = warroom("verify", "INC-1", "--project", str(tmp_path))
        assert verified.code == BROKEN_INPUT
        assert "line 3" in verified.out
        status = warroom("status", "--project", str(tmp_path))
        assert (status.code, "line 3 is broken" in status.line) == (BROKEN_INPUT, True)
        from orchestrator.cli.runner_up import ensure_runner

        ensure_runner(project)
        assert "line 3 is broken" in tell(project, "ack", incident="INC-1").why


@pytest.mark.slow
def test_without_a_screen_nobody_waits_for_a_runner_that_died(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        # an alert of 1.2 MB with a secret in it, on the way in
        alert = {
            "status": "firing",
            "labels": {"alertname": "A", "service": "orders"},
            "annotations": {"summary": "password=hunter2hunter2", "more": "z" * 1_200_000},
            "startsAt": "2026-01-01T00:00:00Z",
        }
        body = json.dumps({"version": "4", "groupKey": "g", "alerts": [alert]}).encode()
        words = [sys.executable, "-m", "tui", "respond", "INC-8", "--headless", "--alert", "-"]
        words += ["--project", str(tmp_path)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as following:
            assert following.stdin is not None
            assert following.stderr is not None
            following.stdin.write(body)
            following.stdin.close()
            following.stderr.readline()
            end(project, signal.SIGKILL)
            last = following.stderr.read().decode().strip().splitlines()[-1]
            assert following.wait(30) == NOT_RESOLVED
        assert "its runner is down; go on: warroom runner --project" in last
        assert b"hunter2" not in project.incident("INC-8").journal.read_bytes()
