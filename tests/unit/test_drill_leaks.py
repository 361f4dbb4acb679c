"""Each shape of leak really leaks, on its own trigger alone; nothing innocent does."""

from functools import cache
from pathlib import Path
from random import Random

import pytest

from orchestrator.drills import decoys
from orchestrator.drills.edit import Change, apply
from orchestrator.drills.leaks import LEAKS
from orchestrator.drills.plan import Plan, make_plan, words_for
from orchestrator.drills.traffic import KINDS
from tests.unit.drill_code import Code, running

SHAPES = [leak.shape for leak in LEAKS]
INNOCENT = [*decoys.POOL, *decoys.RESOURCE, *decoys.AROUND]


@pytest.fixture(autouse=True)
def _no_round_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUND_TRIP", "0")


@cache
def _plan_with(shape: str) -> Plan:
    for seed in range(1000):
        plan = make_plan("leak", seed)
        if plan.leak is not None and plan.leak.shape == shape:
            return plan
    raise AssertionError(f"no seed below 1000 chooses {shape}")


def _tree(plan: Plan, *, guilty: bool) -> dict[str, str]:
    """The release with or without its guilty commit."""
    tree = dict(plan.base)
    for commit in plan.commits:
        if guilty or not commit.guilty:
            tree = apply(tree, commit.change)
    return tree


def _lost(code: Code, plan: Plan, rounds: int = 2) -> list[tuple[str, str]]:
    """Which requests, as (resource, kind), came back with a connection less."""
    rng, lost = Random(5), []
    for _ in range(rounds):
        for kept in plan.words.resources:
            for kind in KINDS:
                before = code.pool.in_use
                code.send(kind, kept, rng)
                if code.pool.in_use != before:
                    lost.append((kept.items, kind))
    return lost


@pytest.mark.parametrize("shape", SHAPES)
def test_a_leak_loses_a_connection_on_its_trigger_and_nowhere_else(
    shape: str, tmp_path: Path
) -> None:
    plan = _plan_with(shape)
    assert plan.leak is not None
    assert plan.culprit is not None
    with running(plan, _tree(plan, guilty=True), tmp_path) as code:
        lost = _lost(code, plan)
    triggers = {(plan.culprit.items, plan.leak.trigger)}
    if shape == "connection-kept":
        assert lost[:1] == list(triggers)
    assert set(lost) == triggers
    assert len(lost) == 2


@pytest.mark.parametrize("shape", SHAPES)
def test_a_leak_empties_the_pool_until_every_request_times_out(shape: str, tmp_path: Path) -> None:
    plan = _plan_with(shape)
    assert plan.leak is not None
    assert plan.culprit is not None
    rng = Random(9)
    with running(plan, _tree(plan, guilty=True), tmp_path) as code:
        for _ in range(plan.pool_size):
            code.send(plan.leak.trigger, plan.culprit, rng)
        assert code.pool.in_use == plan.pool_size
        for kept in plan.words.resources:
            with pytest.raises(code.timeout, match="no connection within"):
                code.send("list", kept, rng)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_release_without_its_guilty_commit_keeps_every_connection(
    shape: str, tmp_path: Path
) -> None:
    plan = _plan_with(shape)
    with running(plan, _tree(plan, guilty=False), tmp_path) as code:
        assert _lost(code, plan) == []


@pytest.mark.parametrize("change", INNOCENT, ids=lambda change: change.name)
def test_a_decoy_keeps_every_connection(change: Change, tmp_path: Path) -> None:
    plan = make_plan("traffic-spike", 3)
    for number, kept in enumerate(plan.words.resources):
        tree = apply(plan.base, change.named(words_for(plan, kept)))
        with running(plan, tree, tmp_path / str(number)) as code:
            assert _lost(code, plan, rounds=1) == []
            assert code.send("show", kept, Random(1)) == 200
            assert code.send("rejected", kept, Random(1)) == 400


@pytest.mark.parametrize("seed", range(5))
def test_a_control_release_keeps_every_connection(seed: int, tmp_path: Path) -> None:
    plan = make_plan("traffic-spike", seed)
    with running(plan, _tree(plan, guilty=True), tmp_path) as code:
        assert _lost(code, plan) == []
