"""The gatekeeper's first look: people's word decides what is suspected, signs raise questions."""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import iso
from orchestrator.settings import Settings
from tests.unit.fake_bench import FakeBench
from tests.unit.resolved_shop import bench_of, judged, perform, staffed
from tests.unit.small_shop import T0, TROUBLE, commit, git


def assessed(root: Path, **state: Any) -> tuple[FakeBench, dict[str, Any]]:
    shop = staffed(root)
    for name, value in state.items():
        setattr(shop.state, name, value)
    bench = bench_of(shop)
    judged(bench)
    return bench, perform(bench, "security/assessment")


@pytest.mark.parametrize(
    ("state", "suspected"),
    [
        ({"answers": {"q5": "data loss"}}, "data loss"),
        ({"answers": {"q5": "security"}}, "breach"),
        ({"answers": {"q5": "both"}}, "both"),
        ({"answers": {"q5": "no"}}, "neither"),
        ({"category": "security"}, "breach"),
        ({"category": "data-integrity"}, "data loss"),
        ({"themes": {"security": "the gatekeeper joins"}}, "breach"),
        ({}, "UNKNOWN"),
    ],
)
def test_what_is_suspected_is_what_people_said(
    tmp_path: Path, state: dict[str, Any], suspected: str
) -> None:
    _, report = assessed(tmp_path, **state)
    assert report["suspected"] == suspected
    assert bool(report["disclosure"]) == (suspected not in ("neither", "UNKNOWN"))


def test_nobody_having_said_anything_is_asked(tmp_path: Path) -> None:
    _, report = assessed(tmp_path)
    assert {"q5", "affected data"} <= {question["field"] for question in report["unknown"]}
    assert report["summary"]["assumption"] is True


def test_what_is_to_be_kept_is_what_the_settings_name(tmp_path: Path) -> None:
    _, report = assessed(tmp_path, answers={"q5": "security"})
    kept = "\n".join(report["preserve"])
    assert "log var/log/*.log" in kept
    assert "deploy log var/deploys.jsonl" in kept
    assert any("72 h" in rule for rule in report["disclosure"])
    assert any("l.law" in rule for rule in report["disclosure"])


def test_secrets_in_the_log_are_a_sign_and_are_not_shown(tmp_path: Path) -> None:
    shop = staffed(tmp_path)
    with (tmp_path / "var/log/shop.log").open("a") as log:
        record = {"ts": iso(T0 + 80), "level": "info", "msg": "login password=hunter2hunter2"}
        log.write(json.dumps(record) + "\n")
    bench = bench_of(shop)
    judged(bench)
    perform(bench, "tier1/data")
    report = perform(bench, "security/assessment")
    assert report["suspected"] == "UNKNOWN"
    assert any("looked like a secret" in one["text"] for one in report["exposed"])
    assert any("replace the credentials" in one for one in report["isolation"])
    assert "hunter2" not in json.dumps(report)


def test_many_refused_requests_are_a_sign(tmp_path: Path) -> None:
    shop = staffed(tmp_path)
    with (tmp_path / "var/log/shop.log").open("a") as log:
        for number in range(12):
            at = iso(TROUBLE + number / 2)
            log.write(json.dumps({"ts": at, "level": "info", "msg": "GET /", "status": 403}) + "\n")
    bench = bench_of(shop)
    judged(bench)
    report = perform(bench, "security/assessment")
    refused = next(one for one in report["exposed"] if "refused" in one["text"])
    assert refused["text"].startswith("12 requests were refused")
    assert "403" in bench.ledger.resolve(bench.state, refused["evidence"][0])


def test_a_change_that_destroys_stored_data_is_a_sign(tmp_path: Path) -> None:
    shop = staffed(tmp_path)
    bad = commit(shop.root / "repo", "tidy", {"tidy.sql": "DROP TABLE orders;\n"})
    log = shop.root / "var/deploys.jsonl"
    log.write_text(log.read_text().replace(shop.bad, bad))
    assert git(shop.root / "repo", "rev-parse", "HEAD") == bad
    bench = bench_of(shop)
    judged(bench)
    report = perform(bench, "security/assessment")
    assert any("beyond return (tidy.sql)" in one["text"] for one in report["exposed"])


def test_without_settings_it_still_says_what_to_keep(tmp_path: Path) -> None:
    shop = staffed(tmp_path)
    bench = FakeBench(shop.root, Settings(), shop.state, bench_of(shop).clock)
    report = perform(bench, "security/assessment")
    assert report["preserve"] == ["this incident's evidence folder and journal"]
    assert report["isolation"]
