"""Harmless releases are cleared by what really failed, and the catalogue's way against it is taken.

Each trouble here looks like a fault of the release: it went out just before, and a pool fills.
"""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import iso
from orchestrator.evidence.sources.ring import Sample
from orchestrator.model import regression as rule
from tests.unit.fake_bench import FakeBench, task
from tests.unit.http_server import Reply, serving
from tests.unit.small_shop import DETECTED, T0, TROUBLE, Shop
from tests.unit.test_rules_shop import cited_lines, perform
from tests.unit.troubled_shop import (
    FULL,
    LOCKED,
    POOL,
    REFUSED,
    bench_of,
    log,
    part_ring,
    printing,
    ring,
    service_ring,
    since,
    troubled,
)

CLEARED = ("NOT_REGRESSION", "UNLIKELY")


def judged(bench: FakeBench) -> tuple[str, dict[str, Any]]:
    report = perform(bench, "regression/verdict")
    cited_lines(bench, report)
    found = rule.verdict(report["indicators"])
    if found in ("CONFIRMED", "LIKELY", "POSSIBLE"):
        perform(bench, "regression/feasibility")
    return found, report


def chosen(bench: FakeBench) -> dict[str, Any]:
    report = perform(bench, "mitigation/strategy")
    cited_lines(bench, report)
    return report


def down(root: Path) -> Shop:
    shop = troubled(root)
    log(root, since(TROUBLE, REFUSED))
    part_ring(root, "rates", (TROUBLE - 1, DETECTED + 60))
    return shop


def test_a_dependency_that_is_down_clears_the_release_and_is_restarted(tmp_path: Path) -> None:
    bench = bench_of(down(tmp_path))
    found, report = judged(bench)
    assert found in CLEARED
    first = report["external"][0]
    assert (first["kind"], first["part"], first["explains"]) == ("dependency", "rates", True)
    assert all(suspect["confidence"] < 0.3 for suspect in report["suspects"])
    assert "rates" in report["summary"]["text"]
    strategy = chosen(bench)
    assert (strategy["selected"], strategy["action"]) == ("restart", "restart-rates")
    assert strategy["rationale"]["evidence"]


def test_the_five_whys_and_the_fishbone_say_what_failed_and_why_the_release_did_not(
    tmp_path: Path,
) -> None:
    bench = bench_of(down(tmp_path))
    judged(bench)
    whys = perform(bench, "rca/5whys")
    assert (whys["culprit"], whys["verdict"]) == ("", "LIKELY")
    assert "rates" in whys["root_cause"]["text"]
    assert len(whys["evidence_kinds"]) >= 2
    bones = perform(bench, "rca/ishikawa")
    assert "rates" in bones["primary"]["text"]
    ruled = " ".join(one["text"] for one in bones["ruled_out"])
    assert "wait a little less" in ruled
    board = perform(bench, "tier2/analysis")["hypotheses"]
    assert "dependency" in board[0]["statement"]
    assert {one["culprit"] for one in board if one["status"] == "supported"} == {""}
    assert [one["status"] for one in board if one["culprit"]] == ["refuted"]
    assert perform(bench, "tier3/architecture")["design"]


def test_what_was_tried_and_did_not_help_is_never_chosen_again(tmp_path: Path) -> None:
    bench = bench_of(down(tmp_path))
    judged(bench)
    tried = {"action": "restart-rates", "kind": "restart", "params": {}, "effect": "none"}
    again = _again(bench, [tried])
    assert again["action"] != "restart-rates"


def test_a_dependency_that_comes_back_while_one_waits_is_left_alone(tmp_path: Path) -> None:
    up: list[float] = []

    def answer(path: str, given: dict[str, str]) -> Reply:
        return (200, '{"status": "ok"}') if up else (503, '{"status": "down"}')

    with serving(answer) as web:
        shop = troubled(tmp_path, health=web.address())
        log(tmp_path, since(TROUBLE, REFUSED))
        part_ring(tmp_path, "rates", (TROUBLE + 5, DETECTED))
        bench = bench_of(shop, meanwhile=up.append)
        assert judged(bench)[0] in CLEARED
        assert chosen(bench)["selected"] == "none"
    assert up
    assert "answers again by itself" in bench.said()


def test_a_dependency_that_flaps_is_watched(tmp_path: Path) -> None:
    shop = troubled(tmp_path)
    starts = (TROUBLE - 34, TROUBLE - 20, TROUBLE - 4)
    log(tmp_path, [one for at in starts for one in since(at, REFUSED, 8)])
    part_ring(tmp_path, "rates", *((at, at + 5) for at in starts))
    _errors_between(tmp_path, starts)
    bench = bench_of(shop)
    found, report = judged(bench)
    assert found in CLEARED
    assert report["external"][0]["kind"] == "flapping"
    assert chosen(bench)["selected"] == "none"


def test_a_lock_behind_a_full_pool_is_no_leak(tmp_path: Path) -> None:
    shop = troubled(tmp_path, commands=(printing("locks", "holder 4242 report since 14:01"),))
    service_ring(tmp_path, full=True)
    log(tmp_path, [*since(TROUBLE, POOL), *since(TROUBLE + 2, LOCKED, 6)])
    bench = bench_of(shop)
    found, report = judged(bench)
    assert found in CLEARED
    assert report["external"][0]["kind"] == "lock"
    strategy = chosen(bench)
    assert (strategy["action"], strategy["params"]) == ("end-blocker", {"holder": "4242"})
    ruled = " ".join(one["text"] for one in perform(bench, "rca/ishikawa")["ruled_out"])
    assert "A leak:" in ruled


