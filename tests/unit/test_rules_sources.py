"""The tiers use health checks, the host, dependencies and a Prometheus server, and cite them."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import RulesBackend
from orchestrator.agents.rules.machine import runs_here
from orchestrator.clock import FakeClock
from orchestrator.evidence.sources.host import Host
from orchestrator.evidence.sources.ring import Sample
from orchestrator.project import Project
from orchestrator.settings import Process, PrometheusQueries, Service
from tests.unit.fake_bench import FakeBench, task
from tests.unit.http_server import serving
from tests.unit.small_shop import DETECTED, T0, TROUBLE, Shop, open_shop

QUERIES = PrometheusQueries(url="http://127.0.0.1:9", errors="e", requests="r")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


def perform(shop: Shop, key: str, *others: Service, **changed: Any) -> tuple[Any, FakeBench]:
    """One task, with fields of the service changed and other services beside it."""
    (service,) = shop.settings.services
    services = (service.model_copy(update=changed), *others)
    settings = shop.settings.model_copy(update={"services": services})
    bench = FakeBench(shop.root, settings, shop.state, FakeClock(DETECTED + 1))
    return asyncio.run(RulesBackend().perform(task(key), bench)).report, bench


def check(report: Any, name: str) -> dict[str, Any]:
    return next(dict(one) for one in report["checks"] if one["name"] == name)


def cited(bench: FakeBench, claim: Any) -> str:
    return bench.ledger.resolve(bench.state, claim["evidence"][0])


def test_a_health_check_is_cited_word_for_word(shop: Shop) -> None:
    with serving(lambda path, given: (503, '{"status": "fail", "pool": "empty"}')) as web:
        report, bench = perform(shop, "tier1/data", health=web.address("/up"))
    found = check(report, "service health")
    assert found["state"] == "bad"
    assert "answers 503, status fail" in found["finding"]["text"]
    assert cited(bench, found["finding"]) == "answers 503, status fail"
    eid = found["finding"]["evidence"][0].partition(":")[0]
    assert '"pool": "empty"' in bench.read(eid)


def test_the_host_is_looked_at_where_the_service_runs_on_it(shop: Shop) -> None:
    report, bench = perform(shop, "tier1/data")
    found = check(report, "host")
    assert found["state"] in ("ok", "bad")
    assert cited(bench, found["finding"]).startswith("load ")
    elsewhere = {"metrics": "http://shop.example.invalid/metrics", "health": "http://127.0.0.1:9/"}
    assert runs_here(Service(name="a", **elsewhere))  # type: ignore[arg-type]
    del elsewhere["health"]
    assert not runs_here(Service(name="a", **elsewhere))  # type: ignore[arg-type]


def test_a_host_that_is_short_of_something_is_a_reason_to_escalate(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Host, "troubles", lambda self: ["1 % of memory left"])
    report, _ = perform(shop, "tier1/data")
    assert check(report, "host")["finding"]["text"] == "Short: 1 % of memory left."
    assert "the infrastructure is suspected" in report["reasons"]


def test_the_services_process_is_found_or_missed(shop: Shop) -> None:
    (shop.root / "shop.pid").write_text(str(os.getpid()))
    report, bench = perform(shop, "tier1/data", process=Process(pid_file="shop.pid"))
    found = check(report, "process")
    assert found["state"] == "ok"
    assert f"pid {os.getpid()}" in cited(bench, found["finding"])
    report, _ = perform(shop, "tier1/data", process=Process(name="no-such-program-b6"))
    assert check(report, "process")["state"] == "bad"
    assert "the infrastructure is suspected" in report["reasons"]
    report, _ = perform(shop, "tier1/data", process=Process(pid_file="gone.pid"))
    assert check(report, "process")["state"] == "unknown"


def test_a_dependency_that_is_ill_becomes_a_hypothesis_with_evidence(shop: Shop) -> None:
    given = {"repo": "", "deploy_log": "", "dependencies": ("stock", "bank", "nobody")}
    with serving(lambda path, _: (200 if path == "/bank" else 503, "")) as web:
        stock = Service(name="stock", health=web.address("/stock"))
        bank = Service(name="bank", health=web.address("/bank"))
        report, bench = perform(shop, "tier2/analysis", stock, bank, **given)
    said = [one["text"] for one in report["dependencies"] if "Below it" in one["text"]]
    assert "Below it: stock is not well, answers 503." in said
    assert "Below it: bank is well, answers 200." in said
    first = report["hypotheses"][0]
    assert (first["statement"], first["status"]) == ("something it depends on failed", "supported")
    assert cited(bench, first["supporting"][0]) == "answers 503"


def test_a_dependency_that_is_ill_comes_after_a_change_that_explains_it(shop: Shop) -> None:
    stock = Service(name="stock", health="http://127.0.0.1:9/up")
    report, _ = perform(shop, "tier2/analysis", stock, dependencies=("stock",))
    first, *others = report["hypotheses"]
    assert first["culprit"] == shop.culprit
    below = next(one for one in others if one["statement"] == "something it depends on failed")
    assert below["confidence"] < first["confidence"]
    assert below["supporting"]


def test_a_ring_filled_from_a_prometheus_server_dates_the_impact(shop: Shop) -> None:
    report, _ = perform(shop, "detect/record", metrics="", prometheus=QUERIES)
    assert report["impact_started_at"] == TROUBLE


def test_a_prometheus_server_that_fails_says_nothing_of_the_service(shop: Shop) -> None:
    calm = [Sample(T0 + n, ok=True, values={"requests": 20.0, "errors": 0.0}) for n in range(40)]
    gone = [Sample(T0 + n, ok=False, why="connection refused") for n in range(40, 80)]
    ring = "".join(sample.line() for sample in [*calm, *gone])
    (Project(shop.root).metrics / "shop.ndjson").write_text(ring)
    given = {"repo": "", "deploy_log": "", "logs": ()}
    through, _ = perform(shop, "triage/impact", metrics="", prometheus=QUERIES, **given)
    assert through["affected_share"] == 0.0
    direct, _ = perform(shop, "triage/impact", **given)
    assert direct["affected_share"] == 1.0


def test_what_was_rotated_away_is_read_and_named(shop: Shop) -> None:
    log = shop.root / "var/log/shop.log"
    lines = log.read_text().splitlines(keepends=True)
    (shop.root / "var/log/shop.log.1").write_text("".join(lines[:60]))
    log.write_text("".join(lines[60:]))
    report, bench = perform(shop, "tier2/analysis")
    item = next(one for one in bench.state.evidence.values() if one.kind == "log")
    assert "from shop.log.1, shop.log" in item.summary
    assert report["hypotheses"][0]["culprit"] == shop.culprit
