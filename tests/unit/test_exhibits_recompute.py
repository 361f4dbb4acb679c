"""Every exhibit of every analysis holds when it is computed again from the files of its bundle."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.evidence.bundle.analyze import analyze
from tests.unit.recomputed import Files, wrong
from tests.unit.small_bundle import calm, clock, commit, course, deploy, failing, write

BUNDLES = Path(__file__).parents[3] / "shared" / "eval" / "bundles"
RECORDED = sorted(path.parent.name for path in BUNDLES.glob("*/bundle.json"))
Json = dict[str, Any]

LOWER = "@@\n-  pool_size: 40\n+  pool_size: 5"


def spans() -> Iterator[Json]:
    """Shop calls cart; from the trouble on the calls take 80 ms more than cart needs, and fail."""
    for n in range(-40, 10):
        trouble = n >= 0
        yield {"trace_id": f"t{n}", "span_id": f"p{n}", "parent_id": None, "service": "shop",
               "name": "buy", "start": clock(n),
               "duration_ms": 20 + n % 7 + 80 * trouble}  # fmt: skip
        yield {"trace_id": f"t{n}", "span_id": f"c{n}", "parent_id": f"p{n}", "service": "cart",
               "name": "take", "start": clock(n), "duration_ms": 10 + n % 3,
               **({"error": "pool exhausted"} if trouble else {})}  # fmt: skip


def steps() -> Iterator[Json]:
    """In a span the order is checked, then paid; from the trouble on it is no longer paid."""
    for n in range(-40, 10):
        for word in ("checked Order.java:7", *(("paid Order.java:9",) if n < 0 else ())):
            yield {"timestamp": clock(n), "service": "shop", "severity": "INFO",
                   "message": word, "span_id": f"p{n}"}  # fmt: skip


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A small bundle that has something of every kind."""
    flag = {"timestamp": clock(-2), "flag": "big_pool", "service": "shop", "change": "off->on",
            "actor": "a"}  # fmt: skip
    write(
        tmp_path,
        commits=[commit("bad", -9, "tidy", "services/shop/config/db.yaml", LOWER)],
        deploys=[deploy("bad", -5, "shop")],
        flags=[flag],
        logs=[
            *calm("shop"),
            *steps(),
            *failing("shop", "pool exhausted: ERROR no connection after {n} ms"),
        ],
        spans=list(spans()),
        series=[
            *course("shop", "error_ratio", 0.01, 0.9),
            *course("shop", "requests_per_sec", 90, 700),
            *course("shop", "cpu_usage", 20, 95),
        ],
    )
    return tmp_path


def body_of(folder: Path) -> Json:
    found: Json = json.loads(analyze(folder).as_json())
    return found


def unheld(folder: Path, body: Json) -> list[str]:
    files = Files(folder)
    return [
        f"{eid}: {what}" for eid, item in body["evidence"].items() for what in wrong(files, item)
    ]


def unresolved(body: Json) -> list[str]:
    """Numbers that are cited and not there, exhibits that nobody cites, candidates without any."""
    ranked = [*body["services"], *body["changes"], *body["external"]]
    cited = {eid for one in ranked for eid in one["evidence"]}
    bare = [str(one) for one in ranked if not one["evidence"]]
    return [*sorted(cited ^ set(body["evidence"])), *bare]


def test_every_exhibit_of_a_small_bundle_holds_and_every_kind_is_there(full: Path) -> None:
    body = body_of(full)
    assert unresolved(body) == []
    assert unheld(full, body) == []
    kinds = {(item["kind"], item["source"]) for item in body["evidence"].values()}
    assert {"metric", "log", "trace", "diff", "deploy", "flag"} <= {kind for kind, _ in kinds}


def test_a_figure_that_was_tampered_with_does_not_hold(full: Path) -> None:
    body, files, tried = body_of(full), Files(full), set()
    for item in body["evidence"].values():
        for name, value in item["data"].items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            if (item["kind"], name) == ("diff", "line") and not value:
                continue
            other = copy.deepcopy(item)
            other["data"][name] = value + 1
            try:
                found = list(wrong(files, other))
            except IndexError:  # a line beyond the end
                found = ["no such line"]
            assert found, f"{name} + 1 went unnoticed: {item['summary']}"
            tried.add((item["kind"], name))
    assert len(tried) > 12


def test_a_summary_that_tells_another_figure_does_not_hold(full: Path) -> None:
    for item in body_of(full)["evidence"].values():
        if item["kind"] == "metric":
            assert list(wrong(Files(full), {**item, "summary": "it went from 1 to 2"}))


@pytest.mark.skipif(
    not RECORDED, reason="no recorded incidents in ../shared/eval/bundles: nothing to compute again"
)
@pytest.mark.parametrize("name", RECORDED or ["none"])
def test_every_exhibit_of_a_recorded_incident_holds(name: str) -> None:
    body = body_of(BUNDLES / name)
    assert unresolved(body) == []
    assert unheld(BUNDLES / name, body) == []
