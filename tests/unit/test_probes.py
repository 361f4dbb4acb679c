"""Looks after a change: what counts, what does not, and what is no recovery."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.actions.looking import baseline, check
from orchestrator.actions.probes import Subject, stays, validate
from orchestrator.clock import FakeClock
from orchestrator.evidence.sources.ring import Sample
from orchestrator.model.policy import Validation
from orchestrator.model.reports.mitigation import ProbeCheck

T0 = 1_763_906_400.0
POLICY = Validation(
    interval=1.0, passes=3, window=3.0, patience=20.0, restart_grace=5.0, relapse_window=10.0
)
WELL = {"requests": 20.0, "errors": 0.0, "p95": 0.02}
ILL = {"requests": 20.0, "errors": 0.9, "p95": 0.02}


def calm() -> list[Sample]:
    return [Sample(T0 - 60 + n, True, WELL) for n in range(50)]


class Ring:
    """Samples that appear as the clock goes on: `at` gives the values of a moment."""

    def __init__(self, clock: FakeClock, at: Mapping[float, dict[str, float] | None]) -> None:
        self._clock, self._at = clock, at

    def __call__(self, since: float) -> Sequence[Sample]:
        found = calm()
        moment = T0
        while moment <= self._clock.now():
            values = self._values(moment - T0)
            if values is not None:
                found.append(Sample(moment, True, values))
            moment += 1.0
        return [sample for sample in found if sample.t >= since]

    def _values(self, second: float) -> dict[str, float] | None:
        known = [begun for begun in self._at if begun <= second]
        return self._at[max(known)] if known else ILL


async def finished(clock: FakeClock, work: Any) -> dict[str, Any]:
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.advance(0.5)
    return dict(task.result())


def looked(
    at: Mapping[float, dict[str, float] | None],
    *,
    begins: float = 10.0,
    started: float = 0.0,
    ended: float = 0.0,
    policy: Validation = POLICY,
) -> tuple[dict[str, Any], str]:
    clock, said = FakeClock(T0 + begins), list[str]()
    subject = Subject(Ring(clock, at), T0, policy)
    work = validate(subject, clock, said.append, started, ended)
    return asyncio.run(finished(clock, work)), "".join(said)


def test_enough_looks_in_a_row_over_the_whole_window_are_a_recovery() -> None:
    seen, _ = looked({0: ILL, 10: WELL})
    assert not seen["gave_up"]
    assert seen["stable_for"] >= 3.0
    assert {row["state"] for row in seen["checks"]} == {"pass"}


def test_no_data_is_no_recovery() -> None:
    seen, _ = looked({0: ILL, 10: None})
    assert seen["gave_up"]
    assert {row["state"] for row in seen["checks"]} == {"no data"}


def test_no_errors_without_traffic_are_no_recovery() -> None:
    seen, _ = looked({0: ILL, 10: {"requests": 0.0, "p95": 0.01}})
    assert seen["gave_up"]
    assert seen["checks"][0] == {**seen["checks"][0], "name": "traffic", "state": "fail"}


def test_the_restart_of_the_change_counts_neither_for_nor_against_it() -> None:
    still = {0.0: ILL, 10.0: WELL}
    seen, said = looked(still, started=T0 + 8, ended=T0 + 10)
    assert "restart: does not count" in said
    assert seen["restart_looks"] >= 5
    assert seen["restored_at"] >= T0 + 15


def test_errors_of_the_restart_do_not_end_a_row_of_passes_after_it() -> None:
    noisy = {0.0: ILL, 10.0: ILL, 14.0: WELL}
    seen, _ = looked(noisy, started=T0 + 8, ended=T0 + 10)
    assert not seen["gave_up"]
    assert seen["restored_at"] == T0 + 16


def test_a_sample_that_reaches_back_into_the_restart_does_not_count_either() -> None:
    seen, said = looked(
        {0.0: ILL, 10.0: WELL, 15.0: ILL, 16.0: WELL}, started=T0 + 8, ended=T0 + 10
    )
    assert said.count("restart: does not count") == seen["restart_looks"] == 5
    assert not seen["gave_up"]


def test_the_patience_begins_after_the_restart() -> None:
    seen, said = looked({0.0: ILL}, started=T0 + 8, ended=T0 + 10)
    assert seen["gave_up"]
    assert said.count("in a row, well for") >= 19


def test_the_last_look_before_the_change_is_kept_to_compare_with() -> None:
    seen, _ = looked({0.0: ILL, 9.0: WELL}, started=T0 + 8, ended=T0 + 9)
    before = {row["name"]: row for row in seen["before"]}
    assert (before["errors"]["value"], before["errors"]["state"]) == (0.9, "fail")


def test_throughput_is_what_did_not_fail_against_its_baseline() -> None:
    normal = baseline(calm(), T0)
    rows = {row["name"]: row for row in check(Sample(T0, True, ILL), normal, POLICY)}
    assert rows["traffic"]["state"] == "pass"
    assert rows["throughput"]["state"] == "fail"
    assert round(rows["throughput"]["value"], 3) == 2.0
    assert rows["throughput"]["baseline"] == 20.0


def test_a_service_that_nothing_measures_is_judged_by_its_journeys() -> None:
    clock, answers = FakeClock(T0), iter(["down", "", "", "", "", ""])

    async def walk() -> list[dict[str, Any]]:
        wrong = next(answers)
        state = "fail" if wrong else "pass"
        number = {"value": None, "baseline": None, "limit": None, "unit": ""}
        return [{"name": "journey: pay", "state": state, **number, "why": wrong}]

    subject = Subject(lambda since: [], T0, POLICY, walk, measured=False)
    seen = asyncio.run(finished(clock, validate(subject, clock, lambda text: None)))
    assert not seen["gave_up"]
    assert [row["name"] for row in seen["checks"]] == ["journey: pay"]
    ProbeCheck.model_validate(seen["checks"][0])


def test_a_service_with_nothing_to_look_at_never_recovers() -> None:
    clock = FakeClock(T0)
    subject = Subject(lambda since: [], T0, POLICY, measured=False)
    seen = asyncio.run(finished(clock, validate(subject, clock, lambda text: None)))
    assert seen["gave_up"]
    assert seen["checks"] == []


def after(at: Mapping[float, dict[str, float] | None]) -> dict[str, Any]:
    clock = FakeClock(T0 + 10)
    subject = Subject(Ring(clock, at), T0, POLICY)
    return asyncio.run(finished(clock, stays(subject, clock, lambda text: None, T0 + 20)))


def test_a_service_that_stays_well_over_the_window_did_not_relapse() -> None:
    assert after({0.0: WELL})["relapsed"] is False


def test_enough_failing_looks_in_a_row_are_a_relapse() -> None:
    seen = after({0.0: WELL, 14.0: ILL})
    assert seen["relapsed"] is True
    assert seen["since"] == T0 + 14


def test_one_bad_look_is_none() -> None:
    assert after({0.0: WELL, 14.0: ILL, 16.0: WELL})["relapsed"] is False


def test_no_data_is_no_relapse() -> None:
    assert after({0.0: WELL, 14.0: None})["relapsed"] is False


def test_where_no_look_saw_anything_nobody_says_that_it_stayed_well() -> None:
    assert after({0.0: WELL})["told"] > 0
    assert after({0.0: None})["told"] == 0
