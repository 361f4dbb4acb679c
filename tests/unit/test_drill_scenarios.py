"""Each scenario's truth fits what its repositories, its settings and its plan really hold."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from orchestrator.clock import FakeClock
from orchestrator.drills import DrillHome, clients, create
from orchestrator.drills.edge_plan import FILE, NAME
from orchestrator.drills.edit import Tree, apply
from orchestrator.drills.faults import FAULTS
from orchestrator.drills.plan import Plan, make_plan
from orchestrator.drills.scenarios import SCENARIOS
from orchestrator.drills.slow import SLOW
from orchestrator.project import Project
from orchestrator.settings import load
from tests.unit.drill_code import running

Homes = Callable[[str], DrillHome]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """One home a scenario, made when it is asked for."""
    root = tmp_path_factory.mktemp("drills")
    made: dict[str, DrillHome] = {}

    def home(name: str) -> DrillHome:
        if name not in made:
            made[name] = create(name, 5, root, FakeClock())
        return made[name]

    return home


def _shown(home: DrillHome, repo: str, sha: str) -> str:
    asked = subprocess.run(
        ["git", "-C", str(home.project / repo), "show", "--format=%s", sha],
        capture_output=True,
        text=True,
        check=True,
    )
    return asked.stdout


def _release(plan: Plan) -> Tree:
    tree = dict(plan.base)
    for commit in plan.commits:
        tree = apply(tree, commit.change)
    return tree


def test_every_scenario_has_something_that_happens() -> None:
    assert set(FAULTS) == set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_right_changes_stand_in_the_catalogue_and_are_not_wrong_at_once(
    name: str, homes: Homes
) -> None:
    truth = homes(name).truth()
    settings = load(Project(homes(name).project))
    kinds = set()
    for action in truth["right_actions"]:
        found = settings.action(action)
        assert found is not None
        kinds.add(found.kind)
    assert kinds == set(truth["right_kinds"]) - {"none", "hotfix"}
    assert not set(truth["right_kinds"]) & set(truth["wrong_kinds"])
    assert truth["verdict_class"] in ("regression", "not-regression")
    assert (truth["verdict_class"] == "regression") == (truth["culprit"] != "none")
    assert ("rollback" in truth["wrong_kinds"]) == ("rollback" not in truth["right_kinds"])
    assert truth["cause_kind"] not in truth["ruled_out"]
    assert truth["alerting"] in truth["parts"].values()


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_action_can_be_run_from_the_project(name: str, homes: Homes) -> None:
    home = homes(name)
    settings = load(Project(home.project))
    for action in settings.actions:
        assert action.service in [service.name for service in settings.services]
        for argv in (action.argv, action.dry_run, action.pre_state):
            assert (home.project / argv[0]).stat().st_mode & 0o700 == 0o700


def test_nothing_but_names_ports_and_commits_differs_between_drills(homes: Homes) -> None:
    def words(name: str) -> Any:
        home = homes(name)
        settings = load(Project(home.project))
        listed = [str(p.relative_to(home.project)) for p in home.project.glob("bin/*")]
        return sorted(listed), [len(settings.services), [a.kind for a in settings.actions]]

    assert all(words(name) == words("leak") for name in SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_file_of_the_project_says_which_scenario_it_is(name: str, homes: Homes) -> None:
    home = homes(name)
    told = home.truth()
    for path in home.project.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            text = path.read_text("utf-8")
            assert f'"{name}"' not in text
            assert not any(sha in text for sha in told["culprits"])


def test_a_slow_query_is_two_commits_and_the_one_that_asks_comes_first(homes: Homes) -> None:
    truth = homes("slow-query").truth()
    asks, cuts = (_shown(homes("slow-query"), "repo", sha) for sha in truth["culprits"])
    assert truth["path"] in asks
    assert "+POOL_SIZE = " in cuts


@pytest.mark.parametrize("shape", [slow.shape for slow in SLOW])
def test_a_slow_release_answers_as_before_and_asks_many_times(
    shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUND_TRIP", "0")
    plans = (make_plan("slow-query", seed) for seed in range(50))
    plan = next(plan for plan in plans if plan.slow is not None and plan.slow.shape == shape)
    assert plan.culprit is not None
    asked: list[str] = []
    with running(plan, _release(plan), tmp_path) as code:
        code.send(plan.trigger, plan.culprit, Random(1))
        for conn in code.pool._opened:
            conn.set_trace_callback(asked.append)
        assert code.send(plan.trigger, plan.culprit, Random(1)) == 200
        assert len(asked) >= 25
        asked.clear()
        assert code.send("show", plan.culprit, Random(1)) == 200
        assert len(asked) <= 3
        assert code.pool.in_use == 0


def test_a_configuration_that_cuts_the_timeout_is_the_culprit_at_the_edge(homes: Homes) -> None:
    home = homes("edge-config")
    truth = home.truth()
    diff = _shown(home, "config", truth["culprit"])
    assert "-proxy_read_timeout = 5.0" in diff
    assert truth["alerting"] == NAME
    assert truth["shape"] == "none"


@pytest.mark.parametrize("seed", range(12))
def test_the_cut_timeout_lets_one_statement_through_and_not_two(seed: int) -> None:
    plan = make_plan("edge-config", seed)
    tree = plan.edge.stages[-1]
    for commit in plan.edge.commits:
        tree = apply(tree, commit.change)
    (line,) = [one for one in tree[FILE].splitlines() if one.startswith("proxy_read_timeout")]
    assert plan.round_trip * 1.2 < float(line.split(" = ")[1]) < plan.round_trip * 1.9


def test_a_schema_change_renames_a_column_that_the_release_before_needs(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUND_TRIP", "0")
    home = homes("schema-change")
    truth = home.truth()
    (renames,) = [c["sha"] for c in truth["commits"] if c["change"] == "rename-column"]
    assert "RENAME COLUMN" in _shown(home, "repo", renames)
    assert renames != truth["culprit"]
    plan = make_plan("schema-change", 5)
    others = [kept for kept in plan.words.resources if kept != plan.culprit]
    with running(plan, _release(plan), tmp_path) as code:
        assert {code.send("list", kept, Random(2)) for kept in others} == {200}
    renamed = next(kept for kept in others if kept.items in _shown(home, "repo", renames))
    with running(plan, plan.base, tmp_path) as code, pytest.raises(Exception, match="no such col"):
        code.send("list", renamed, Random(2))


def test_two_faults_are_a_commit_and_a_part_and_need_both_changes(homes: Homes) -> None:
    truth = homes("two-faults").truth()
    assert truth["cause"] == [truth["culprit"], truth["parts"]["dependency"]]
    assert truth["right_kinds"] == ["rollback", "restart"]
    assert truth["needs_all"] is True


def test_the_intruder_has_an_address_that_no_client_has() -> None:
    plan = make_plan("data-leaving", 2)
    everybody = clients.everybody(plan)
    known = {next(everybody) for _ in range(2000)}
    assert len(known) == clients.COUNT
    assert all(address.startswith("192.0.2.") for address in known)
    assert clients.intruder(plan).startswith(("198.51.100.", "203.0.113."))


def test_a_seed_chooses_how_long_it_stays_quiet_and_what_the_service_depends_on() -> None:
    plans = [make_plan("dependency-down", seed) for seed in range(20)]
    assert all(8 <= plan.calm <= 13 for plan in plans)
    assert len({plan.calm for plan in plans}) > 10
    assert len({plan.dependency for plan in plans}) >= 6
    assert make_plan("flapping", 3) == make_plan("flapping", 3)


def test_when_the_fault_began_joins_the_truth(tmp_path: Path) -> None:
    home = create("leak", 3, tmp_path, FakeClock())
    assert home.truth()["fault_at"] is None
    home.began(12.5)
    assert home.truth()["fault_at"] == 12.5
    assert home.truth_path.stat().st_mode & 0o077 == 0
