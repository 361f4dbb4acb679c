"""Quality gates from the state and from raw lines: the told incidents, real journals, old bugs."""

from collections.abc import Callable

import pytest

from orchestrator.journal.read import read_journal
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.gates import Gate, gates
from orchestrator.model.state import State
from tests.flow.both_gates import assert_agree
from tests.flow.simulate import T0, War
from tests.flow.test_earlier_journals import JOURNALS
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_story import leak_story, story

PAGE = "communications/status-page-update.md"


@pytest.mark.parametrize("told", [story, trouble_story, control_story, escalated_story])
def test_a_told_incident_has_the_same_gates_from_both(told: Callable[[], list[Event]]) -> None:
    assert_agree(fold_all(State(), told()), told())


@pytest.mark.parametrize("seconds", [0.0, 3.0, 400.0, 600.0])
def test_an_incident_in_the_middle_has_the_same_gates_from_both(seconds: float) -> None:
    assert_agree(fold_all(State(), leak_story(seconds)), leak_story(seconds))


@pytest.mark.parametrize("name", ["0.1-closed.jsonl", "0.1-open.jsonl"])
def test_a_real_journal_has_the_same_gates_from_both(name: str) -> None:
    events = read_journal(JOURNALS / name).events
    assert_agree(fold_all(State(), events), events)


def gate(war: War, name: str) -> Gate:
    return next(found for found in gates(war.state) if found.name == name)


def moderate(war: War) -> War:
    """A P2: nothing is promised to leaders or to users."""
    war.answers["triage/impact"] = {"affected_share": 0.2, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "MEDIUM"}
    return war


@pytest.mark.parametrize(
    ("step", "name"),
    [
        ("detection", "Detected and logged"),
        ("regression", "Regression triage"),
        ("triage", "Triage"),
        ("mitigation", "Mitigation deployed and validated"),
    ],
)
def test_a_step_that_was_skipped_is_no_gate_passed(step: str, name: str) -> None:
    war = War(approves=False)
    war.open()
    war.give(war.human("step", step=step, what="skip", why="known already"))
    war.run(until=60)
    assert (gate(war, name).result, gate(war, name).why) == (
        "N-A",
        "skipped by a person: known already",
    )


def test_a_line_stopped_before_triage_does_not_hide_the_priority() -> None:
    war = War(approves=False)
    war.open()
    war.give(war.human("halt", why="two deploys at once"))
    war.run(until=60)
    assert (war.state.status, war.state.impact) == ("STOPPED", "HIGH")
    war.give(war.human("resolve", why="it was the other deploy"))
    assert gate(war, "Triage").result == "PASS"


def test_a_triage_done_again_later_does_not_make_the_first_one_late() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=2000)
    war.give(war.human("step", step="triage", what="repeat", why="traffic was moved away"))
    war.run(until=2100)
    assert "triage/impact@2" in war.state.tasks
    assert gate(war, "Triage").result == "PASS"


def test_a_status_lost_with_the_end_of_a_batch_is_stated_again() -> None:
    war = War(approves=False)
    war.open()
    war.run(stop=lambda state: bool(state.impact))
    lost = len(war.journal) - 1 - war.types().index("priority.computed")
    war.crash(down=1.0, torn=lost)
    war.run(until=60)
    assert war.state.status == "INVESTIGATING"


def test_a_tier_that_no_clock_called_for_is_not_late_once_the_severity_rises() -> None:
    war = moderate(War(approves=False))
    war.answers["tier1/data"] = {"escalate": False, "reasons": []}
    war.open()
    war.run(until=1800)
    war.now = T0 + 1800.0
    war.give(war.human("escalate", target="tier2", why="the owner should look"))
    assert war.state.tiers[2].since == T0 + 1800.0
    war.give(war.human("severity", severity="P0", why="it spreads"))
    war.run(until=1810)
    assert gate(war, "Functional escalation").result == "PASS"


def test_a_tier_engaged_late_because_no_runner_looked_fails_in_both() -> None:
    war = War(approves=False)
    war.answers["tier1/data"] = {"escalate": False, "reasons": []}
    war.open()
    war.run(until=800)
    war.now = T0 + 800.0
    war.crash(down=600.0)
    assert war.state.tiers[2].since > T0 + 1000
    assert gate(war, "Functional escalation").result == "FAIL"


def test_a_page_sent_under_a_severity_that_is_lowered_later_breaks_no_promise() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=1830)
    war.give(war.human("sent", path=PAGE, channel="status page"))
    assert gate(war, "Users informed").result == "FAIL"
    war.give(war.human("severity", severity="P2", why="few users after all"))
    assert (gate(war, "Users informed").result, gate(war, "Users informed").why) == (
        "N-A",
        "not yet: no word that it is over was sent",
    )


def test_what_comes_out_of_a_review_is_not_missing_before_the_review_is_written() -> None:
    war = War(durations={"review/actions": 600.0, "review/runbook": 600.0})
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    for name in ("Preventive actions tracked", "Runbooks and knowledge base"):
        assert gate(war, name).result == "N-A"
        assert gate(war, name).why.startswith("not yet: no ")
