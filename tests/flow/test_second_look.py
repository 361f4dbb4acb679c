"""Triage that spoke too soon: judged anew once more is known; until then its word stands."""

from typing import Any

from orchestrator.flow.second_look import MOST
from orchestrator.model import events as ev
from orchestrator.model.records import Task
from orchestrator.model.state import State
from tests.flow.simulate import FAILED, PASSED, REGRESSION, War, claim, indicators

EARLY = indicators(
    worked_before="yes",
    after_deployment="unknown",
    correlates_with_change="yes",
    metrics_inflect="unknown",
)
INNOCENT = indicators(
    worked_before="yes",
    after_deployment="no",
    correlates_with_change="no",
    metrics_inflect="no",
)
NOTHING = {
    "root_cause": claim("UNKNOWN"),
    "culprit": "",
    "verdict": "INCONCLUSIVE",
}
NONE = {"selected": "none", "action": "", "params": {}}


def opened(first: Any, later: Any, **given: Any) -> War:
    """Triage says `first`, and `later` whenever it is asked again."""
    war = War(approves=False)
    sure = given_by(war, "regression/verdict")

    def judged(task: Task, _: State) -> dict[str, Any]:
        return {**sure, "indicators": later if "@" in task.key else first}

    war.answers |= {"regression/verdict": judged, **given}
    war.open()
    return war


def given_by(war: War, key: str) -> dict[str, Any]:
    """What an agent reports as long as a test does not say otherwise."""
    report = war.answers[key]
    assert not callable(report)
    return dict(report)


def asked(war: War, key: str) -> list[str]:
    return [name for name in war.state.tasks if name.partition("@")[0] == key]


def offers(war: War) -> list[str]:
    return [one.title for one in war.state.approvals.values()]


def test_a_cause_that_names_a_change_has_triage_judge_it_anew() -> None:
    war = opened(EARLY, REGRESSION, **{"mitigation/strategy": NONE})
    war.run(until=3600)
    told = [one.why for one in war.of(ev.StepOverridden)]
    assert told == ["the root cause names a change that triage did not blame"]
    assert asked(war, "regression/verdict") == ["regression/verdict", "regression/verdict@2"]
    assert war.state.regression["verdict"] == "CONFIRMED"
    assert offers(war)[0] == "roll orders back to 1111111"


def test_what_is_dated_and_cleared_stays_cleared_whatever_the_cause_names() -> None:
    war = opened(INNOCENT, REGRESSION, **{"mitigation/strategy": NONE})
    war.run(until=3600)
    assert asked(war, "regression/verdict") == ["regression/verdict"]
    assert war.state.regression["verdict"] == "NOT_REGRESSION"
    assert offers(war) == []


def test_a_word_that_stays_open_is_asked_for_after_the_first_watches_only() -> None:
    given = {"mitigation/strategy": NONE, "rca/5whys": NOTHING}
    war = opened(EARLY, EARLY, **given)
    war.run(until=5 * 86_400)
    watches = asked(war, "mitigation/watch")
    assert len(watches) > MOST + 1
    assert len(asked(war, "regression/verdict")) == 1 + MOST
    assert offers(war) == []


def test_a_way_that_is_found_after_a_watch_is_offered() -> None:
    """A lock holder that shows only later: nothing of the changes is judged again for it."""
    ended = {"selected": "end-holder", "action": "end-holder", "params": {"pid": "7"}}
    card = {"action": "end-holder", "kind": "end-holder", "params": {"pid": "7"}}
    war = opened(INNOCENT, INNOCENT)

    def strategy(task: Task, _: State) -> dict[str, Any]:
        return ended if "@" in task.key else NONE

    prepared = given_by(war, "mitigation/prepare")
    war.answers["mitigation/strategy"] = strategy
    war.answers["mitigation/prepare"] = {**prepared, "card": {**prepared["card"], **card}}
    war.run(until=6 * 3600, stop=lambda state: bool(state.approvals))
    assert asked(war, "regression/verdict") == ["regression/verdict"]
    assert asked(war, "mitigation/strategy")[-1] == "mitigation/strategy@2"
    first = next(iter(war.state.approvals.values()))
    assert first.action == "end-holder"


def test_while_it_is_judged_anew_the_old_word_stands_and_nothing_is_proposed_on_it() -> None:
    war = opened(EARLY, REGRESSION, **{"mitigation/strategy": NONE})
    war.run(until=3600, stop=lambda state: "regression/verdict@2" in state.tasks)
    assert war.state.tasks["regression/verdict@2"].running
    assert war.state.regression["verdict"] == "POSSIBLE"
    assert war.state.told("regression/verdict")["indicators"] == EARLY
    assert asked(war, "mitigation/strategy") == ["mitigation/strategy"]
    assert offers(war) == []
    war.run(until=3600)
    assert war.state.told("regression/verdict")["indicators"] == REGRESSION
    assert offers(war)[0] == "roll orders back to 1111111"


