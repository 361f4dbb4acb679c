"""The load is the same mix everywhere, and meets the leak about once a second."""

from collections import Counter
from itertools import islice

import pytest

from orchestrator.drills.plan import STATEMENTS, Plan, make_plan
from orchestrator.drills.traffic import MIX, Request, requests

TRIPS = {"show": 2, "held": 2, "summary": 2, "move": 2, "rejected": 0}
"""Round trips by kind of request, where it is not one."""


def _rounds(plan: Plan, count: int) -> list[Request]:
    return list(islice(requests(plan), count))


def test_the_same_seed_sends_the_same_requests() -> None:
    assert _rounds(make_plan("leak", 3), 500) == _rounds(make_plan("leak", 3), 500)


def test_every_resource_gets_reads_and_writes() -> None:
    plan = make_plan("traffic-spike", 1)
    sent = Counter((r.method, r.path.split("/")[1].split("?")[0]) for r in _rounds(plan, 216))
    for kept in plan.words.resources:
        assert sent["GET", kept.items] > sent["POST", kept.items] > 0


@pytest.mark.parametrize("seed", range(12))
def test_the_trigger_empties_the_pool_within_twelve_seconds(seed: int) -> None:
    plan = make_plan("leak", seed)
    often = sum(MIX.values()) * len(plan.words.resources) - 1 + 6
    triggers_a_second = plan.rps * 6 / often
    assert 5 <= plan.pool_size / triggers_a_second <= 12


def test_the_statements_of_an_average_request_are_what_the_plan_counts_on() -> None:
    trips = sum(count * TRIPS.get(kind, 1) for kind, count in MIX.items())
    assert trips / sum(MIX.values()) == pytest.approx(STATEMENTS, abs=0.05)


@pytest.mark.parametrize("seed", range(12))
def test_the_spike_is_several_times_the_load_and_more_than_the_pool_can_serve(seed: int) -> None:
    plan = make_plan("traffic-spike", seed)
    capacity = plan.pool_size / (STATEMENTS * plan.round_trip)
    assert plan.spike_rps > 1.2 * capacity
    assert plan.rps < 0.4 * capacity
    assert 4 < plan.spike_rps / plan.rps < 9