def test_a_lock_whose_holder_nobody_names_is_a_cause_without_a_change(tmp_path: Path) -> None:
    shop = troubled(tmp_path)
    service_ring(tmp_path, full=True)
    log(tmp_path, [*since(TROUBLE, POOL), *since(TROUBLE + 2, LOCKED, 6)])
    bench = bench_of(shop)
    assert judged(bench)[0] in CLEARED
    strategy = chosen(bench)
    assert strategy["selected"] == "none"


def test_a_value_that_does_not_fit_the_operators_pattern_is_no_parameter(tmp_path: Path) -> None:
    shop = troubled(tmp_path, commands=(printing("locks", "holder 4242 report"),))
    log(tmp_path, since(TROUBLE, LOCKED))
    strict = tuple(
        one.model_copy(
            update={"params": {"holder": one.params["holder"].model_copy(update={"pattern": "x"})}}
        )
        if one.id == "end-blocker"
        else one
        for one in shop.settings.actions
    )
    bench = bench_of(
        dataclasses.replace(shop, settings=shop.settings.model_copy(update={"actions": strict}))
    )
    judged(bench)
    assert chosen(bench)["selected"] == "none"


def test_a_destructive_action_is_never_chosen_by_a_rule(tmp_path: Path) -> None:
    shop = down(tmp_path)
    fierce = tuple(
        one.model_copy(update={"risk": "destructive"}) if one.kind == "restart" else one
        for one in shop.settings.actions
    )
    bench = bench_of(
        dataclasses.replace(shop, settings=shop.settings.model_copy(update={"actions": fierce}))
    )
    judged(bench)
    assert chosen(bench)["selected"] != "restart"


def test_a_file_that_is_full_is_worked_around(tmp_path: Path) -> None:
    text = "audit.log: 4096 of 4096 bytes (100.0%), full"
    shop = troubled(tmp_path, commands=(printing("volume", text),))
    log(tmp_path, since(TROUBLE, FULL))
    bench = bench_of(shop)
    found, report = judged(bench)
    assert found in CLEARED
    assert report["external"][0]["kind"] == "storage"
    strategy = chosen(bench)
    assert (strategy["selected"], strategy["action"]) == ("workaround", "rotate")


def test_a_leak_beside_a_dead_dependency_is_blamed_and_both_are_told(tmp_path: Path) -> None:
    shop = troubled(tmp_path, leak=True)
    log(tmp_path, [*since(TROUBLE, POOL), *since(TROUBLE, REFUSED)])
    part_ring(tmp_path, "rates", (TROUBLE - 1, DETECTED + 60))
    bench = bench_of(shop)
    found, report = judged(bench)
    assert found == "CONFIRMED"
    assert report["suspects"][0]["sha"] == shop.culprit
    assert report["external"][0]["kind"] == "dependency"
    strategy = chosen(bench)
    assert (strategy["selected"], strategy["params"]) == ("rollback", {"version": shop.good})
    whys = perform(bench, "rca/5whys")
    assert whys["culprit"] == shop.culprit
    assert "rates" in whys["root_cause"]["text"]
    back = {"action": "back", "kind": "rollback", "params": {"version": shop.good}}
    assert _again(bench, [back])["action"] == "restart-rates"


def test_an_intruder_is_named_with_an_address_to_block(tmp_path: Path) -> None:
    shop = troubled(tmp_path, service="edge", category="security")
    _accesses(tmp_path)
    bench = bench_of(shop)
    found, report = judged(bench)
    assert found in CLEARED
    assert report["external"][0]["kind"] == "intrusion"
    assert chosen(bench)["selected"] == "none"
    assessed = perform(bench, "security/assessment")
    cited_lines(bench, assessed)
    assert assessed["suspected"] == "breach"
    assert (assessed["kind"], assessed["action"]) == ("block-address", "block")
    assert assessed["params"] == {"address": "203.0.113.9"}


def _again(bench: FakeBench, attempts: list[dict[str, Any]]) -> dict[str, Any]:
    """The strategy once more, after these attempts."""
    asked = dataclasses.replace(task("mitigation/strategy@2"), inputs={"attempts": attempts})
    return dict(asyncio.run(RulesBackend().perform(asked, bench)).report)


def _errors_between(root: Path, starts: tuple[float, ...], blip: float = 0.0) -> None:
    def share(at: float) -> float:
        if at == blip:
            return 0.5
        return 0.5 if any(start <= at <= start + 8 for start in starts) else 0.0

    samples = [
        Sample(at, ok=True, values={"requests": 20.0, "errors": share(at), "p95": 0.02})
        for at in (T0 + n for n in range(81))
    ]
    ring(root, "shop", samples)


def _accesses(root: Path) -> None:
    lines = []
    for n in range(200):
        lines.append((T0 + n * 0.4, f"192.0.2.{1 + n % 5}", 200, 900))
    for n in range(30):
        lines.append((T0 + 40 + n * 0.2, "203.0.113.9", 403, 20))
    for n in range(60):
        lines.append((T0 + 50 + n * 0.2, "203.0.113.9", 200, 6000))
    text = "".join(
        json.dumps(
            {"ts": iso(at), "level": "info", "event": "request", "client": who, "method": "GET",
             "path": "/x", "status": status, "bytes": size, "ms": 3, "upstream": "ok"}
        ) + "\n"
        for at, who, status, size in sorted(lines)
    )  # fmt: skip
    (root / "var/log/edge.log").write_text(text)


def test_one_bad_look_before_the_deploy_does_not_say_that_it_was_ill_before(
    tmp_path: Path,
) -> None:
    shop = troubled(tmp_path, leak=True)
    _errors_between(tmp_path, (TROUBLE,), blip=T0 + 30)
    bench = bench_of(shop)
    found, report = judged(bench)
    assert found == "CONFIRMED"
    bends = next(one for one in report["indicators"] if one["name"] == "metrics-inflect")
    assert bends["holds"] == "yes"