def test_a_second_look_that_fails_leaves_what_was_known() -> None:
    war = opened(EARLY, EARLY, **{"mitigation/strategy": NONE})
    judged = war.answers["regression/verdict"]

    def failing(task: Task, state: State) -> dict[str, Any]:
        assert callable(judged)
        return {"__outcome__": "failed"} if "@" in task.key else dict(judged(task, state))

    war.answers["regression/verdict"] = failing
    war.run(until=1200)
    before = dict(war.state.regression)
    assert (before["verdict"], before["rollback"], before["impact"]) == ("POSSIBLE", "SAFE", "HIGH")
    war.run(until=12 * 3600)
    assert [war.state.tasks[f"regression/verdict@{n}"].outcome for n in (2, 3)] == ["failed"] * 2
    assert [war.state.tasks[f"regression/verdict@{n}"].attempt for n in (2, 3)] == [2] * 2
    assert war.state.regression == before


def test_a_triage_that_is_skipped_while_it_hangs_holds_nothing_up() -> None:
    war = opened(EARLY, EARLY, **{"mitigation/strategy": NONE})
    war.durations["regression/verdict"] = 7200.0
    war.run(until=30)
    war.give(war.human("step", step="regression", what="skip", why="it hangs"))
    war.run(until=3600)
    assert asked(war, "mitigation/strategy")
    assert asked(war, "mitigation/watch")


def test_while_it_is_judged_anew_the_service_is_watched_and_may_recover() -> None:
    war = opened(EARLY, EARLY, **{"mitigation/strategy": NONE, "mitigation/watch": PASSED})
    war.run(until=60, stop=lambda state: bool(state.regression))
    war.durations["regression/verdict"] = 20_000.0
    war.run(until=3600, stop=lambda state: "regression/verdict@2" in state.tasks)
    war.run(until=3600, stop=lambda state: state.resolution == "RESOLVED")
    assert war.state.resolution == "RESOLVED"
    judged = dict(war.state.regression)
    war.run(until=7200)
    assert war.state.regression == judged
    assert "regression/feasibility@2" not in war.state.tasks


def test_a_likely_word_of_a_second_look_is_validated_before_it_is_offered() -> None:
    likely = indicators(
        worked_before="yes",
        after_deployment="yes",
        correlates_with_change="yes",
        metrics_inflect="no",
    )
    war = opened(EARLY, likely, **{"mitigation/strategy": NONE})
    war.run(until=7200, stop=lambda state: bool(state.approvals))
    task = war.state.tasks["regression/verdict@2"]
    (first,) = war.state.approvals.values()
    assert war.state.regression["action"] == "ROLLBACK_AFTER_VALIDATION"
    assert first.requested_at - task.finished_at >= war.policy.likely_validation


def test_a_cause_that_was_looked_at_in_vain_does_not_end_the_looks_after_watches() -> None:
    war = opened(EARLY, EARLY, **{"mitigation/strategy": NONE})
    sure = war.answers["regression/verdict"]
    assert callable(sure)

    def late(task: Task, state: State) -> dict[str, Any]:
        seen = any(one.key == "mitigation/watch@1" and not one.running for one in
                   state.tasks.values())  # fmt: skip
        report = dict(sure(task, state))
        return {**report, "indicators": REGRESSION} if seen else report

    war.answers["regression/verdict"] = late
    war.run(until=86_400, stop=lambda state: bool(state.approvals))
    assert offers(war) == ["roll orders back to 1111111"]
    assert asked(war, "regression/verdict")[-1] == "regression/verdict@3"


def test_with_the_looks_after_a_watch_an_unknown_cause_is_looked_for_again() -> None:
    war = opened(INNOCENT, INNOCENT, **{"mitigation/strategy": NONE, "rca/5whys": NOTHING})
    war.run(until=5 * 86_400)
    assert len(asked(war, "rca/5whys")) == 1 + MOST
    assert asked(war, "regression/verdict") == ["regression/verdict"]


def test_a_watch_without_data_saw_nothing_and_is_no_reason_to_look_again() -> None:
    blind = {**FAILED, "checks": [{"name": "errors", "state": "no data"}]}
    given = {"mitigation/strategy": NONE, "rca/5whys": NOTHING, "mitigation/watch": blind}
    war = opened(EARLY, EARLY, **given)
    war.run(until=86_400)
    assert len(asked(war, "mitigation/watch")) > 1
    assert asked(war, "regression/verdict") == ["regression/verdict"]
    assert asked(war, "rca/5whys") == ["rca/5whys"]


def test_an_incident_that_is_opened_again_has_looks_of_its_own() -> None:
    war = opened(EARLY, EARLY, **{"mitigation/strategy": NONE, "rca/5whys": NOTHING})
    war.run(until=2 * 86_400)
    used = len(asked(war, "regression/verdict"))
    strategies = len(asked(war, "mitigation/strategy"))
    war.give(war.human("resolve", why="it looks well"))
    war.run(until=2 * 86_400 + 600)
    war.give(war.human("reopen", why="it came back"))
    war.run(until=5 * 86_400)
    assert war.state.reopened == 1
    assert len(asked(war, "regression/verdict")) == used + MOST
    assert len(asked(war, "mitigation/strategy")) > strategies


def test_a_torn_second_look_is_done_once() -> None:
    for torn in (1, 2, 3):
        war = opened(EARLY, REGRESSION, **{"mitigation/strategy": NONE})
        war.run(until=3600, stop=lambda state: "regression/verdict@2" in state.tasks)
        war.crash(5.0, torn=torn)
        war.run(until=3600)
        assert war.types().count("step.overridden") == 1
        assert len(asked(war, "regression/verdict")) == 2
        assert offers(war)[0] == "roll orders back to 1111111"
