"""The rules over a real small project: they name what leaked, blame nobody else, and cite."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import TASKS, RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.model import regression as rule
from orchestrator.model.reports import SCHEMAS, checked
from orchestrator.project import Project
from orchestrator.settings import Settings
from tests.unit.fake_bench import FakeBench, task
from tests.unit.small_shop import DEPLOYED, DETECTED, TROUBLE, Shop, open_shop


def bench_of(shop: Shop) -> FakeBench:
    return FakeBench(shop.root, shop.settings, shop.state, FakeClock(DETECTED + 1))


def perform(bench: FakeBench, key: str) -> dict[str, Any]:
    """One task to its end, filed in the state as the runner would."""
    report = dict(asyncio.run(RulesBackend().perform(task(key), bench)).report)
    valid = SCHEMAS[key].model_validate(report)
    _, dropped = checked(valid, bench.state.evidence.keys())
    assert dropped == ()
    done = dataclasses.replace(task(key), outcome="done", report=report)
    bench.state.tasks[key] = done
    return report


def cited_lines(bench: FakeBench, report: dict[str, Any]) -> None:
    """Every citation of a report names a line that is there."""
    text = json.dumps(report)
    for eid in bench.state.evidence:
        for part in text.split(f'"{eid}:')[1:]:
            assert bench.ledger.resolve(bench.state, f"{eid}:{part.split(chr(34))[0]}")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


@pytest.fixture
def control(tmp_path: Path) -> Shop:
    return open_shop(tmp_path, leak=False)


def test_the_record_dates_the_impact_by_the_metrics(shop: Shop) -> None:
    bench = bench_of(shop)
    report = perform(bench, "detect/record")
    assert report["impact_started_at"] == TROUBLE
    line = bench.ledger.resolve(bench.state, report["impact_evidence"][0])
    assert "errors 60 %" in line
    assert report["affected_users"] == "UNKNOWN"


def test_without_metrics_the_log_dates_it(shop: Shop) -> None:
    (Project(shop.root).metrics / "shop.ndjson").unlink()
    report = perform(bench_of(shop), "detect/record")
    assert report["impact_started_at"] == TROUBLE


def test_without_metrics_and_logs_the_start_is_asked_for(shop: Shop) -> None:
    (Project(shop.root).metrics / "shop.ndjson").unlink()
    (shop.root / "var/log/shop.log").unlink()
    report = perform(bench_of(shop), "detect/record")
    assert report["impact_started_at"] is None
    assert "impact start" in {question["field"] for question in report["unknown"]}


def test_the_leaking_commit_is_found_among_decoys(shop: Shop) -> None:
    bench = bench_of(shop)
    report = perform(bench, "regression/verdict")
    assert rule.verdict(report["indicators"]) == "CONFIRMED"
    first, second = report["suspects"][:2]
    assert first["sha"] == shop.culprit
    assert first["confidence"] > 0.7 > second["confidence"]
    assert (report["good_version"], report["bad_version"]) == (shop.good, shop.bad)
    assert report["bad_since"] == DEPLOYED
    cited = first["why"][0]["evidence"][0]
    assert "depot.rent() in total is not given back on one way out" in first["why"][0]["text"]
    assert bench.ledger.resolve(bench.state, cited) == "-    finally:"
    cited_lines(bench, report)


def test_harmless_commits_before_a_rise_of_traffic_are_not_blamed(control: Shop) -> None:
    bench = bench_of(control)
    report = perform(bench, "regression/verdict")
    assert rule.verdict(report["indicators"]) == "NOT_REGRESSION"
    assert report["external"][0]["kind"] == "traffic"
    assert all(suspect["confidence"] < 0.3 for suspect in report["suspects"])
    perform(bench, "regression/feasibility")
    strategy = perform(bench, "mitigation/strategy")
    assert (strategy["selected"], strategy["action"]) == ("none", "")
    board = perform(bench, "tier2/analysis")["hypotheses"]
    assert board[0]["statement"] == "more traffic than it can serve"
    assert {one["culprit"] for one in board if one["status"] == "supported"} == {""}
    assert perform(bench, "rca/5whys")["culprit"] == ""


def test_a_rollback_is_selected_once_triage_calls_it_a_regression_and_safe(shop: Shop) -> None:
    bench = bench_of(shop)
    perform(bench, "regression/verdict")
    feasibility = perform(bench, "regression/feasibility")
    assert feasibility["options"][0]["feasibility"] == "SAFE"
    strategy = perform(bench, "mitigation/strategy")
    assert strategy["action"] == "back"
    assert strategy["params"] == {"version": shop.good}
    assert [option["name"] for option in strategy["options"]] == [
        "rollback",
        "hotfix",
        "configuration",
        "workaround",
        "scaling",
    ]


def test_without_an_action_in_the_catalogue_a_rollback_is_blocked(shop: Shop) -> None:
    bench = bench_of(dataclasses.replace(shop, settings=without_actions(shop.settings)))
    perform(bench, "regression/verdict")
    rollback = perform(bench, "regression/feasibility")["options"][0]
    assert rollback["feasibility"] == "BLOCKED"
    assert "no action in the catalogue" in rollback["why"]["text"]
    assert perform(bench, "mitigation/strategy")["selected"] == "none"


def test_every_task_reports_on_real_evidence_and_cites_lines_that_exist(shop: Shop) -> None:
    bench = bench_of(shop)
    for key in TASKS:
        cited_lines(bench, perform(bench, key))
    tier1 = bench.state.report("tier1/data")
    assert tier1 is not None
    assert tier1["confirmed"] == "yes"
    assert tier1["escalate"] is True
    whys = bench.state.report("rca/5whys")
    assert whys is not None
    assert whys["culprit"] == shop.culprit
    assert len(whys["whys"]) == 5
    assert len(whys["evidence_kinds"]) >= 2
    assert any(kind == "call" and "git -C repo log" in text for kind, text in bench.shown)


def test_a_claim_goes_with_the_evidence_it_cites(shop: Shop) -> None:
    bench = bench_of(shop)
    report = SCHEMAS["regression/verdict"].model_validate(perform(bench, "regression/verdict"))
    deploys = next(e for e, item in bench.state.evidence.items() if item.kind == "deploy")
    kept, dropped = checked(report, bench.state.evidence.keys() - {deploys})
    assert any("went live" in text for text in dropped)
    assert "went live" not in kept.model_dump_json()


def test_an_empty_project_yields_unknown_everywhere_and_no_error(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    bench = bench_of(dataclasses.replace(shop, settings=Settings()))
    for key in TASKS:
        perform(bench, key)
    verdict = bench.state.report("regression/verdict")
    assert verdict is not None
    assert {indicator["holds"] for indicator in verdict["indicators"]} == {"unknown"}
    strategy = bench.state.report("mitigation/strategy")
    assert strategy is not None
    assert strategy["selected"] == "none"


def test_a_file_named_by_a_human_is_reviewed_first(shop: Shop) -> None:
    bench = bench_of(shop)
    running = task("tier2/analysis", steers=("please look at depot.py",))
    bench.state.tasks["tier2/analysis"] = running
    report = asyncio.run(RulesBackend().perform(running, bench)).report
    assert "wait a little less" in report["code_review"][0]["text"]
    assert "Noted: please look at depot.py" in bench.said()


def without_actions(settings: Settings) -> Settings:
    return settings.model_copy(update={"actions": ()})
