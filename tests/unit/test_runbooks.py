"""Runbooks say when they apply; Tier 1 cites the best one, or misses it when there is none."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.evidence.sources import runbooks
from orchestrator.evidence.sources.runbooks import Runbook, Shelf, parse
from orchestrator.evidence.sources.source import SourceError
from orchestrator.settings import Runbooks
from tests.unit.fake_bench import FakeBench, task
from tests.unit.small_shop import DETECTED, Shop, commit, open_shop

POOL = """\
---
title: "Connection pool exhausted"   
services: [orders, 'shop']
symptoms:
  - depot timeout
  - nothing to rent
# who wrote it does not matter
owner: a.kim
alerts: ShopErrors, OrdersErrors
---
# Pool

Restart one instance.
"""


def test_front_matter_says_what_a_runbook_is_for() -> None:
    book = parse("pool.md", POOL)
    assert book.title == "Connection pool exhausted"
    assert book.services == ("orders", "shop")
    assert book.symptoms == ("depot timeout", "nothing to rent")
    assert book.alerts == ("ShopErrors", "OrdersErrors")
    assert book.content == POOL


@pytest.mark.parametrize(
    ("text", "title"),
    [("# Disk full\n\nDelete.", "Disk full"), ("Delete.", "disk full"), ("", "disk full")],
)
def test_without_front_matter_the_heading_or_the_name_is_the_title(text: str, title: str) -> None:
    assert parse("ops/disk-full.md", text).title == title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: x\n", "x.md line 1: the front matter has no end"),
        ("---\ntitle: x\nwhat is this\n---\n", "x.md line 3: is neither `key: value` nor"),
        ("---\nservices: [a, b\n---\n", "x.md line 2: the list has no end"),
    ],
)
def test_broken_front_matter_names_file_and_line(text: str, expected: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse("x.md", text)
    assert str(caught.value).startswith(expected)


def chosen(books: list[Runbook], alert: str = "", text: str = "") -> list[str]:
    return [fit.runbook.name for fit in Shelf(tuple(books)).fitting("shop", alert, text)]


def book(name: str, **given: tuple[str, ...]) -> Runbook:
    return Runbook(name, name, "", **given)


def test_the_alerts_name_goes_before_symptoms_and_these_before_the_service() -> None:
    books = [
        book("service", services=("shop",)),
        book("one symptom", symptoms=("timeout",)),
        book("two symptoms", symptoms=("timeout", "pool full", "disk")),
        book("alert", alerts=("shoperrors",), services=("orders",)),
    ]
    text = "Timeouts everywhere, the pool is full"
    assert chosen(books, "ShopErrors", text) == ["alert", "two symptoms", "one symptom", "service"]


def test_what_is_for_another_service_or_another_trouble_is_left_on_the_shelf() -> None:
    books = [
        book("other service", services=("orders",), symptoms=("timeout",)),
        book("other trouble", services=("shop",), symptoms=("disk full",)),
        book("nothing said"),
        book("other alert", alerts=("DiskFull",)),
    ]
    assert chosen(books, "ShopErrors", "timeout") == []


def test_a_folder_is_read_whole_and_what_is_broken_in_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db/pool.md").write_text(POOL)
    (tmp_path / "bad.md").write_text("---\n")
    (tmp_path / "long.md").write_text("x" * (runbooks.BYTES + 2))
    (tmp_path / "notes.txt").write_text("no runbook")
    shelf = asyncio.run(runbooks.read(tmp_path, "runbooks"))
    assert [one.name for one in shelf.runbooks] == ["db/pool.md"]
    assert [wrong.partition(":")[0] for wrong in shelf.wrong] == ["bad.md line 1", "long.md"]
    with pytest.raises(SourceError, match=r"^runbooks: there is no such folder$"):
        asyncio.run(runbooks.read(tmp_path / "gone", "runbooks"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    opened = open_shop(tmp_path)
    (tmp_path / "runbooks").mkdir()
    settings = opened.settings.model_copy(update={"runbooks": Runbooks(path="runbooks")})
    return dataclasses.replace(opened, settings=settings)


def tier1(shop: Shop) -> tuple[dict[str, Any], FakeBench]:
    bench = FakeBench(shop.root, shop.settings, shop.state, FakeClock(DETECTED + 1))
    return dict(asyncio.run(RulesBackend().perform(task("tier1/data"), bench)).report), bench


def test_tier_1_cites_the_runbook_that_the_logs_call_for(shop: Shop) -> None:
    (shop.root / "runbooks/pool.md").write_text(POOL)
    (shop.root / "runbooks/disk.md").write_text("---\nsymptoms: [disk full]\n---\n")
    report, bench = tier1(shop)
    assert report["runbook"] == "runbooks/pool.md"
    (said,) = report["claims"]
    assert said["text"].endswith("applies by its symptoms depot timeout and the service.")
    eid = said["evidence"][0].partition(":")[0]
    assert bench.read(eid) == POOL
    assert bench.state.evidence[eid].kind == "runbook"
    assert "no runbook covers it" not in report["reasons"]


def test_tier_1_takes_the_runbook_of_the_alert_that_fired(shop: Shop) -> None:
    (shop.root / "runbooks/alert.md").write_text("---\nalerts: [ShopErrors]\n---\n")
    (shop.root / "runbooks/pool.md").write_text(POOL.replace("ShopErrors, ", ""))
    shop.state.alert = {"labels": {"alertname": "ShopErrors"}, "annotations": {"s": "many 5xx"}}
    report, _ = tier1(shop)
    assert report["runbook"] == "runbooks/alert.md"


def test_no_runbook_is_a_reason_to_escalate_and_a_question(shop: Shop) -> None:
    (shop.root / "runbooks/disk.md").write_text("---\nsymptoms: [disk full]\n---\n")
    report, bench = tier1(shop)
    assert report["runbook"] == "UNKNOWN"
    assert "no runbook covers it" in report["reasons"]
    assert "runbook" in {question["field"] for question in report["unknown"]}
    assert ("out", "none of 1 runbook applies") in bench.shown


def test_a_runbook_in_the_services_repository_still_counts(shop: Shop) -> None:
    commit(shop.root / "repo", "how to help", {"docs/runbook.md": "# Help\n"})
    report, bench = tier1(shop)
    assert report["runbook"] == "repo/docs/runbook.md"
    assert bench.read(report["claims"][0]["evidence"][0]) == "# Help\n"


def test_the_runbook_that_the_settings_name_is_cited(shop: Shop) -> None:
    (shop.root / "help.md").write_text("# Help\n")
    (service,) = shop.settings.services
    named = service.model_copy(update={"runbook": "help.md"})
    settings = shop.settings.model_copy(update={"services": (named,)})
    report, bench = tier1(dataclasses.replace(shop, settings=settings))
    assert report["runbook"] == "help.md"
    assert bench.read(report["claims"][0]["evidence"][0]) == "# Help\n"
