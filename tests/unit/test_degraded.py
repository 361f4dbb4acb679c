"""Poorer records of an incident: always the same ones, each poorer in what it says."""

from pathlib import Path

import pytest

from benchmarks.degraded import WAYS, held, variants
from orchestrator.evidence.bundle.analyze import analysed
from orchestrator.evidence.bundle.read import Bundle, read_bundle
from tests.unit.small_bundle import calm, commit, course, deploy, failing, write

DIFF = "@@ app.py @@\n-    if order is None:\n-        return missing()\n     charge(order)\n"
TRUTH = {"ask": "change", "change": "bad", "service": "shop"}


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    write(
        tmp_path,
        commits=[commit("bad", -9, "tidy", "shop/app.py", DIFF)],
        deploys=[deploy("bad", -5, "shop")],
        logs=[*calm("shop"), *failing("shop", "order is None")],
        series=[*course("shop", "error_ratio", 0.01, 0.6), *course("b", "latency", 1.0, 1.0)],
    )
    return held(read_bundle(tmp_path))


def test_the_same_record_is_degraded_alike_every_time(bundle: Bundle) -> None:
    first, second = ([analysed(v.bundle).as_json() for v in variants(bundle, TRUTH)] for _ in "ab")
    assert first == second


def test_every_variant_differs_from_the_record(bundle: Bundle) -> None:
    for variant in variants(bundle, TRUTH):
        assert variant.bundle is not bundle
        assert set(variant.ways) <= set(WAYS)


def test_what_a_record_does_not_have_cannot_be_taken_from_it(bundle: Bundle) -> None:
    ways = {variant.ways for variant in variants(bundle, TRUTH)}
    assert ("graph lost",) not in ways
    assert ("traces lost",) not in ways
    assert ("logs lost",) in ways


def test_a_record_whose_culprit_was_lost_no_longer_holds_it(bundle: Bundle) -> None:
    lost = next(v for v in variants(bundle, TRUTH) if v.ways == ("culprit's commit lost",))
    assert lost.bundle.changes.commits == ()
    assert analysed(lost.bundle).culprit == "none"
