"""The deploy script of a drill: one line in its log for each change, and none for anything else."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.clock import FakeClock, parse_iso
from orchestrator.drills import DrillHome, create
from tests.unit.drill_manager import Manager, deploy, logged, managed


@pytest.fixture
def home(tmp_path: Path) -> DrillHome:
    return create("leak", 6, tmp_path, FakeClock())


@pytest.fixture
def manager(home: DrillHome) -> Iterator[Manager]:
    with managed(home) as running:
        yield running


@pytest.fixture
def stable(home: DrillHome) -> str:
    return str(home.truth()["stable"])


@pytest.fixture
def bad(home: DrillHome) -> str:
    return str(home.truth()["release"])


def test_it_exports_restarts_and_logs(home: DrillHome, manager: Manager, stable: str) -> None:
    done = deploy(home, stable)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{home.service} now at {stable} (was not deployed)\n"
    assert manager.restarts == 1
    assert deploy(home, "--current").stdout == f"{stable}\n"
    (entry,) = logged(home)
    assert parse_iso(entry.pop("at")) > 0
    assert entry.pop("by")
    assert entry == {
        "service": home.service,
        "version": stable,
        "previous": None,
        "kind": "deploy",
        "ok": True,
    }


def test_a_release_holds_the_files_of_its_commit(
    home: DrillHome, manager: Manager, stable: str
) -> None:
    deploy(home, stable)
    release = home.project / "releases" / home.service / "current"
    package = home.service.replace("-", "_")
    assert (release / package / "server.py").is_file()
    assert not (release / ".git").exists()


def test_a_rollback_is_logged_as_one(
    home: DrillHome, manager: Manager, stable: str, bad: str
) -> None:
    deploy(home, stable)
    deploy(home, bad)
    done = deploy(home, stable[:9], "--rollback")
    assert done.stdout == f"{home.service} rolled back to {stable} (was {bad})\n"
    assert [entry["kind"] for entry in logged(home)] == ["deploy", "deploy", "rollback"]
    assert logged(home)[-1]["previous"] == bad


def test_what_runs_already_is_not_deployed_again(
    home: DrillHome, manager: Manager, stable: str
) -> None:
    deploy(home, stable)
    done = deploy(home, stable, "--rollback")
    assert done.returncode == 0
    assert done.stdout == f"{home.service} is already at {stable}\n"
    assert len(logged(home)) == 1
    assert manager.restarts == 1


def test_a_dry_run_lists_the_commits_and_changes_nothing(
    home: DrillHome, manager: Manager, stable: str, bad: str
) -> None:
    deploy(home, bad)
    done = deploy(home, stable, "--dry-run")
    first, *commits = done.stdout.splitlines()
    assert first == f"would replace {bad[:12]} of {home.service} by {stable[:12]}"
    assert len(commits) == len(home.truth()["commits"])
    assert all(line.startswith("  - ") for line in commits)
    assert deploy(home, "--current").stdout == f"{bad}\n"
    assert len(logged(home)) == manager.restarts == 1


def test_a_version_that_does_not_become_healthy_is_taken_back(
    home: DrillHome, manager: Manager, stable: str, bad: str
) -> None:
    deploy(home, stable)
    manager.sick.add(bad)
    _hurry(home)
    done = deploy(home, bad)
    assert done.returncode == 1
    assert done.stderr == (
        f"deploy: {bad[:12]} of {home.service} did not become healthy; {stable[:12]} runs again\n"
    )
    assert deploy(home, "--current").stdout == f"{stable}\n"
    assert [entry["ok"] for entry in logged(home)] == [True, False]
    assert deploy(home, stable).stdout == f"{home.service} is already at {stable}\n"


def test_an_interrupted_deploy_is_finished_and_logged_once(
    home: DrillHome, manager: Manager, stable: str, bad: str
) -> None:
    deploy(home, stable)
    deploy(home, bad)
    link = home.project / "releases" / home.service / "current"
    link.unlink()
    link.symlink_to(stable)
    assert deploy(home, stable, "--rollback").returncode == 0
    assert [entry["kind"] for entry in logged(home)] == ["deploy", "deploy", "rollback"]
    assert manager.restarts == 3
    deploy(home, stable, "--rollback")
    assert len(logged(home)) == 3


def test_two_deploys_do_not_run_at_once(home: DrillHome, manager: Manager, stable: str) -> None:
    with (home.project / "var" / "run" / "deploy.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = deploy(home, stable)
    assert done.returncode == 1
    assert done.stderr == "deploy: another deploy is running; wait until it has ended\n"
    assert logged(home) == []


def test_without_a_manager_nothing_is_changed(home: DrillHome, stable: str) -> None:
    done = deploy(home, stable)
    assert done.returncode == 1
    assert done.stderr == "deploy: no service manager answers at var/run/manager.sock\n"
    assert deploy(home, "--current").returncode == 1
    assert logged(home) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("0123abc",), "deploy: the repository has no version '0123abc'"),
        ((), "deploy: which version? give a commit, or --current"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    home: DrillHome, arguments: tuple[str, ...], said: str
) -> None:
    done = deploy(home, *arguments)
    assert (done.returncode, done.stderr) == (2, f"{said}\n")


def _hurry(home: DrillHome) -> None:
    """Let the script give up on a sick version sooner than a person would."""
    script = home.project / "lib" / "tools" / "asking.py"
    text = script.read_text("utf-8")
    assert "HEALTHY_WITHIN = 20.0" in text
    script.write_text(text.replace("HEALTHY_WITHIN = 20.0", "HEALTHY_WITHIN = 0.5"), "utf-8")
