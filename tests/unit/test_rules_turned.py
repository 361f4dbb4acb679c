"""A feature flag that was turned right before: it is judged, set back, and said to be the cause."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from orchestrator.clock import iso
from orchestrator.model import regression as rule
from tests.unit.small_shop import DEPLOYED, T0, TROUBLE, open_shop
from tests.unit.test_rules_shop import bench_of, cited_lines, perform
from tests.unit.turned_shop import SWITCH, TURNED, settings, turned_shop


def holds(report: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["holds"] for one in report["indicators"]}


def flag_of(report: dict[str, Any]) -> dict[str, Any]:
    return next(dict(one) for one in report["options"] if one["name"] == "feature-flag")


def test_the_turn_is_the_nearest_change_and_the_signs_are_computed_from_it(tmp_path: Path) -> None:
    bench = bench_of(turned_shop(tmp_path))
    report = perform(bench, "regression/verdict")
    assert rule.verdict(report["indicators"]) == "CONFIRMED"
    assert report["suspects"] == [], "no commit is blamed for it"
    nearest = [one for one in report["changes"] if one["nearest"]]
    assert [(one["kind"], one["what"], one["before"]) for one in nearest] == [
        ("feature-flag", "fast-totals", "off")
    ]
    assert "The flag fast-totals went from off to on" in report["summary"]["text"]
    assert "baskets.py asks for it" in report["summary"]["text"]
    cited_lines(bench, report)


def test_every_dated_change_is_listed_with_its_line_and_its_distance(tmp_path: Path) -> None:
    bench = bench_of(turned_shop(tmp_path))
    changes = perform(bench, "regression/verdict")["changes"]
    assert [one["kind"] for one in changes] == ["deploy", "deploy", "feature-flag"]
    assert [one["at"] for one in changes] == [T0 - 7200, DEPLOYED, TURNED]
    assert changes[-1]["said"]["text"].endswith("4 s before the trouble began.")
    line = bench.ledger.resolve(bench.state, changes[-1]["said"]["evidence"][0])
    assert json.loads(line)["flag"] == "fast-totals"


def test_setting_the_flag_back_is_safe_and_chosen_where_the_catalogue_can(tmp_path: Path) -> None:
    bench = bench_of(turned_shop(tmp_path))
    perform(bench, "regression/verdict")
    report = perform(bench, "regression/feasibility")
    assert flag_of(report)["feasibility"] == "SAFE"
    assert report["options"][0]["feasibility"] == "RISKY", "the version is not what changed"
    assert report["way"] == {
        "option": "feature-flag",
        "kind": "feature-flag",
        "action": "switch",
        "params": {"flag": "fast-totals", "value": "off"},
    }
    strategy = perform(bench, "mitigation/strategy")
    assert (strategy["selected"], strategy["action"]) == ("feature-flag", "switch")
    assert strategy["plan"][0] == "approve: set fast-totals of shop to off"


def test_without_a_switch_in_the_catalogue_it_is_blocked_and_nothing_is_chosen(
    tmp_path: Path,
) -> None:
    bench = bench_of(turned_shop(tmp_path, catalogue=""))
    perform(bench, "regression/verdict")
    report = perform(bench, "regression/feasibility")
    assert flag_of(report)["feasibility"] == "BLOCKED"
    assert report["way"]["option"] == "rollback"
    assert perform(bench, "mitigation/strategy")["selected"] == "none"


def test_a_value_that_the_switch_does_not_take_is_never_put_into_it(tmp_path: Path) -> None:
    strange = SWITCH.replace("on|off", "true|false")
    bench = bench_of(turned_shop(tmp_path, catalogue=strange))
    perform(bench, "regression/verdict")
    found = flag_of(perform(bench, "regression/feasibility"))
    assert found["feasibility"] == "BLOCKED"
    assert "does not take those values" in found["why"]["text"]


def test_a_flag_that_no_code_and_no_error_names_is_tied_by_time_alone(tmp_path: Path) -> None:
    bench = bench_of(turned_shop(tmp_path, asks=False))
    report = perform(bench, "regression/verdict")
    assert holds(report)["correlates-with-change"] == "unknown"
    assert rule.verdict(report["indicators"]) == "LIKELY"


def test_a_flag_turned_long_before_or_after_the_trouble_is_listed_and_not_judged(
    tmp_path: Path,
) -> None:
    for number, at in enumerate((TROUBLE - 3600, TROUBLE + 5)):
        bench = bench_of(turned_shop(tmp_path / str(number), at=at))
        changes = perform(bench, "regression/verdict")["changes"]
        assert [one["kind"] for one in changes if one["nearest"]] == ["deploy"]
        assert "feature-flag" in [one["kind"] for one in changes]


def test_a_leak_that_began_before_the_turn_stays_with_its_deploy(tmp_path: Path) -> None:
    shop = open_shop(tmp_path)
    turned = {"at": iso(TURNED), "flag": "fast-totals", "from": "off", "to": "on"}
    (tmp_path / "var/flags.jsonl").write_text(json.dumps(turned) + "\n")
    toml = (tmp_path / "warroom.toml").read_text()
    given = toml.replace('repo = "repo"\n', 'repo = "repo"\nflags = "var/flags.jsonl"\n')
    bench = bench_of(dataclasses.replace(shop, settings=settings(tmp_path, given)))
    report = perform(bench, "regression/verdict")
    assert report["suspects"][0]["sha"] == shop.culprit
    assert [one["kind"] for one in report["changes"] if one["nearest"]] == ["deploy"]


def test_the_root_cause_is_the_turn_and_names_no_commit(tmp_path: Path) -> None:
    bench = bench_of(turned_shop(tmp_path))
    perform(bench, "regression/verdict")
    whys = perform(bench, "rca/5whys")
    assert whys["culprit"] == ""
    assert whys["root_cause"]["text"].startswith("The flag fast-totals went from off to on")
    assert whys["test"] == "Set fast-totals to off: errors end."
    assert len(whys["evidence_kinds"]) >= 2
    cited_lines(bench, whys)
