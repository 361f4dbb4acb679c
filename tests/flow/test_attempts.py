"""A change that did not bring everything back: judged by code, told, never repeated."""

from collections.abc import Mapping
from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.attempt import effect_of
from orchestrator.model.policy import Validation
from orchestrator.model.records import Task
from tests.flow.simulate import CARD, PASSED, SHA, War, indicators

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")


def seen(errors: float, p95: float = 0.01) -> list[dict[str, Any]]:
    return [
        {"name": "traffic", "state": "pass", "value": 9.0},
        {"name": "errors", "state": "pass" if errors <= 0.05 else "fail", "value": errors},
        {"name": "p95", "state": "pass" if p95 <= 0.1 else "fail", "value": p95},
    ]


def looks(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[str, Any]:
    return {**PASSED, "before": before, "checks": after, "passes": 0, "gave_up": True}


PARTLY = looks(seen(0.6, 2.0), seen(0.0, 2.0))
LESS = looks(seen(0.6), seen(0.2))
NOTHING = looks(seen(0.6), seen(0.6))
WORSE = looks(seen(0.2), seen(0.8))
BLIND = looks(seen(0.6), [{"name": "errors", "state": "no data", "value": None}])


def war_after(first: Mapping[str, Any], kind: str = "rollback", **more: Any) -> War:
    """The first change ends in `first`; the next ones bring the service back."""
    war = War(**more)
    war.answers["mitigation/validate"] = lambda task, state: (
        first if task.key.endswith("@1") else PASSED
    )
    war.answers["mitigation/prepare"] = lambda task, state: {
        "possible": True,
        "card": card(task, kind),
    }
    war.answers["mitigation/strategy"] = lambda task, state: (
        {"selected": "restart", "action": "restart-orders", "params": {}}
        if task.inputs.get("attempts")
        else {"selected": kind, "action": f"{kind}-orders", "params": {}}
    )
    if kind != "rollback":
        war.answers["regression/verdict"] = {
            **war.answers["regression/verdict"],  # type: ignore[dict-item]
            "indicators": indicators(worked_before="yes", after_deployment="no"),
        }
    return war


def card(task: Task, first: str) -> dict[str, Any]:
    kind = str(task.inputs["kind"]) or first
    number = int(task.inputs.get("attempt", 1))
    title = f"attempt {number}: {kind} orders" if number > 1 else f"{kind} orders"
    action = str(task.inputs.get("action") or f"{kind}-orders")
    params = dict(task.inputs["params"])
    return {**CARD, "action": action, "kind": kind, "title": title, "params": params}


def started(war: War) -> War:
    war.open()
    war.run(until=1200, stop=lambda state: bool(state.stopped) or state.status == "RESOLVED")
    return war


def test_a_rollback_that_helped_in_part_does_not_stop_the_line() -> None:
    war = started(war_after(PARTLY))
    assert not war.of(ev.LineStopped)
    first, second = war.of(ev.AttemptJudged)
    assert (first.effect, first.resolution) == ("improved", "PARTIALLY_RESOLVED")
    assert "p95" in first.why
    assert (second.number, second.effect) == (2, "restored")
    assert second.title == "attempt 2: restart orders"
    assert war.state.status == "RESOLVED"


def test_errors_that_halved_count_as_help_though_not_as_a_resolution() -> None:
    war = started(war_after(LESS))
    assert war.of(ev.AttemptJudged)[0].effect == "improved"
    assert war.of(ev.AttemptJudged)[0].resolution == "NOT_RESOLVED"
    assert war.state.status == "RESOLVED"


def test_the_status_goes_back_to_investigating_and_says_why() -> None:
    war = started(war_after(PARTLY))
    told = [(s.status, s.why) for s in war.of(ev.StatusChanged)]
    at = [status for status, _ in told].index("MITIGATING")
    assert told[at + 1][0] == "INVESTIGATING"
    assert "attempt 1: the rollback helped, and something is still wrong: p95" in told[at + 1][1]


def test_the_strategy_is_asked_anew_with_what_was_tried() -> None:
    war = started(war_after(PARTLY))
    tried = war.state.tasks["mitigation/strategy@2"].inputs["attempts"]
    assert [(one["action"], one["effect"]) for one in tried] == [("rollback-orders", "improved")]


@pytest.mark.parametrize(
    ("first", "effect"), [(WORSE, "worse"), (BLIND, "unmeasured"), (NOTHING, "none")]
)
def test_a_rollback_that_made_it_worse_or_healed_nothing_stops_the_line(
    first: dict[str, Any], effect: str
) -> None:
    war = started(war_after(first))
    assert war.of(ev.AttemptJudged)[0].effect == effect
    assert war.state.status == "STOPPED"
    assert war.state.severity == "P0"
    assert "P0 CRITICAL" in war.state.exceptions["rollback-failed"]["actions"][0]


def test_a_rollback_that_healed_nothing_is_not_offered_again_after_the_assessment() -> None:
    war = started(war_after(NOTHING))
    war.give(war.human("assess", text="the release is not to blame"))
    war.run(until=2400, stop=lambda state: state.status == "RESOLVED")
    assert [a.action for a in war.of(ev.ApprovalRequested)] == ["rollback-orders", "restart-orders"]


def test_a_workaround_without_effect_does_not_stop_the_line() -> None:
    war = started(war_after(NOTHING, kind="workaround"))
    judged = war.of(ev.AttemptJudged)
    assert [(one.kind, one.effect) for one in judged] == [
        ("workaround", "none"),
        ("restart", "restored"),
    ]
    assert judged[0].undo
    assert not war.of(ev.LineStopped)


def test_a_workaround_whose_command_fails_stops_it() -> None:
    war = war_after(NOTHING, kind="workaround")
    war.answers["mitigation/execute"] = {"exit": 2, "why": "no such host"}
    started(war)
    assert war.state.stopped == "the workaround failed: no such host"
    assert "change-failed" in war.state.exceptions
    assert "rollback-failed" not in war.state.exceptions


def test_what_did_not_help_is_never_offered_again_by_itself() -> None:
    war = war_after(PARTLY)
    war.answers["mitigation/strategy"] = {
        "selected": "rollback",
        "action": "rollback-orders",
        "params": {"version": "1111111"},
    }
    war.open()
    war.run(until=7200)
    assert [a.action for a in war.of(ev.ApprovalRequested)] == ["rollback-orders"]
    assert "mitigation/watch@1" in war.state.tasks


def test_after_three_attempts_a_person_has_to_choose() -> None:
    war = war_after(PARTLY)
    war.answers["mitigation/validate"] = PARTLY
    war.answers["mitigation/strategy"] = lambda task, state: {
        "selected": "restart",
        "action": f"way-{len(task.inputs.get('attempts', ()))}",
        "params": {},
    }
    war.open()
    war.run(until=7200)
    assert len(war.of(ev.AttemptJudged)) == 3
    assert "Which is next?" in war.state.questions["mitigation attempts"]
    war.give(war.human("resolve", why="it went away"))
    war.run(until=7300)
    war.give(war.human("reopen", why="it is back"))
    war.run(until=20_000)
    assert len(war.of(ev.AttemptJudged)) == 6
    assert "Which is next?" in war.state.questions["mitigation attempts 2"]


def test_a_torn_batch_after_the_judgement_still_stops_the_line() -> None:
    war = war_after(NOTHING)
    started(war)
    judged = next(n for n, e in enumerate(war.journal) if isinstance(e.data, ev.AttemptJudged))
    war.crash(5.0, torn=len(war.journal) - judged - 1)
    assert war.state.stopped
    assert war.state.status == "STOPPED"
    assert [a.approval for a in war.of(ev.ApprovalRequested)] == ["rollback@1"]


def test_where_nobody_looked_before_only_a_partial_resolution_is_an_improvement() -> None:
    policy = Validation()
    assert effect_of((), seen(0.6), "NOT_RESOLVED", policy) == "none"
    assert effect_of((), seen(0.0, 2.0), "PARTIALLY_RESOLVED", policy) == "improved"


def test_another_slow_answer_beside_healed_errors_is_no_worsening() -> None:
    assert effect_of(seen(0.6), seen(0.0, 2.0), "PARTIALLY_RESOLVED", Validation()) == "improved"


def test_without_errors_to_compare_more_failing_journeys_are_worse() -> None:
    was = [{"name": "journey: pay", "state": "fail"}, {"name": "health", "state": "pass"}]
    now = [{"name": "journey: pay", "state": "fail"}, {"name": "health", "state": "fail"}]
    assert effect_of(was, now, "NOT_RESOLVED", Validation()) == "worse"
    assert effect_of(now, was, "PARTIALLY_RESOLVED", Validation()) == "improved"


def test_a_journey_that_nobody_walked_before_the_change_was_not_broken_by_it() -> None:
    unknown: dict[str, Any] = {"name": "errors", "state": "no data", "value": None}
    slow = {"name": "p95", "state": "fail", "value": 2.0}
    pay = {"name": "journey: pay", "state": "fail", "value": None}
    was: list[dict[str, Any]] = [unknown, slow]
    assert effect_of(was, [unknown, slow, pay], "NOT_RESOLVED", Validation()) == "none"
    fast: dict[str, Any] = {"name": "p95", "state": "pass", "value": 0.01}
    assert effect_of(was, [unknown, fast, pay], "NOT_RESOLVED", Validation()) == "improved"


# --- a person's choice ----------------------------------------------------------------------------


def open_war() -> War:
    war = war_after(PASSED, approves=False)
    war.open()
    war.run(until=60)
    return war


CHOSEN = {"action": "restart-orders", "params": {}, "why": "it helped last time"}


def refused(war: War, **args: Any) -> str:
    said = [e.data for e in war.give(war.human("choose", **args))]
    return next((one.why for one in said if isinstance(one, ev.CommandRefused)), "")


def test_a_chosen_action_gets_a_card_of_its_own_and_voids_the_one_that_was_open() -> None:
    war = open_war()
    assert war.state.approvals["rollback@1"].open
    assert not refused(war, **CHOSEN)
    war.run(until=120)
    assert war.state.approvals["rollback@1"].why == "restart-orders was chosen instead"
    assert war.state.approvals["rollback@2"].action == "restart-orders"
    assert war.state.approvals["rollback@2"].open
    assert war.state.tasks["mitigation/prepare@2.choice1"].inputs["choice"] == 1


def test_a_chosen_action_needs_its_approval_like_any_other() -> None:
    war = open_war()
    refused(war, **CHOSEN)
    war.run(until=120)
    assert "mitigation/execute@2" not in war.state.tasks
    war.give(war.human("approve", approval="rollback@2", sha256=SHA))
    war.run(until=600, stop=lambda state: state.status == "RESOLVED")
    assert war.of(ev.AttemptJudged)[0].action == "restart-orders"


def test_a_denied_choice_is_over_and_another_can_be_made() -> None:
    war = open_war()
    refused(war, **CHOSEN)
    war.run(until=120)
    war.give(war.human("deny", approval="rollback@2", why="not now"))
    war.run(until=400)
    assert "rollback@3" not in war.state.approvals
    assert not refused(war, **{**CHOSEN, "action": "scale-orders"})
    war.run(until=500)
    assert war.state.approvals["rollback@3"].action == "scale-orders"


def test_a_person_may_choose_what_did_not_help() -> None:
    war = war_after(PARTLY)
    war.answers["mitigation/strategy"] = {"selected": "none", "action": "", "params": {}}
    war.open()
    war.run(until=600)
    assert len(war.of(ev.AttemptJudged)) == 1
    again = {"action": "rollback-orders", "params": {"version": "1111111"}, "why": "once more"}
    assert not refused(war, **again)
    war.run(until=1200, stop=lambda state: state.status == "RESOLVED")
    assert [a.number for a in war.of(ev.AttemptJudged)] == [1, 2]


def test_a_choice_that_cannot_be_prepared_goes_back_to_watching() -> None:
    war = open_war()
    war.answers["mitigation/prepare"] = {"possible": False, "why": "there is none"}
    refused(war, **CHOSEN)
    war.run(until=400)
    assert list(war.state.approvals) == ["rollback@1"]
    assert "mitigation/watch@1" in war.state.tasks


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({**CHOSEN, "action": " "}, "say which action"),
        ({**CHOSEN, "why": ""}, "say why"),
        ({**CHOSEN, "params": ["version=1"]}, "name=value"),
    ],
)
def test_a_choice_says_which_with_what_and_why(args: dict[str, Any], why: str) -> None:
    assert why in refused(open_war(), **args)


