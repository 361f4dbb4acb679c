"""The analyst's bisect over a real project: its report, its evidence, and what comes of it."""

import asyncio
import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.contract import Answer, Bench, Stopped
from orchestrator.agents.rules.bisect import bisect
from orchestrator.agents.rules.desk import Desk
from orchestrator.clock import FakeClock
from orchestrator.conductor.perform import Performer
from orchestrator.model.records import Task
from orchestrator.model.reports import SCHEMAS, checked
from orchestrator.settings import Settings
from orchestrator.settings_sources import Bisect
from tests.unit.fake_bench import FakeBench, task
from tests.unit.rooms import opened
from tests.unit.rooms import shop as project
from tests.unit.small_shop import Shop, open_shop
from tests.unit.test_rules_shop import bench_of, cited_lines, perform

LEAKS = """\
import sys
first = open("baskets.py").read().partition("def names")[0]
sys.exit(0 if "finally" in first else "no finally")
"""
"""Fails from the leaking commit on."""

WORDS = """\
import sys
sys.exit(1 if "The price of it" in open("baskets.py").read() else 0)
"""
"""Fails from a commit on that the ranking holds for harmless."""

KEY = "regression/bisect"


def with_test(shop: Shop, text: str, **limits: float) -> Shop:
    (shop.root / "check.py").write_text(text)
    test = (sys.executable, "{project}/check.py")
    return configured(shop, Bisect(test=test, **{"timeout": 60.0, "each": 10.0, **limits}))


def configured(shop: Shop, table: Bisect) -> Shop:
    (service,) = shop.settings.services
    services = (service.model_copy(update={"bisect": table}),)
    return dataclasses.replace(
        shop, settings=shop.settings.model_copy(update={"services": services})
    )


def run(bench: FakeBench) -> dict[str, Any]:
    report = asyncio.run(bisect(Desk(task(KEY), bench))).model_dump(mode="json")
    _, dropped = checked(SCHEMAS[KEY].model_validate(report), bench.state.evidence.keys())
    assert dropped == ()
    bench.state.tasks[KEY] = dataclasses.replace(task(KEY), outcome="done", report=report)
    return report


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


def test_the_commit_is_named_with_its_runs_and_the_account_is_evidence(shop: Shop) -> None:
    bench = bench_of(with_test(shop, LEAKS))
    perform(bench, "regression/verdict")
    report = run(bench)
    assert (report["result"], report["culprit"]) == ("found", shop.culprit)
    assert report["subject"] == "answer empty baskets at once"
    assert report["commits"] == 4
    assert {one["verdict"] for one in report["runs"]} == {"good", "bad"}
    (eid,) = report["summary"]["evidence"]
    item = bench.state.evidence[eid.split(":")[0]]
    assert item.kind == "test"
    kept = bench.read(item.eid)
    assert "no finally" in kept, "what the test said"
    assert "git bisect bad" in kept, "git's own log"
    assert bench.ledger.resolve(bench.state, eid).startswith(f"first bad commit: {shop.culprit}")
    assert any(kind == "out" and "Bisecting:" in text for kind, text in bench.shown)
    assert "seen twice" in bench.said()


def test_without_a_test_it_says_so_and_runs_nothing(shop: Shop) -> None:
    bench = bench_of(shop)
    perform(bench, "regression/verdict")
    report = run(bench)
    assert report["result"] == "inconclusive"
    assert report["summary"]["text"] == "No test for a bisect is configured."
    assert report["runs"] == []


def test_without_two_versions_there_is_nothing_to_search(shop: Shop) -> None:
    report = run(bench_of(with_test(shop, LEAKS)))
    assert "not two versions" in report["summary"]["text"]


def test_a_version_that_the_repository_does_not_know_is_said_so(shop: Shop) -> None:
    bench = bench_of(with_test(shop, LEAKS))
    verdict = perform(bench, "regression/verdict") | {"good_version": "v1.2.3"}
    told = dataclasses.replace(task("regression/verdict"), outcome="done", report=verdict)
    bench.state.tasks["regression/verdict"] = told
    assert run(bench)["summary"]["text"].startswith("No bisect could be run: git rev-parse in repo")


def test_a_test_that_tells_nothing_apart_names_nobody(shop: Shop) -> None:
    bench = bench_of(with_test(shop, "pass\n"))
    perform(bench, "regression/verdict")
    report = run(bench)
    assert report["culprit"] == ""
    assert "does not tell the versions apart" in report["summary"]["text"]


def test_the_root_cause_goes_with_the_test_where_the_ranking_says_otherwise(shop: Shop) -> None:
    bench = bench_of(with_test(shop, WORDS))
    ranked = perform(bench, "regression/verdict")["suspects"][0]["sha"]
    report = run(bench)
    assert report["culprit"] == shop.bad != ranked
    whys = perform(bench, "rca/5whys")
    assert whys["culprit"] == shop.bad
    assert "is the first that fails the test" in whys["root_cause"]["text"]
    assert "test" in whys["evidence_kinds"]
    bones = perform(bench, "rca/ishikawa")
    out = [one["text"] for one in bones["ruled_out"]]
    assert any(f"the test names {shop.bad[:8]}" in text and ranked[:8] in text for text in out)
    cited_lines(bench, whys)


def test_the_root_cause_is_confirmed_by_the_test_where_both_agree(shop: Shop) -> None:
    bench = bench_of(with_test(shop, LEAKS))
    perform(bench, "regression/verdict")
    run(bench)
    whys = perform(bench, "rca/5whys")
    assert (whys["culprit"], whys["verdict"]) == (shop.culprit, "CONFIRMED")
    assert "is not given back" in whys["root_cause"]["text"]


def test_a_person_who_says_stop_ends_it_with_all_it_started(shop: Shop) -> None:
    bench = bench_of(with_test(shop, "import time\ntime.sleep(600)\n", timeout=60.0, each=60.0))
    perform(bench, "regression/verdict")

    async def stopped() -> None:
        work = asyncio.ensure_future(bisect(Desk(task(KEY), bench)))
        while not any("git checkout" in text for _, text in bench.shown):
            await asyncio.sleep(0)
        bench.stop.set()
        await work

    with pytest.raises(Stopped):
        asyncio.run(stopped())


def test_the_runner_never_asks_a_model_for_it(tmp_path: Path) -> None:
    """Whoever answers for agents is not even called."""

    class Nobody:
        name = "claude"

        async def perform(self, task: Task, bench: Bench) -> Answer:
            raise AssertionError("a test is no matter of opinion")

    made, settings = project(tmp_path)

    async def apply(_: Any) -> None:
        return None

    clock = FakeClock()
    room = asyncio.run(opened(made, settings, clock))
    asked = dataclasses.replace(task(KEY), kind="bisect", role="regression-analyst")
    done = asyncio.run(Performer(settings, Nobody(), clock).perform(room, asked, apply))
    assert (done["outcome"], done["backend"]) == ("done", "code")
    assert done["report"]["summary"]["text"] == "No test for a bisect is configured."


def test_settings_name_a_test_and_a_repository(shop: Shop) -> None:
    with pytest.raises(ValueError, match="needs a test to run at each version"):
        Bisect(timeout=5)
    with pytest.raises(ValueError, match="bisect needs the repo"):
        Settings.model_validate({"services": [{"name": "a", "bisect": {"test": ["true"]}}]})
