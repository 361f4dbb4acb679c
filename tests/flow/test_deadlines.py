"""Promises under the jumping clock: planned, met, breached, missed while nobody looked."""

from orchestrator.model import events as ev
from tests.flow.simulate import T0, War


def test_the_clocks_run_as_for_p0_until_the_severity_is_known() -> None:
    war = War(durations={"detect/record": 100.0}, acknowledges_after=None)
    war.open()
    assert war.state.deadlines["acknowledge"].due == T0 + 60
    war.run(until=61)
    assert [d.name for d in war.of(ev.DeadlineFired)] == ["acknowledge"]


def test_an_acknowledgement_in_time_meets_the_promise_and_says_how_long_it_took() -> None:
    war = War(acknowledges_after=42.0, approves=False)
    war.open()
    war.run(until=60)
    assert next((d.name, d.took) for d in war.of(ev.DeadlineMet)) == ("acknowledge", 42.0)


def test_a_deadline_that_passed_while_the_runner_was_down_is_missed_before_the_late_command() -> (
    None
):
    war = War(acknowledges_after=None, approves=False)
    war.open()
    war.run(until=30)
    late = war.human("ack")
    war.crash(down=300.0)
    war.give(late)
    types = war.types()
    assert types.index("deadline.missed") < types.index("incident.acknowledged")
    assert war.of(ev.DeadlineMissed)[0].name == "acknowledge"


def test_a_command_given_before_the_deadline_but_delivered_after_it_still_meets_it() -> None:
    war = War(acknowledges_after=None, approves=False, severity="P1")
    war.open()
    war.run(until=30)
    from dataclasses import replace

    given = replace(war.human("ack"), at=T0 + 59)
    war.now = T0 + 62
    war.give(given)
    assert war.state.deadlines["acknowledge"].outcome == "met"


def test_a_lower_severity_plans_the_promises_again() -> None:
    war = War(acknowledges_after=None)
    war.answers["triage/impact"] = {"affected_share": 0.2, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "MEDIUM"}
    war.open()
    war.run(until=20)
    assert war.state.severity == "P2"
    assert war.state.deadlines["acknowledge"].due == T0 + 1800
    assert war.state.deadlines["tier2"].outcome == "dropped"


def test_periodic_updates_count_from_the_last_firing_so_a_long_stop_is_no_storm() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    war.crash(down=6 * 3600.0)
    war.run(until=6 * 3600 + 1000)
    updates = [d for d in war.of(ev.DeadlineMissed) if d.name == "update"]
    assert len(updates) == 1


def test_tier_2_is_engaged_by_the_clock_when_tier_1_finds_no_reason() -> None:
    war = War(approves=False)
    war.answers["tier1/data"] = {"escalate": False, "reasons": []}
    war.open()
    war.run(until=899)
    assert war.state.tier == 1
    war.run(until=901)
    assert war.state.tiers[2].by == "time"


def test_tier_2_is_engaged_at_once_when_tier_1_gives_a_reason() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    assert war.state.tiers[2].by == "reason"
    assert war.state.tiers[2].reasons == ("a code change is suspected",)


def test_severity_raised_by_a_human_fires_what_is_already_past_and_does_not_call_it_missed() -> (
    None
):
    war = War(approves=False, acknowledges_after=None)
    war.answers["triage/impact"] = {"affected_share": 0.2, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "MEDIUM"}
    war.open()
    war.run(until=1200)
    war.give(war.human("severity", severity="P0", why="all regions now"))
    fired = [d.name for d in war.of(ev.DeadlineFired)]
    assert "update" in fired
    assert not war.of(ev.DeadlineMissed)


def test_a_severity_that_goes_down_and_up_again_brings_its_promises_back() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    war.give(war.human("severity", severity="P3", why="one user"))
    assert war.state.deadlines["resolve"].outcome == "dropped"
    war.give(war.human("severity", severity="P0", why="everybody"))
    assert war.state.deadlines["resolve"].counting
    war.run(until=7201)
    assert "resolve" in [d.name for d in war.of(ev.DeadlineFired)]


def test_a_clock_that_steps_back_never_writes_a_time_before_the_last() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    war.now -= 50
    war.give(war.human("note", text="the clock was set back"))
    times = [event.at for event in war.journal]
    assert times == sorted(times)
