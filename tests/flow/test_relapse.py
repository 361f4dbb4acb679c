"""After a resolution the looks go on: a relapse takes the incident up again, once."""

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.flow.relapse import looks_on
from orchestrator.model import events as ev
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.policy import Policy, Validation
from tests.flow.simulate import SHA, T0, War, claim

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

BROKE = {
    "relapsed": True,
    "checks": [{"name": "errors", "state": "fail"}, {"name": "traffic", "state": "pass"}],
    "summary": claim("4 looks in a row fail: errors", "E1"),
}
HELD = {"relapsed": False, "checks": []}
POLICY = Policy(validation=Validation(relapse_window=900.0))


def resolved(*told: dict[str, Any], lasts: float = 60.0, **more: Any) -> War:
    war = War(policy=POLICY, durations={"relapse/watch": lasts, "mitigation/watch": 1800.0}, **more)
    reports = iter([*told, HELD, HELD, HELD])
    war.answers["relapse/watch"] = lambda task, state: next(reports)
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    return war


def written(war: War) -> None:
    war.run(until=7200, stop=lambda state: state.report("review/knowledge") is not None)
    args = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
    war.give(Command(f"document/pir/{war.now}", "document", war.now, ev.RUNNER, args))


def test_the_looks_go_on_until_the_window_is_over() -> None:
    war = resolved()
    war.give(None)
    task = war.state.tasks["relapse/watch@1"]
    assert task.running
    assert task.inputs["until"] == war.state.resolved_at + 900.0


def test_they_do_not_delay_the_review_and_only_the_closing_waits() -> None:
    war = resolved(lasts=900.0)
    written(war)
    war.run(until=war.state.resolved_at - T0 + 800)
    assert war.state.status == "REVIEWED"
    war.run(until=war.state.resolved_at - T0 + 1000)
    assert war.state.status == "CLOSED"


def test_a_persons_close_does_not_wait_and_ends_the_looks() -> None:
    war = resolved(lasts=900.0)
    war.run(until=war.now - T0 + 20)
    war.give(war.human("close", why="seen enough"))
    assert war.state.status == "CLOSED"
    assert "relapse/watch@1" in [stop.key for stop in war.of(ev.StopRequested)]


def test_a_relapse_reopens_the_incident_with_reason_and_evidence() -> None:
    war = resolved(BROKE)
    war.run(until=7200, stop=lambda state: state.reopened > 0)
    said = war.of(ev.Relapsed)
    assert len(said) == 1
    assert "errors failed again 1:00 after the resolution" in said[0].why.replace("1 min", "1:00")
    assert said[0].evidence == ("E1",)
    assert "(undo), or choose another?" in war.state.questions["relapse 1"]
    statuses = [s.status for s in war.of(ev.StatusChanged)]
    assert statuses[statuses.index("RESOLVED") + 1 :][:2] == ["REOPENED", "INVESTIGATING"]


def test_the_promise_to_resolve_runs_on_after_a_relapse() -> None:
    war = resolved(BROKE)
    war.approves = False
    assert war.state.deadlines["resolve"].outcome == "met"
    war.run(until=7200, stop=lambda state: state.reopened > 0)
    assert war.state.deadlines["resolve"].counting
    assert war.state.deadlines["resolve"].due == T0 + 7200


def notified(war: War, *statuses: str) -> None:
    for status in statuses:
        war.now += 1.0
        told = encode(ev.AlertRepeated(status, "orders answer 5xx", {}))
        monitor = Actor("alert", "alertmanager")
        war.give(Command(f"alert/{war.now}", "alert", war.now, monitor, told))


def test_an_alert_that_ended_and_fires_anew_reopens_it() -> None:
    war = resolved(lasts=900.0)
    notified(war, "resolved")
    assert war.state.status == "RESOLVED"
    assert looks_on(war.state)
    notified(war, "firing")
    assert war.state.reopened == 1
    (said,) = war.of(ev.Relapsed)
    assert said.why.startswith("the alert fired again ")
    assert [one.effect for one in war.state.attempts.values()] == ["relapsed"]
    assert "relapse/watch@1" in [stop.key for stop in war.of(ev.StopRequested)]


def test_an_alert_that_is_only_sent_again_tells_of_the_trouble_before() -> None:
    war = resolved(lasts=900.0)
    notified(war, "firing", "firing")
    assert war.state.status in ("RESOLVED", "REVIEWED")
    assert war.of(ev.Relapsed) == []


def test_an_alert_that_flapped_before_the_resolution_takes_nothing_back() -> None:
    war = War(policy=POLICY, durations={"relapse/watch": 900.0})
    war.open()
    notified(war, "resolved", "firing")
    war.run(stop=lambda state: state.status == "RESOLVED")
    notified(war, "firing", "resolved")
    war.run(until=war.now - T0 + 60)
    assert war.of(ev.Relapsed) == []
    notified(war, "firing")
    assert len(war.of(ev.Relapsed)) == 1


def test_once_the_looks_are_over_an_alert_is_another_incident() -> None:
    war = resolved(HELD)
    war.run(until=war.now - T0 + 120)
    assert not looks_on(war.state)
    notified(war, "resolved", "firing")
    assert war.of(ev.Relapsed) == []


def test_the_change_before_it_counts_as_one_that_held_for_a_while() -> None:
    war = resolved(BROKE)
    war.run(until=7200, stop=lambda state: state.reopened > 0)
    assert [one.effect for one in war.state.attempts.values()] == ["relapsed"]


def test_the_next_strategy_is_asked_and_the_same_change_is_not_offered_again() -> None:
    war = resolved(BROKE)
    war.answers["mitigation/strategy"] = {"selected": "none", "action": "", "params": {}}
    war.run(until=3600)
    assert "mitigation/strategy@2" in war.state.tasks
    assert len(war.of(ev.ApprovalRequested)) == 1


def test_a_relapse_is_taken_up_once_whatever_dies_in_between() -> None:
    war = resolved(BROKE)
    war.run(until=7200, stop=lambda state: state.reopened > 0)
    at = next(n for n, e in enumerate(war.journal) if isinstance(e.data, ev.Relapsed))
    for torn in range(len(war.journal) - at):
        twin = War(policy=POLICY)
        twin.answers["relapse/watch"] = HELD
        twin.journal, twin.now = list(war.journal), war.now
        twin.crash(2.0, torn=torn)
        assert twin.state.reopened == 1, torn
        assert len(twin.of(ev.Relapsed)) == 1


def test_what_a_person_resolved_by_hand_is_not_taken_back() -> None:
    war = War(approves=False, policy=POLICY)
    war.open()
    war.run(until=60)
    war.give(war.human("resolve", why="the cache was cleared"))
    war.run(until=90)
    assert not [key for key in war.state.tasks if key.startswith("relapse/")]


def test_without_a_window_nobody_looks_on() -> None:
    none = replace(POLICY, validation=Validation(relapse_window=0.0))
    war = War(policy=none)
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    war.give(None)
    assert not [key for key in war.state.tasks if key.startswith("relapse/")]


def test_an_incident_without_a_review_is_closed_after_the_window_too() -> None:
    war = War(policy=POLICY, durations={"relapse/watch": 900.0})
    war.answers["triage/impact"] = {"affected_share": 0.01, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "LOW"}
    war.open()
    war.run(until=7200, stop=lambda state: state.status == "RESOLVED")
    war.run(until=war.now - T0 + 600)
    assert war.state.status == "RESOLVED"
    war.run(until=war.now - T0 + 1200)
    assert war.state.status == "CLOSED"
