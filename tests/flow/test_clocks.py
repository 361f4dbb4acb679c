"""Further clocks: acknowledgements that lapse, business hours, law, a risk that is foreseen."""

import dataclasses

from orchestrator.model import events as ev
from orchestrator.model.business_hours import BusinessHours
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.policy import GDPR, HOUR, Policy, Regulation
from tests.flow.simulate import T0, War

LEE = Actor("human", "b.lee")


def silent(policy: Policy | None = None) -> War:
    """A P0 nobody does anything about."""
    war = War(approves=False, acknowledges_after=None, policy=policy or Policy())
    war.open()
    return war


def test_an_acknowledgement_that_nothing_follows_lapses_and_is_promised_anew() -> None:
    war = silent()
    war.run(until=20)
    war.give(war.human("ack"))
    seen = war.state.acknowledged_at
    war.run(until=seen - T0 + 299)
    assert war.state.acknowledged_by == "a.kim"
    war.run(until=seen - T0 + 301)
    assert war.of(ev.AcknowledgementLapsed)[0].by == "a.kim"
    assert war.state.acknowledged_at == 0.0
    clock = war.state.deadlines["acknowledge"]
    assert clock.counting
    assert clock.start == war.state.lapsed_at
    war.give(war.human("ack"))
    assert war.state.acknowledged_by == "a.kim"
    assert war.state.deadlines["acknowledge"].outcome == "met"
    assert war.state.deadlines["confirm"].counting


def test_the_same_key_again_confirms_it_and_work_does_too() -> None:
    for follow in (("ack", {}), ("note", {"text": "looking"})):
        war = silent()
        war.run(until=20)
        war.give(war.human("ack"))
        war.run(until=60)
        war.give(war.human(follow[0], **follow[1]))
        assert war.state.engaged_by == "a.kim"
        war.run(until=900)
        assert not war.of(ev.AcknowledgementLapsed)
        assert war.state.deadlines["confirm"].outcome == "dropped"


def test_another_person_does_not_confirm_it() -> None:
    war = silent()
    war.run(until=20)
    war.give(war.human("ack"))
    refused = war.give(Command("cmd/lee", "ack", war.now, LEE, {}))[0].data
    assert isinstance(refused, ev.CommandRefused)


def test_a_resolution_promise_at_risk_is_said_while_something_can_be_done() -> None:
    war = silent()
    war.run(until=2 * HOUR - 15 * 60 - 10 * 60 - 1)
    assert war.state.deadlines["resolve at risk"].counting
    war.run(until=2 * HOUR - 15 * 60 - 10 * 60 + 1)
    assert war.state.deadlines["resolve at risk"].outcome == "fired"
    assert war.state.deadlines["resolve"].counting


def test_a_p2_waits_for_business_hours_and_a_p0_does_not() -> None:
    night = BusinessHours(zone="UTC", opens="20:00", closes="21:00", severities=("P2", "P3"))
    war = silent(dataclasses.replace(Policy(), business=night))
    war.run(until=10)
    around = war.state.deadlines["acknowledge"]
    assert around.due - around.start == 60.0
    war.give(war.human("severity", severity="P2", why="few are hit"))
    tuesday_evening = T0 - 14 * HOUR + 2 * 24 * HOUR + 20 * HOUR  # T0 is a Sunday, 14:00
    assert war.state.deadlines["resolve"].due == tuesday_evening


def test_each_law_has_its_own_clock() -> None:
    laws = (GDPR, Regulation("HIPAA", 60 * 24 * HOUR, ("data-loss",)))
    policy = dataclasses.replace(Policy(), regulatory=laws)
    for theme, running in (
        ("compliance", {"regulatory"}),
        ("data-loss", {"regulatory", "regulatory HIPAA"}),
        ("performance", set()),
    ):
        asked = ({"name": theme, "effect": "as asked"},)
        war = War(approves=False, acknowledges_after=None, policy=policy, themes=asked)
        war.open()
        clocks = {name: d for name, d in war.state.deadlines.items() if "regulatory" in name}
        assert clocks.keys() == running
        assert all(clock.counting for clock in clocks.values())
        if "regulatory HIPAA" in clocks:
            assert clocks["regulatory HIPAA"].due == T0 + 60 * 24 * HOUR
            assert clocks["regulatory"].due == T0 + 72 * HOUR
