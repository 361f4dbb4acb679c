"""With business hours only what people promise waits for Monday; everything else runs on."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.recount.hours import kept
from orchestrator.documents.completion import sla
from orchestrator.model import events as ev
from orchestrator.model.business_hours import BusinessHours
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.gates import gates
from orchestrator.model.measured import measure
from orchestrator.model.messages import MANAGEMENT, NOTICE, sending_name
from orchestrator.model.metrics_report import report
from orchestrator.model.policy import DAY, HOUR, MINUTE, Policy, in_time, promise_ends
from orchestrator.model.sending import update_begins
from orchestrator.model.state import State
from tests.flow.both_gates import assert_agree
from tests.flow.many_incidents import lines, many
from tests.flow.raw_metrics import raw_metrics
from tests.flow.simulate import PEOPLE, SHA, T0, War
from tests.flow.test_metrics_twice import computed

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

MONDAY = T0 + 19 * HOUR
"""09:00; T0 is a Sunday, 14:00."""
POLICY = replace(Policy(), business=BusinessHours(zone="UTC"))


def moderate(policy: Policy = POLICY, **more: Any) -> War:
    """A P2 of a weekend; nobody approves or acknowledges anything by themselves."""
    war = War(approves=False, acknowledges_after=None, policy=policy, **more)
    war.answers["triage/impact"] = {"affected_share": 0.2, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "MEDIUM"}
    return war


def opened(war: War) -> War:
    war.open()
    war.run(until=60, stop=lambda state: state.severity == "P2")
    assert war.state.severity == "P2"
    return war


def left(war: War, name: str) -> float:
    clock = war.state.deadlines[name]
    return round(clock.due - clock.start, 3)


def test_what_people_promise_begins_on_monday() -> None:
    war = opened(moderate())
    due = {name: clock.due for name, clock in war.state.deadlines.items()}
    assert due["acknowledge"] == MONDAY + 30 * MINUTE
    assert due["engage"] == MONDAY + 4 * HOUR
    assert due["resolve"] == due["update"] == MONDAY + DAY


def worked_on_monday(minutes: float) -> War:
    """Acknowledged ten minutes after the opening, resolved that long after it."""
    war = opened(moderate())
    war.now = MONDAY + 10 * MINUTE
    war.give(war.human("ack"))
    war.now = MONDAY + minutes * MINUTE
    war.give(war.human("resolve", why="the pool was made larger"))
    return war


def test_half_of_an_odd_time_is_a_moment_that_a_clock_can_show() -> None:
    war = opened(moderate(now=T0 + 0.001))
    begins = update_begins(war.state)
    assert begins == round(begins or 0.0, 3)


def test_what_the_clocks_call_kept_no_verdict_calls_broken() -> None:
    war = worked_on_monday(70)
    assert war.state.deadlines["acknowledge"].outcome == "met"
    assert war.state.deadlines["resolve"].outcome == "met"
    passed = next(gate for gate in gates(war.state) if gate.name == "Resolved within SLA")
    assert (passed.result, passed.why) == ("PASS", "target under 1 d in business hours")
    assert sla(war.state) == "MET (promised within 1 d in business hours)"
    figures = report([measure(war.state)], war.now).metrics
    assert {one.id: one.kept for one in figures if one.id in ("mtta-p2", "mttr-p2")} == {
        "mtta-p2": 1,
        "mttr-p2": 1,
    }


def test_what_is_late_by_the_clock_is_late_by_that_much_everywhere() -> None:
    war = worked_on_monday(25 * 60)
    assert war.state.deadlines["resolve"].outcome == "missed"
    passed = next(gate for gate in gates(war.state) if gate.name == "Resolved within SLA")
    assert passed.result == "FAIL"
    assert sla(war.state) == "MISSED by 1 h"


def test_a_review_is_in_time_by_the_business_days_since_the_resolution() -> None:
    for days, result in ((8.5, "PASS"), (9.5, "FAIL")):
        war = worked_on_monday(70)
        war.run(until=MONDAY - T0 + DAY)
        war.now = MONDAY + days * DAY
        written = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
        war.give(Command("document/review", "document", war.now, RUNNER, written))
        (gate,) = (one for one in gates(war.state) if one.name == "Post-incident review")
        assert gate.result == result


@pytest.mark.parametrize("now", [T0 + 100 * DAY, T0 + 600 * DAY])
def test_both_computations_agree_on_many_incidents_in_business_hours(now: float) -> None:
    hours = BusinessHours(
        zone="Europe/Berlin", holidays=("2026-01-01",), severities=("P0", "P1", "P2", "P3")
    )
    journals = [_under(hours, journal) for journal in many(60)]
    for journal in journals:
        assert_agree(fold_all(State(), journal), journal)
    assert computed(journals, now, True) == raw_metrics([lines(one) for one in journals], now, True)
    assert computed(journals, now, True) != computed(many(60), now, True)


def _under(hours: BusinessHours, journal: tuple[Event, ...]) -> tuple[Event, ...]:
    """The same history, under a policy with these hours; its clocks are left as they ran."""
    first = journal[0].data
    assert isinstance(first, ev.IncidentDetected)
    policy = {**first.policy, "business": encode(hours)}
    return (replace(journal[0], data=replace(first, policy=policy)), *journal[1:])


@given(
    st.integers(0, 20 * 24 * 60),
    st.integers(1, 20 * 24 * 60),
    st.sampled_from([30.0, 60.0, 240.0, 480.0, 481.0, 1440.0, 10080.0]),
)
def test_a_promise_ends_where_the_work_adds_up_to_it(begun: int, took: int, limit: float) -> None:
    zone = BusinessHours(zone="Europe/Berlin", holidays=("2025-11-26",))
    policy = replace(Policy(), business=zone)
    start, length = T0 + begun * MINUTE, took * MINUTE
    counted = kept(encode(policy), "P2", start, start + length, limit * MINUTE)
    assert in_time(policy, "P2", start, length, limit * MINUTE) == counted
    due = promise_ends(policy, "P2", start, limit * MINUTE)
    assert kept(encode(policy), "P2", start, due, limit * MINUTE)
    assert not kept(encode(policy), "P2", start, due + MINUTE, limit * MINUTE)


def test_a_risk_is_said_before_the_promise_it_is_about() -> None:
    clocks = opened(moderate()).state.deadlines
    before = POLICY.validation.window + POLICY.at_risk
    assert clocks["resolve at risk"].due == clocks["resolve"].due - before


def test_a_watch_does_not_sleep_over_the_weekend() -> None:
    war = moderate(durations={"mitigation/watch": 60.0})
    war.answers["mitigation/strategy"] = {"selected": "none", "action": "", "params": {}}
    opened(war)
    war.run(until=HOUR, stop=lambda state: "watch" in state.deadlines)
    assert left(war, "watch") == MINUTE
    war.run(until=HOUR)
    assert "mitigation/watch@3" in war.state.tasks


def test_a_likely_regression_is_validated_for_five_minutes_and_not_until_monday() -> None:
    hours = BusinessHours(zone="UTC", severities=("P0", "P1", "P2", "P3"))
    war = War(approves=False, policy=replace(POLICY, business=hours))
    verdict = war.answers["regression/verdict"]
    assert isinstance(verdict, dict)
    kept = [one for one in verdict["indicators"] if one["name"] != "metrics-inflect"]
    war.answers["regression/verdict"] = {**verdict, "indicators": kept}
    war.open()
    war.run(until=60)
    assert war.state.deadlines["resolve"].due == MONDAY + 2 * HOUR
    assert left(war, "validate") == POLICY.likely_validation
    war.run(until=HOUR, stop=lambda state: bool(state.approvals))
    assert war.now < T0 + 600


def test_the_next_in_the_chain_has_the_promised_time_and_not_the_weekend_as_well() -> None:
    architect = {"name": "s.arch", "roles": ["architect"]}
    war = opened(moderate(people=(*PEOPLE, architect)))
    war.run(until=2 * DAY)
    called = [(one.person, one.at - MONDAY) for one in war.state.crew.called[1:]]
    assert called == [("e.manager", 30 * MINUTE), ("s.arch", HOUR)]


def test_a_text_that_goes_out_by_itself_and_a_vendor_wait_for_nobody() -> None:
    war = opened(moderate())
    said = [{"name": "mail", "audiences": ["management"], "auto": True}]
    war.give(Command("channels/1", "channels", war.now, RUNNER, {"channels": said}))
    war.give(war.human("escalate", target="management", why="the board asks"))
    war.give(war.human("escalate", target="vendor", why="their API times out"))
    war.run(until=300, stop=lambda state: sending_name(MANAGEMENT) in state.deadlines)
    assert left(war, sending_name(MANAGEMENT)) == POLICY.auto_send_after
    assert left(war, "vendor answer") == POLICY.vendor_answer
    war.run(until=600)
    assert war.state.messages[MANAGEMENT].state == "sent"


def test_a_review_promised_to_the_public_is_due_in_48_hours_of_any_days() -> None:
    war = opened(moderate())
    war.give(war.human("resolve", why="the pool was made larger"))
    war.run(until=600, stop=lambda state: NOTICE in state.messages)
    war.give(war.human("sent", path=NOTICE, channel="status page"))
    assert left(war, "published review") == 48 * HOUR
    assert war.state.deadlines["review"].due == MONDAY + 9 * DAY  # 7 business days
