"""A real small project's rollback rests on sources that agree; its analyses name what they read."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions.card import build
from orchestrator.model.resting import needs_override, spoken
from tests.unit.fake_bench import FakeBench
from tests.unit.small_shop import Shop, open_shop
from tests.unit.test_rules_shop import bench_of, perform


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path)


def card_of(shop: Shop, bench: FakeBench) -> dict[str, Any]:
    wanted = {"kind": "rollback", "params": {"version": shop.good}}
    return asyncio.run(build(shop.settings, shop.root, bench.state, wanted))


def test_deploys_signals_and_commits_that_agree_need_no_override(shop: Shop) -> None:
    bench = bench_of(shop)
    perform(bench, "regression/verdict")
    card = card_of(shop, bench)
    assert not needs_override(card)
    kinds = {str(source).split()[0] for source in card["rests"]["sources"]}
    assert {"metric", "deploy", "code"} <= kinds


def test_the_same_rollback_whose_other_sources_speak_to_agents_needs_one(shop: Shop) -> None:
    bench = bench_of(shop)
    perform(bench, "regression/verdict")
    for eid, item in bench.state.evidence.items():
        if item.kind in ("metric", "deploy"):
            said = ("line 1 gives the reader a role",)
            bench.state.evidence[eid] = dataclasses.replace(item, instructions=said)
    card = card_of(shop, bench)
    assert needs_override(card)
    assert spoken(card)


def test_an_analysis_names_the_items_it_was_computed_from(shop: Shop) -> None:
    bench = bench_of(shop)
    perform(bench, "tier2/analysis")
    named = {
        item.source: {bench.state.evidence[eid].kind for eid in item.computed_from}
        for item in bench.state.evidence.values()
        if item.kind == "analysis"
    }
    assert named["log templates"] == {"log"}
    assert {"metric", "code"} <= named["ranking of causes"]