def test_nothing_is_chosen_while_the_line_is_stopped_or_a_change_is_under_way() -> None:
    war = started(war_after(NOTHING))
    assert "record an assessment first" in refused(war, **CHOSEN)
    running = war_after(PASSED, durations={"mitigation/validate": 300.0})
    running.open()
    running.run(until=60, stop=lambda state: "mitigation/validate@1" in state.tasks)
    assert "is under way" in refused(running, **CHOSEN)


@pytest.mark.parametrize("kept", range(6))
def test_a_batch_torn_at_the_resolution_is_said_to_its_end(kept: int) -> None:
    war = started(war_after(PASSED))
    decided = next(
        n for n, event in enumerate(war.journal) if isinstance(event.data, ev.ResolutionDecided)
    )
    war.crash(5.0, torn=len(war.journal) - decided - 1 - kept)
    assert war.state.status == "RESOLVED"
    assert len(war.of(ev.ResolutionDecided)) == 1
    assert [one.effect for one in war.of(ev.AttemptJudged)] == ["restored"]


def test_a_batch_torn_at_a_recovery_by_itself_is_said_to_its_end() -> None:
    war = war_after(PASSED, "configuration")
    war.answers["mitigation/prepare"] = {"possible": False, "why": "the target is away"}
    war.answers["mitigation/watch"] = PASSED
    war.open()
    war.run(until=4000, stop=lambda state: state.status == "RESOLVED")
    decided = next(
        n for n, event in enumerate(war.journal) if isinstance(event.data, ev.ResolutionDecided)
    )
    war.crash(5.0, torn=len(war.journal) - decided - 1)
    assert war.state.status == "RESOLVED"
    assert war.state.status_why == "recovered without a change"


def test_a_choice_whose_card_failed_once_is_prepared_again() -> None:
    war = open_war()
    ready = war.answers["mitigation/prepare"]
    assert callable(ready)
    war.answers["mitigation/prepare"] = lambda task, state: (
        {"__outcome__": "failed"} if task.attempt == 1 else ready(task, state)
    )
    war.give(war.human("choose", action="restart-orders", params={}, why="it is stuck"))
    war.run(until=120)
    assert war.state.approvals["rollback@2"].action == "restart-orders"
