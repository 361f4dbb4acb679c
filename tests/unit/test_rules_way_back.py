"""The ways back: what dependents, callers, later commits and earlier deploys say of them."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules.reverting import attempt
from orchestrator.clock import iso
from orchestrator.evidence.sources.git import Repository
from orchestrator.settings import Settings
from tests.unit.fake_bench import FakeBench
from tests.unit.long_history import fingerprint
from tests.unit.small_shop import BASKETS, DEPLOYED, SETTINGS, T0, Shop, commit, git, open_shop
from tests.unit.test_rules_shop import bench_of, cited_lines, perform
from tests.unit.turned_shop import settings

WEB = """\
[[services]]
name = "web"
repo = "web"
deploy_log = "var/web.jsonl"
dependencies = ["shop"]
"""
EDGE = """\
[[services]]
name = "shop"
repo = "repo"
deploy_log = "var/deploys.jsonl"
logs = ["var/log/*.log"]
metrics = "http://127.0.0.1:9/metrics"
[[actions]]
id = "configure"
kind = "configuration"
service = "shop"
title = "put configuration {version} of {service} live"
argv = ["bin/configure", "{version}"]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


def with_web(shop: Shop, at: float, code: str = "shop_client.total()\n") -> Shop:
    """Another service here that needs the shop, and when it went live last."""
    web = shop.root / "web"
    web.mkdir()
    git(web, "init", "-q", "-b", "main")
    sha = commit(web, "call the shop", {"client.py": code})
    line = {"at": iso(at), "service": "web", "version": sha, "previous": "", "by": "ci"}
    (shop.root / "var/web.jsonl").write_text(json.dumps(line) + "\n")
    text = SETTINGS.replace("[[actions]]", WEB + "[[actions]]", 1)
    return dataclasses.replace(shop, settings=settings(shop.root, text))


def assessed(shop: Shop) -> tuple[dict[str, Any], FakeBench]:
    bench = bench_of(shop)
    perform(bench, "regression/verdict")
    report = perform(bench, "regression/feasibility")
    cited_lines(bench, report)
    return report, bench


