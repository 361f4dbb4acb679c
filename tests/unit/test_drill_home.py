"""A drill's folder: the project shows everything but the truth."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from orchestrator.clock import FakeClock
from orchestrator.drills import DrillError, DrillHome, clean, create, open_home, scenarios
from orchestrator.drills import homes as list_homes
from orchestrator.drills.home import homes_root
from orchestrator.model.policy import Policy
from orchestrator.project import Project
from orchestrator.settings import load, policy


def _log(home: DrillHome, form: str) -> list[str]:
    """The repository's log, newest first."""
    asked = subprocess.run(
        ["git", "-C", str(home.project / "repo"), "log", f"--format={form}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return asked.stdout.splitlines()


@pytest.fixture
def home(tmp_path: Path) -> DrillHome:
    return create("leak", 4, tmp_path, FakeClock())


def test_homes_are_numbered_and_their_names_give_no_scenario_away(tmp_path: Path) -> None:
    homes = [create("leak", 4, tmp_path, FakeClock()) for _ in range(2)]
    service = homes[0].service
    assert [home.path.name for home in homes] == [f"{service}-4-1", f"{service}-4-2"]


def test_the_same_seed_and_time_make_the_same_commits(tmp_path: Path) -> None:
    first, second = (create("leak", 4, tmp_path, FakeClock()) for _ in range(2))
    assert _log(first, "%H") == _log(second, "%H")


def test_the_repository_holds_the_release_on_top_of_the_stable_one(home: DrillHome) -> None:
    truth = home.truth()
    shas = _log(home, "%H")
    count = len(truth["commits"])
    assert shas[0] == truth["release"]
    assert shas[count] == truth["stable"]
    assert [c["sha"] for c in truth["commits"]] == shas[:count][::-1]
    assert truth["culprit"] in shas[:count]
    edge = [commit["sha"] for commit in truth["edge_commits"]]
    assert sorted([*truth["decoys"], truth["culprit"]]) == sorted(shas[:count] + edge)


def test_commits_are_dated_in_order_before_now_by_several_people(home: DrillHome) -> None:
    dates = [int(line) for line in _log(home, "%at")]
    assert dates == sorted(dates, reverse=True)
    assert dates[0] < FakeClock().now()
    assert len(set(_log(home, "%ae"))) >= 2


def test_the_working_tree_is_clean(home: DrillHome) -> None:
    status = subprocess.run(
        ["git", "-C", str(home.project / "repo"), "status", "--porcelain"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert status.stdout == ""


def test_nothing_in_the_project_says_which_commit_is_guilty(home: DrillHome) -> None:
    truth = home.truth()
    for path in home.project.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            text = path.read_text("utf-8")
            assert truth["culprit"] not in text
            assert truth["shape"] not in text
    assert not list(home.project.rglob("truth*"))


def test_the_settings_are_valid_and_speak_of_this_service(home: DrillHome) -> None:
    settings = load(Project(home.project))
    service = settings.service(home.service)
    action = settings.action("rollback")
    assert settings.drill
    assert service is not None
    assert service.metrics == f"http://127.0.0.1:{home.truth()['port']}/metrics"
    assert action is not None
    assert action.argv == ("bin/deploy", "{service}", "{version}", "--rollback")
    assert settings.people[0].uid == os.getuid()


def test_the_policy_shortens_the_windows_and_leaves_the_promises_alone(home: DrillHome) -> None:
    rules = policy(load(Project(home.project)), home.project)
    windows = rules.validation
    assert (windows.interval, windows.passes, windows.window, windows.patience) == (1, 5, 6, 60)
    assert (rules.likely_validation, rules.approval_expires) == (3, 900)
    assert rules.table == Policy().table


def test_folders_and_files_are_their_owners_alone(home: DrillHome) -> None:
    for path in (home.path, home.project, home.project / ".aiwg", home.project / "var" / "log"):
        assert path.stat().st_mode & 0o077 == 0
    for path in (home.truth_path, home.lab_path, home.project / "warroom.toml"):
        assert path.stat().st_mode & 0o077 == 0


def test_the_mark_names_the_drill(home: DrillHome) -> None:
    mark = json.loads((home.project / ".aiwg" / "drill.json").read_text("utf-8"))
    assert mark == {"drill": home.service, "seed": 4, "home": str(home.path)}


def test_a_control_has_no_culprit(tmp_path: Path) -> None:
    truth = create("traffic-spike", 4, tmp_path, FakeClock()).truth()
    assert truth["culprit"] == "none"
    assert len(truth["decoys"]) == len(truth["commits"]) + len(truth["edge_commits"])


def test_a_home_opens_again_from_its_path(home: DrillHome) -> None:
    assert open_home(home.path) == home


def test_a_folder_that_is_no_drill_is_named(tmp_path: Path) -> None:
    with pytest.raises(DrillError, match=r"is no drill: it has no readable truth\.json"):
        open_home(tmp_path)


def test_a_root_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(DrillError, match=r"cannot make a drill in .*file: (Not a|File)"):
        create("leak", 1, tmp_path / "file", FakeClock())


def test_before_it_is_started_there_is_no_alert_and_nothing_runs(home: DrillHome) -> None:
    assert home.alert() is None
    assert not home.running
    home.stop()


def test_the_lab_tells_only_what_is_new_and_whole(home: DrillHome) -> None:
    said = home.lab()
    home.say(5.0, "one")
    home.say(6.0, "two")
    with home.lab_path.open("a") as file:
        file.write('{"t": 7, "te')
    assert home.lab(len(said)) == [(5.0, "one"), (6.0, "two")]


def test_clean_removes_drills_and_nothing_else(tmp_path: Path) -> None:
    homes = sorted(create("leak", seed, tmp_path, FakeClock()).path for seed in (1, 2))
    (tmp_path / "mine").mkdir()
    assert [home.path for home in list_homes(tmp_path)] == homes
    assert clean(tmp_path) == homes
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert clean(tmp_path / "nowhere") == []


def test_drills_lie_in_the_state_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert homes_root() == tmp_path / "warroom" / "drills"


def test_a_missing_git_is_said_in_one_line_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(DrillError, match="a drill needs git"):
        create("leak", 1, tmp_path / "root", FakeClock())
    assert list((tmp_path / "root").iterdir()) == []


def test_every_scenario_has_a_line_about_it() -> None:
    assert len(scenarios()) == 11
    assert all(scenarios().values())
