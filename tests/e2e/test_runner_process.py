"""The runner as a process: killed, ended, doubled, robbed of its engine; the incident goes on."""

import json
import os
import signal
import stat
from pathlib import Path

import pytest

from orchestrator.cli.runner_up import ensure_runner
from orchestrator.client import heartbeat
from orchestrator.journal.verify import verify
from orchestrator.model.events import RunnerStarted
from orchestrator.model.state import State
from tests.e2e.runners import end, running, tell, until, warroom

REPORT = {"title": "orders fail", "service": "orders", "reporter": "user", "method": "user-report"}


def triaged(state: State) -> bool:
    return bool(state.triaged_at)


@pytest.mark.slow
def test_a_killed_runner_leaves_nothing_behind_that_the_next_one_cannot_take_up(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as project:
        assert tell(project, "open", incident="INC-1", report=REPORT).accepted
        assert tell(project, "ack", incident="INC-1").accepted
        end(project, signal.SIGKILL)
        ensure_runner(project)
        state = until(project, "INC-1", triaged)
        assert state.acknowledged_at
        assert (
            "mitigation" in until(project, "INC-1", lambda s: "mitigation" in s.questions).questions
        )
        end(project, signal.SIGTERM)
        report = verify(project.incident("INC-1"), project.heads / "INC-1.json")
        assert report.ok, report.findings


@pytest.mark.slow
def test_an_incident_whose_engine_database_is_gone_or_broken_goes_on_from_its_journal(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as project:
        tell(project, "open", incident="INC-1", report=REPORT)
        end(project, signal.SIGKILL)
        for part in project.home.glob("engine.sqlite*"):
            part.unlink()
        ensure_runner(project)
        until(project, "INC-1", triaged)
        end(project, signal.SIGKILL)
        for part in project.home.glob("engine.sqlite-*"):
            part.unlink()
        project.engine.write_bytes(b"this was never a database" * 100)
        ensure_runner(project)
        assert tell(project, "note", incident="INC-1", text="still here").accepted
        assert list(project.home.glob("engine.broken-1"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_runner_cleanly_and_it_says_where_each_journal_ends(
    tmp_path: Path, number: int
) -> None:
    with running(tmp_path) as project:
        tell(project, "open", incident="INC-1", report=REPORT)
        until(project, "INC-1", triaged)
        end(project, number)
        head = json.loads((project.heads / "INC-1.json").read_text())["hash"]
        assert f"INC-1 head {head}" in project.runner_log.read_text()
        assert "Traceback" not in project.runner_log.read_text()
        assert not project.runner.exists()


@pytest.mark.slow
def test_the_next_runner_says_how_long_nobody_looked(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        tell(project, "open", incident="INC-1", report=REPORT)
        until(project, "INC-1", triaged)
        end(project, signal.SIGKILL)
        ensure_runner(project)
        until(project, "INC-1", lambda s: any(i.startswith("runner/started") for i in s.ids))
        assert RunnerStarted.type in project.incident("INC-1").journal.read_text()


@pytest.mark.slow
def test_one_project_has_one_runner(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        second = warroom("runner", "--project", str(project.root))
        assert second.code == 2
        assert "one runner serves a project" in second.line


@pytest.mark.slow
def test_only_the_owner_can_speak_to_the_runner(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        assert stat.S_IMODE(os.stat(project.socket).st_mode) == 0o600
        assert heartbeat(project.runner) is not None


@pytest.mark.slow
def test_commands_are_guarded_at_the_door(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        tell(project, "open", incident="INC-1", report=REPORT)
        assert "exists already" in tell(project, "open", incident="INC-1", report=REPORT).why
        assert "there is no incident" in tell(project, "ack", incident="INC-9").why
        assert "cmd" in tell(project, "reboot", incident="INC-1").why
        assert "extra" in tell(project, "ack", incident="INC-1", shell="rm").why.lower()
        pilot = tell(project, "ack", incident="INC-1", **{"as": "drill-autopilot"})
        assert "drills only" in pilot.why
        bad = tell(project, "open", report={**REPORT, "severity": "P9"})
        assert "severity 'P9' is unknown" in bad.why


@pytest.mark.slow
def test_the_same_alert_again_is_noted_on_the_incident_it_repeats(tmp_path: Path) -> None:
    with running(tmp_path) as project:
        alert = {**REPORT, "alert": {"alerts": []}, "key": "group-1"}
        first = tell(project, "open", report=alert)
        again = tell(project, "open", report=alert)
        assert again.data == {"incident": first.data["incident"], "repeated": True}
        other = tell(project, "open", report={**alert, "key": "group-2"})
        assert other.data["incident"] != first.data["incident"]
