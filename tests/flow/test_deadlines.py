"""Promises under the jumping clock: planned, met, breached, missed while nobody looked."""

import pytest

from orchestrator.intake.effects import joined
from orchestrator.intake.guidance import themes
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


def interval(war: War) -> float:
    """Seconds between two updates, as the clock of the incident has it."""
    update = war.state.deadlines["update"]
    return update.due - update.start


def guided(severity: str, *words: str) -> War:
    """An incident of that severity by a person's word, opened with guidance."""
    asked = tuple({"name": t.name, "effect": t.effect} for t in themes(" ".join(words)))
    war = War(approves=False, severity=severity, themes=asked)
    war.open()
    war.give(war.human("severity", severity=severity, why="known"))
    return war


@pytest.mark.parametrize(
    ("severity", "answers", "seconds"),
    [
        ("P1", {}, 1800.0),
        ("P1", {"q7": "new team or first P0"}, 900.0),
        ("P1", {"q8": "at risk"}, 900.0),
        ("P0", {"q6": "payments fail"}, 900.0),
        ("P1", {"q6": "payments fail"}, 1800.0),
        ("P2", {"q6": "payments fail"}, 3600.0),
        ("P2", {"q6": "partners phone us"}, 86400.0),
    ],
)
def test_the_answers_shorten_the_clock_of_updates_and_never_lengthen_a_promise(
    severity: str, answers: dict[str, str], seconds: float
) -> None:
    assert interval(guided(severity, joined(answers))) == seconds


@pytest.mark.parametrize("severity", ["P0", "P2", "P3"])
def test_an_interval_that_a_person_chose_in_words_governs_and_the_journal_says_so(
    severity: str,
) -> None:
    war = guided(severity, "Hourly updates are enough. New team.")
    assert interval(war) == 3600.0
    told = {said.theme: said.effect for said in war.of(ev.GuidanceApplied)}
    assert "every hour, as a person chose" in told["updates-hourly"]
    assert interval(guided(severity, "Hourly updates. Updates every 15 minutes.")) == 900.0


def test_updates_go_on_falling_due_at_the_chosen_interval() -> None:
    war = guided("P0", "hourly updates")
    war.run(until=3 * 3600.0 + 60)
    fired = [d.due - T0 for d in war.of(ev.DeadlineFired) if d.name == "update"]
    assert fired == [3600.0, 7200.0, 10800.0]


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