def option(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(dict(one) for one in report["options"] if one["name"] == name)


def redeploy(shop: Shop, files: dict[str, str]) -> Shop:
    """A further commit goes live in the place of the bad version."""
    bad = commit(shop.root / "repo", "more", files)
    log = shop.root / "var/deploys.jsonl"
    log.write_text(log.read_text().replace(shop.bad, bad))
    return dataclasses.replace(shop, bad=bad)


def test_going_back_is_safe_and_names_the_action_that_does_it(shop: Shop) -> None:
    report, _ = assessed(shop)
    assert option(report, "rollback")["feasibility"] == "SAFE"
    assert report["way"] == {
        "option": "rollback",
        "kind": "rollback",
        "action": "back",
        "params": {"version": shop.good},
    }


def test_a_dependent_that_went_live_since_makes_it_risky_and_is_cited(shop: Shop) -> None:
    report, bench = assessed(with_web(shop, DEPLOYED + 5))
    found = option(report, "rollback")
    assert found["feasibility"] == "RISKY"
    assert found["why"]["text"].startswith("A dependent was updated since: web ")
    assert '"web"' in bench.ledger.resolve(bench.state, found["why"]["evidence"][0])
    assert report["way"]["action"] == "back", "a person may still choose it"


def test_a_dependent_that_was_live_before_does_not(shop: Shop) -> None:
    report, _ = assessed(with_web(shop, T0 - 60))
    assert option(report, "rollback")["feasibility"] == "SAFE"
    assert "needed by web" in report["blast_why"]["text"]
    assert report["blast_radius"] == "MEDIUM"


def test_a_dependent_that_calls_what_only_the_new_version_answers_makes_it_risky(
    shop: Shop,
) -> None:
    route = '\n\n@app.get("/v2/total")\ndef quick():\n    return 0\n'
    shop = redeploy(shop, {"routes.py": route})
    report, bench = assessed(with_web(shop, T0 - 60, 'http.get("/v2/total")\n'))
    found = option(report, "rollback")
    assert found["feasibility"] == "RISKY"
    assert "web calls /v2/total (client.py:1)" in found["why"]["text"].lower()
    assert bench.ledger.resolve(bench.state, found["why"]["evidence"][0]) == "client.py:1"


def test_a_clean_revert_is_risky_for_it_needs_a_release(shop: Shop) -> None:
    report, _ = assessed(shop)
    found = option(report, "revert")
    assert found["feasibility"] == "RISKY"
    assert "reverts cleanly" in found["why"]["text"]


def test_a_revert_is_blocked_where_later_commits_change_the_same_lines(shop: Shop) -> None:
    leaking = (shop.root / "repo/baskets.py").read_text()
    later = leaking.replace("cost = sum(", "price = sum(").replace("return cost", "return price")
    assert later != leaking
    report, bench = assessed(redeploy(shop, {"baskets.py": later}))
    found = option(report, "revert")
    assert found["feasibility"] == "BLOCKED"
    assert "later commits change the same lines (baskets.py)" in found["why"]["text"]
    assert "in conflict" in bench.ledger.resolve(bench.state, found["why"]["evidence"][0])


def test_a_revert_is_tried_in_a_clone_and_nothing_of_the_repository_changes(shop: Shop) -> None:
    repo = shop.root / "repo"
    (repo / "baskets.py").write_text("half a thought\n")
    before = fingerprint(repo)
    tried = asyncio.run(attempt(Repository(repo), shop.culprit, shop.bad))
    assert tried.conflicts == ()
    assert "reverts cleanly" in tried.said
    assert fingerprint(repo) == before


def test_a_merge_is_reverted_against_its_first_parent(shop: Shop) -> None:
    repo = shop.root / "repo"
    git(repo, "checkout", "-q", "-b", "side", shop.good)
    commit(repo, "beside", {"beside.py": "x = 1\n"})
    git(repo, "checkout", "-q", "main")
    git(repo, "merge", "-q", "--no-ff", "-m", "merge beside", "side")
    merged = git(repo, "rev-parse", "HEAD")
    assert asyncio.run(attempt(Repository(repo), merged, merged)).conflicts == ()


def test_a_suspect_that_alters_stored_data_is_not_undone_by_a_revert(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    repo = tmp_path / "repo"
    git(repo, "reset", "-q", "--hard", shop.good)
    leaking = BASKETS.replace("    finally:\n        depot.bring_back(link)\n", "    finally:\n"
                              "        pass\n", 1)  # fmt: skip
    gone = {"baskets.py": leaking, "migrations/2.sql": "ALTER TABLE rows DROP COLUMN price;\n"}
    bad = commit(repo, "drop the price", gone)
    log = tmp_path / "var/deploys.jsonl"
    log.write_text(log.read_text().replace(shop.bad, bad))
    report, _ = assessed(shop)
    assert option(report, "rollback")["feasibility"] == "BLOCKED"
    found = option(report, "revert")
    assert found["feasibility"] == "BLOCKED"
    assert "stored data is changed beyond return" in found["why"]["text"]


def test_how_long_it_takes_is_computed_from_earlier_rollbacks_and_cited(shop: Shop) -> None:
    earlier = [
        {"at": iso(T0 - 9000), "service": "shop", "version": "a1", "seconds": 900},
        {"at": iso(T0 - 8900), "service": "shop", "version": "a0", "kind": "rollback",
         "seconds": 100},
        {"at": iso(T0 - 8800), "service": "shop", "version": "a1", "kind": "rollback",
         "seconds": 200},
    ]  # fmt: skip
    log = shop.root / "var/deploys.jsonl"
    log.write_text("".join(json.dumps(one) + "\n" for one in earlier) + log.read_text())
    report, bench = assessed(shop)
    found = option(report, "rollback")
    assert found["minutes"] == "2-4"
    assert "the last rollbacks took 100 s to 3 min" in found["why"]["text"]
    cited = [bench.ledger.resolve(bench.state, one) for one in found["why"]["evidence"]]
    assert sum('"rollback"' in line for line in cited) == 2


def test_a_log_without_times_leaves_the_usual_range(shop: Shop) -> None:
    assert option(assessed(shop)[0], "rollback")["minutes"] == "5-15"


@pytest.mark.parametrize(("users", "level"), [(0, "LOW"), (2_000, "MEDIUM"), (20_000, "HIGH")])
def test_the_reach_grows_with_the_users(shop: Shop, users: int, level: str) -> None:
    (service,) = shop.settings.services
    many = shop.settings.model_copy(
        update={"services": (service.model_copy(update={"users": users}),)}
    )
    report, _ = assessed(dataclasses.replace(shop, settings=many))
    assert report["blast_radius"] == level


def test_an_edge_goes_back_by_the_action_that_configures_it(shop: Shop) -> None:
    log = shop.root / "var/deploys.jsonl"
    lines = [
        {**json.loads(line), "kind": "configuration"} for line in log.read_text().split("\n")[:2]
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    shop = dataclasses.replace(shop, settings=settings(shop.root, EDGE))
    report, bench = assessed(shop)
    assert report["way"] == {
        "option": "rollback",
        "kind": "configuration",
        "action": "configure",
        "params": {"version": shop.good},
    }
    assert option(report, "rollback")["feasibility"] == "SAFE"
    strategy = perform(bench, "mitigation/strategy")
    assert (strategy["selected"], strategy["action"]) == ("configuration", "configure")


def catalogue(*actions: dict[str, Any]) -> Settings:
    common = {"title": "t", "argv": ["x", "{version}"]}
    given = [{**common, **one} for one in actions]
    return Settings.model_validate(
        {"services": [{"name": "edge"}, {"name": "app"}], "actions": given}
    )


def test_the_way_back_of_a_configuration_is_a_configuration_where_there_is_one() -> None:
    both = catalogue(
        {"id": "back", "kind": "rollback"},
        {"id": "set", "kind": "configuration", "service": "edge"},
    )
    names = [
        getattr(both.rollback_for("edge"), "id", ""),
        getattr(both.rollback_for("edge", configures=True), "id", ""),
        getattr(both.rollback_for("app", configures=True), "id", ""),
    ]
    assert names == ["back", "set", "back"]


def test_a_configuration_that_asks_for_more_than_a_version_is_no_way_back() -> None:
    size = {"id": "size", "kind": "configuration", "argv": ["x"]}
    more = {"id": "more", "kind": "configuration", "argv": ["x", "{version}", "{zone}"],
            "params": {"zone": {}}}  # fmt: skip
    assert catalogue(size).rollback_for("edge") is None
    assert catalogue(more).rollback_for("edge") is None
