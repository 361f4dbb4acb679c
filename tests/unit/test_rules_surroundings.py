"""The tiers read what surrounds a service, file it, cite its lines, and say what they could not."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import RulesBackend
from orchestrator.agents.rules.cited_lines import within_repository
from orchestrator.checkup import surroundings
from orchestrator.clock import FakeClock, iso
from orchestrator.settings import (
    Certificate,
    Kubernetes,
    PrometheusQueries,
    ReadCommand,
    Service,
)
from tests.unit.certificates import made, showing
from tests.unit.fake_bench import FakeBench, task
from tests.unit.http_server import Reply, serving, success
from tests.unit.small_shop import DETECTED, TROUBLE, Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


def perform(shop: Shop, key: str, **changed: Any) -> tuple[Any, FakeBench]:
    (service,) = shop.settings.services
    settings = shop.settings.model_copy(update={"services": (service.model_copy(update=changed),)})
    bench = FakeBench(shop.root, settings, shop.state, FakeClock(DETECTED + 1))
    return asyncio.run(RulesBackend().perform(task(key), bench)).report, bench


def check(report: Any, name: str) -> dict[str, Any]:
    return next(dict(one) for one in report["checks"] if one["name"] == name)


def cited(bench: FakeBench, claim: Any, which: int = 0) -> str:
    return bench.ledger.resolve(bench.state, claim["evidence"][which])


def queue(program: str) -> tuple[ReadCommand, ...]:
    return (ReadCommand(name="queue", argv=(sys.executable, "-c", program)),)


def test_a_command_of_the_settings_is_run_filed_and_cited(shop: Shop) -> None:
    report, bench = perform(shop, "tier1/data", commands=queue("print('depth 40')"))
    found = check(report, "command: queue")
    assert (found["state"], found["finding"]["text"]) == ("ok", "queue: depth 40.")
    assert cited(bench, found["finding"]) == "depth 40"
    item = bench.state.evidence[found["finding"]["evidence"][0].partition(":")[0]]
    assert item.kind == "command"
    assert ("call", item.command) in bench.shown
    assert item.command.endswith("""-c 'print('"'"'depth 40'"'"')'""")
    assert (item.from_at, item.to_at) == (DETECTED + 1, DETECTED + 1)


def test_a_command_that_fails_is_bad_and_cites_its_complaint(shop: Shop) -> None:
    report, bench = perform(shop, "tier1/data", commands=queue("import sys; sys.exit('stuck')"))
    found = check(report, "command: queue")
    assert found["state"] == "bad"
    assert cited(bench, found["finding"]) == "stuck"


def test_what_a_command_gives_away_is_redacted_everywhere(shop: Shop) -> None:
    (shop.root / "held").write_text("connect with DB_PASSWORD=opensesame42")
    report, bench = perform(shop, "tier1/data", commands=queue("print(open('held').read())"))
    everything = json.dumps(report) + str(bench.shown)
    everything += "".join(bench.read(eid) for eid in bench.state.evidence)
    assert "connect with DB_PASSWORD=[redacted]" in everything
    assert "opensesame42" not in everything


def test_what_is_not_available_is_said_in_the_pane_and_in_the_report(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = Kubernetes(namespace="shop", workload="deployment/shop")
    monkeypatch.setattr(
        "orchestrator.evidence.sources.kubectl.environment", lambda **more: {"PATH": ""}
    )
    monkeypatch.setenv("PATH", f"{shop.root}")
    report, bench = perform(shop, "tier1/data", repo="", logs=(), deploy_log="", kubernetes=where)
    found = check(report, "kubernetes: pods")
    assert found["state"] == "unknown"
    assert found["finding"]["assumption"]
    assert found["finding"]["text"].startswith("Kubernetes, pods: not available, because kubectl")
    assert ("warn", "pods not available, because kubectl is not installed") in bench.shown


def alerting(path: str, given: dict[str, str]) -> Reply:
    if path.endswith("/alerts"):
        one = {"labels": {"alertname": "PoolFull", "job": "shop"}, "state": "firing"}
        told = {"alerts": [{**one, "activeAt": iso(TROUBLE), "value": "1e+00"}]}
        return 200, json.dumps({"status": "success", "data": told})
    if path.endswith("/query_range"):
        none = given["query"] == "nothing"
        points = [[TROUBLE - 8, "0"], [TROUBLE, "0.6"]]
        return 200, success("matrix", [] if none else [{"metric": {}, "values": points}])
    return 200, json.dumps({"status": "success", "data": {"groups": [], "activeTargets": []}})


def test_alerts_are_a_check_of_tier_1_and_courses_are_read_by_tier_2(shop: Shop) -> None:
    with serving(alerting) as web:
        asked = PrometheusQueries(url=web.address(), errors="share", p95="nothing")
        report, bench = perform(shop, "tier1/data", prometheus=asked)
        found = check(report, "prometheus: alerts")
        assert found["state"] == "bad"
        assert cited(bench, found["finding"]).startswith("firing PoolFull since 14:01:12")
        deep, below = perform(shop, "tier2/analysis", prometheus=asked)
    texts = {claim["text"]: claim for claim in deep["dependencies"]}
    course = next(text for text in texts if text.startswith("Errors went from 0 to 0.6"))
    assert cited(below, texts[course]).endswith(" 0.6")
    assert any(text.startswith("p95: no data from") for text in texts)
    item = below.state.evidence[texts[course]["evidence"][0].partition(":")[0]]
    assert item.command.startswith("query_range share from ")
    assert (item.from_at, item.to_at) == (TROUBLE - 1800, DETECTED + 1)


def test_an_expired_certificate_is_bad_and_becomes_a_hypothesis(shop: Shop) -> None:
    days = ("20200101000000Z", "20250101000000Z")
    with showing(made(shop.root, "shop", days=days)) as port:
        shown = (Certificate(address=f"127.0.0.1:{port}"),)
        report, bench = perform(shop, "tier1/data", certificates=shown)
        found = check(report, f"certificate: 127.0.0.1:{port}")
        assert found["state"] == "bad"
        assert cited(bench, found["finding"]).startswith("valid until: 2025-01-01")
        assert "a certificate is suspected" in report["reasons"]
        alone = {"repo": "", "deploy_log": "", "logs": (), "certificates": shown}
        deep, below = perform(shop, "tier2/analysis", **alone)
        first = deep["hypotheses"][0]
        assert "has expired" in first["statement"]
        assert first["status"] == "supported"
        assert cited(below, first["supporting"][0]).startswith("valid until: ")
        # beside a change that explains the trouble it stays a second guess
        beside, _ = perform(shop, "tier2/analysis", certificates=shown)
    assert beside["hypotheses"][0]["culprit"] == shop.culprit
    assert "has expired" in beside["hypotheses"][1]["statement"]


def test_lines_where_tracebacks_end_are_told_with_their_change(shop: Shop) -> None:
    report, bench = perform(shop, "tier2/analysis")
    (told,) = [one for one in report["code_review"] if "was last changed by" in one["text"]]
    assert told["text"].startswith("depot.py:7, where new tracebacks end, was last changed by ")
    assert '"first"' in told["text"]
    assert "return self.free.get(timeout=self.wait)" in cited(bench, told)
    assert cited(bench, told, 1)
    assert any(kind == "call" and " blame --porcelain " in text for kind, text in bench.shown)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("/srv/app/api/views.py", "api/views.py"),
        ("/srv/views.py", ""),
        ("/srv/app/main.py", "main.py"),
        ("/srv/app/other/models.py", ""),
    ],
)
def test_a_file_of_a_traceback_is_found_in_the_repository_by_its_longest_ending(
    file: str, expected: str
) -> None:
    paths = ["main.py", "api/views.py", "shop/views.py", "api/models.py"]
    assert within_repository(file, paths) == expected


def test_doctor_asks_each_source_once_and_says_it_in_a_line(shop: Shop) -> None:
    with serving(alerting) as web:
        service = Service(
            name="shop",
            prometheus=PrometheusQueries(url=web.address(), errors="share"),
            commands=queue("print('depth 40')"),
            certificates=(Certificate(address="127.0.0.1:9"),),
        )
        clock = FakeClock(DETECTED)
        found = asyncio.run(surroundings.check("service shop", service, shop.root, clock))
    said = {(one.name, one.state): one.said for one in found}
    assert said["command", "ok"] == "queue: depth 40"
    assert said["certificate", "bad"] == "127.0.0.1:9: connection refused"
    assert said["prometheus", "warn"].startswith("alerts: PoolFull is firing since")
    assert all(bool(one.mend) == (one.state != "ok") for one in found)
    assert all("\n" not in one.said for one in found)


def test_doctor_says_once_that_a_place_answers_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(shop.root))
    service = Service(
        name="shop",
        kubernetes=Kubernetes(namespace="shop", workload="deployment/shop"),
        prometheus=PrometheusQueries(url="http://127.0.0.1:9", errors="share"),
    )
    clock = FakeClock(DETECTED)
    found = asyncio.run(surroundings.check("service shop", service, shop.root, clock))
    assert [(one.name, one.state, one.said) for one in found] == [
        ("prometheus", "bad", "alerts: http://127.0.0.1:9: connection refused"),
        ("kubernetes", "bad", "pods: kubectl is not installed"),
    ]
