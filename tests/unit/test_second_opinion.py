"""Two methods on one cause: agreement is evidence, disagreement is shown, the surer one counts."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.rules.opinion import Opinion, of_observed
from orchestrator.evidence.bundle.read import Bundle
from orchestrator.evidence.bundle.result import Ranked
from tests.unit.fake_bench import FakeBench
from tests.unit.small_shop import Shop, open_shop
from tests.unit.test_rules_shop import bench_of, perform

NAMED = "The ranking over all that was observed names"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path, leak=True)


def another_is_blamed(shop: Shop, confidence: float, patch: pytest.MonkeyPatch) -> None:
    """The ranking as it is, but sure to that degree of a harmless commit."""
    own = of_observed

    async def biased(desk: Any, observed: Bundle, read: Any) -> Opinion | None:
        opinion = await own(desk, observed, read)
        assert opinion is not None
        other = next(c for c in opinion.analysis.changes if c.name != shop.culprit)
        ranked = Ranked(other.name, other.score, confidence, other.evidence)
        analysis = dataclasses.replace(opinion.analysis, culprit=other.name, changes=(ranked,))
        return dataclasses.replace(opinion, analysis=analysis)

    patch.setattr("orchestrator.agents.rules.investigation.of_observed", biased)


def board(bench: FakeBench) -> dict[str, Any]:
    perform(bench, "regression/verdict")
    first: dict[str, Any] = perform(bench, "tier2/analysis")["hypotheses"][0]
    return first


def test_where_both_name_one_change_that_is_said_for_it(shop: Shop) -> None:
    first = board(bench_of(shop))
    assert first["culprit"] == shop.culprit
    assert f"{NAMED} it as well." in [one["text"] for one in first["supporting"]]
    assert first["refuting"] == []


def test_a_weaker_other_opinion_is_shown_and_does_not_decide(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_is_blamed(shop, 0.3, monkeypatch)
    bench = bench_of(shop)
    first = board(bench)
    assert first["culprit"] == shop.culprit
    assert first["refuting"][0]["text"].startswith(NAMED)
    assert "instead" in first["refuting"][0]["text"]
    report = perform(bench, "rca/5whys")
    assert (report["verdict"], report["culprit"]) == ("LIKELY", shop.culprit)
    assert "Two methods disagree:" in bench.said()


def test_a_surer_other_opinion_leaves_the_cause_open(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    another_is_blamed(shop, 0.99, monkeypatch)
    bench = bench_of(shop)
    board(bench)
    assert perform(bench, "rca/5whys")["verdict"] == "INCONCLUSIVE"
    assert "Two methods disagree:" in bench.said()
