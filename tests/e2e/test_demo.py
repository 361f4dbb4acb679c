"""The main job, for real: a service breaks, the war room responds, the review is written."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.documents.catalogue import catalogue
from orchestrator.drills import homes
from orchestrator.journal.read import load_state
from orchestrator.model.fold import state_hash
from orchestrator.project import IncidentFolder
from tests.e2e.runners import warroom
from tui.replay import load

SEED = 11


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str]:
    """One headless demo: the drills' root, the object it ended with, what it said meanwhile."""
    root = tmp_path_factory.mktemp("drills")
    command = [sys.executable, "-m", "tui", "demo", "--headless", "--autopilot", "--json"]
    done = subprocess.run(
        [*command, "--seed", str(SEED), "--root", str(root)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return root, json.loads(done.stdout), done.stderr


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_incident_is_resolved_and_the_leaking_commit_is_named(
    drilled: tuple[Path, dict[str, Any], str],
) -> None:
    root, ended, said = drilled
    home = homes(root)[0]
    assert (ended["resolution"], ended["status"], ended["severity"]) == ("RESOLVED", "CLOSED", "P0")
    assert ended["culprit_change"] == home.truth()["culprit"]
    assert ended["root_cause"]["verdict"] == "CONFIRMED"
    assert ended["impact_started_at"] < ended["detected_at"] < ended["resolved_at"]
    state, _ = load_state(Path(ended["dir"]) / "journal.jsonl")
    assert set(ended["artifacts"]) >= {document.path for document in catalogue(state)}
    assert "missing" not in ended["artifacts"].values()
    assert "FAIL" not in ended["gates"].values()
    assert "Traceback" not in said


@pytest.mark.slow
def test_the_deploy_script_itself_saw_exactly_one_rollback(
    drilled: tuple[Path, dict[str, Any], str],
) -> None:
    log = homes(drilled[0])[0].project / "var" / "deploys.jsonl"
    kinds = [json.loads(line)["kind"] for line in log.read_text().splitlines()]
    assert kinds == ["deploy", "deploy", "rollback"]


@pytest.mark.slow
def test_nothing_of_the_drill_runs_on(drilled: tuple[Path, dict[str, Any], str]) -> None:
    home = homes(drilled[0])[0]
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(home.path) not in listed.stdout
    assert not home.running


@pytest.mark.slow
def test_it_verifies_and_replays_to_the_states_it_journalled(
    drilled: tuple[Path, dict[str, Any], str],
) -> None:
    folder = Path(drilled[1]["dir"])
    verified = warroom("verify", str(folder), "--json")
    assert verified.code == 0, verified.out
    assert json.loads(verified.out)["head_hash"] == drilled[1]["head_hash"]
    player = load(IncidentFolder(folder))
    player.seek_fraction(1.0)
    assert state_hash(player.state) == state_hash(load_state(folder / "journal.jsonl")[0])


@pytest.mark.slow
def test_an_altered_byte_and_a_cut_tail_are_named(
    drilled: tuple[Path, dict[str, Any], str], tmp_path: Path
) -> None:
    copy = tmp_path / "project"
    shutil.copytree(homes(drilled[0])[0].project, copy, symlinks=True, ignore=_sockets)
    incident = str(drilled[1]["incident"])
    journal = copy / ".aiwg" / "incidents" / incident / "journal.jsonl"
    whole = journal.read_text()
    journal.write_text(whole.replace("status.changed", "status.chanted", 1))
    altered = warroom("verify", incident, "--project", str(copy))
    assert altered.code == 3
    number = next(n for n, line in enumerate(whole.splitlines(), 1) if "status.changed" in line)
    assert f"line {number}" in altered.out
    journal.write_text("".join(line + "\n" for line in whole.splitlines()[:-3]))
    cut = warroom("verify", incident, "--project", str(copy))
    assert cut.code == 3
    assert "3 events are missing" in cut.out


def _sockets(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if (Path(folder) / name).is_socket()}
