"""Every branch of the flow beyond the thin path: where it runs, and where it must not."""

from dataclasses import replace

import pytest

from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.policy import Policy
from orchestrator.model.state import State
from tests.flow.simulate import FAILED, PEOPLE, SHA, T0, War

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

MANAGEMENT = "communications/management-notification.md"
EXECUTIVE = "communications/executive-notification.md"
PAGE = "communications/status-page-update.md"
NOTICE = "communications/resolution-notification.md"
HOUR = 3600.0


def stuck(**more: object) -> War:
    """An incident nobody approves anything in, so that only time and commands move it."""
    war = War(approves=False, **more)  # type: ignore[arg-type]
    war.open()
    war.run(until=60)
    return war


def written(war: War) -> None:
    """The runner writes the review, as it does when its reports are there."""
    war.run(stop=lambda state: state.report("review/knowledge") is not None)
    args = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
    command_id = f"document/pir/{war.now}"
    war.give(Command(command_id, "document", war.now, ev.RUNNER, args))


def refusal(war: War, command: Command) -> str:
    said = [e.data for e in war.give(command) if isinstance(e.data, ev.CommandRefused)]
    return said[0].why if said else ""


# --- hierarchical escalation ----------------------------------------------------------------------


def test_a_p0_drafts_all_three_texts_at_once_and_sends_none() -> None:
    war = stuck()
    assert {m.state for m in war.state.messages.values()} == {"drafted"}
    assert set(war.state.messages) == {MANAGEMENT, EXECUTIVE, PAGE}


def test_management_and_executive_fall_due_at_30_minutes_of_a_p0() -> None:
    war = stuck()
    war.run(until=1799)
    assert war.state.messages[MANAGEMENT].state == "drafted"
    war.run(until=1801)
    assert war.state.messages[MANAGEMENT].state == "due"
    assert war.state.messages[EXECUTIVE].state == "due"


def test_what_never_fell_due_is_not_required_with_the_reason() -> None:
    war = War()
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    war.run(until=400)
    assert war.state.messages[MANAGEMENT].state == "not_required"
    assert war.state.messages[MANAGEMENT].why == "resolved before it fell due"
    assert NOTICE in [m.path for m in war.of(ev.MessageDue)]
    assert war.state.messages[NOTICE].state == "sent"


def test_a_p2_drafts_nothing_until_a_person_escalates() -> None:
    war = War(approves=False)
    war.answers["triage/impact"] = {"affected_share": 0.2, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "MEDIUM"}
    war.open()
    war.run(until=60)
    assert war.state.severity == "P2"
    assert not war.state.messages
    war.give(war.human("escalate", target="management", why="a key customer called"))
    war.run(until=120)
    assert war.state.messages[MANAGEMENT].state == "due"


def test_revenue_in_the_guidance_sends_the_executive_text_at_once() -> None:
    war = stuck(themes=({"name": "revenue", "effect": "executives at once"},))
    assert war.of(ev.GuidanceApplied)[0].theme == "revenue"
    assert war.state.messages[EXECUTIVE].state == "due"


def test_a_sent_text_ends_its_clock_and_starts_the_next_update_anew() -> None:
    war = stuck()
    war.run(until=600)
    war.give(war.human("sent", path=MANAGEMENT, channel="mail"))
    assert war.state.deadlines["management"].outcome == "dropped"
    assert war.state.deadlines["update"].due == war.now + 900
    assert "was sent by a.kim" in refusal(war, war.human("sent", path=MANAGEMENT, channel="mail"))


def test_a_person_may_hold_an_escalation_back_with_a_reason_but_not_a_promise() -> None:
    war = stuck()
    assert refusal(war, war.human("hold", deadline="management", why="")) == "say why"
    assert "is a promise" in refusal(war, war.human("hold", deadline="resolve", why="later"))
    war.give(war.human("hold", deadline="management", why="he is in this room"))
    war.run(until=2000)
    assert war.state.messages[MANAGEMENT].state == "drafted"


def test_the_published_promise_of_a_review_becomes_a_deadline() -> None:
    war = War()
    war.open()
    war.run(stop=lambda state: NOTICE in state.messages)
    war.give(war.human("sent", path=NOTICE, channel="status page"))
    assert war.state.deadlines["published review"].due == war.now + 48 * HOUR


# --- tiers ----------------------------------------------------------------------------------------


def test_tier_3_is_engaged_by_a_reason_of_tier_2() -> None:
    war = War(approves=False)
    war.answers["tier2/analysis"] = {"hypotheses": [], "escalate": True, "reasons": ["vendor"]}
    war.open()
    war.run(until=120)
    assert (war.state.tier, war.state.tiers[3].by) == (3, "reason")
    assert war.state.report("tier3/architecture") is not None


def test_tier_3_is_engaged_by_the_clock() -> None:
    war = stuck()
    war.run(until=1801)
    assert (war.state.tier, war.state.tiers[3].by) == (3, "time")


def test_tier_3_is_engaged_by_a_person_after_tier_2() -> None:
    war = stuck()
    war.give(war.human("escalate", target="tier3", why="we need the architect"))
    assert war.state.tiers[3].by == "human"
    assert "already escalated" in refusal(war, war.human("escalate", target="tier3", why="x"))


# --- exception paths ------------------------------------------------------------------------------


def test_a_broken_resolution_promise_runs_the_sla_path() -> None:
    war = stuck()
    war.run(until=2 * HOUR + 1)
    assert "sla-exceeded" in war.state.exceptions
    assert len(war.state.exceptions["sla-exceeded"]["actions"]) == 5
    assert war.state.messages[EXECUTIVE].state == "due"


def test_silence_after_the_page_names_the_next_in_the_chain() -> None:
    war = War(approves=False, acknowledges_after=None)
    war.open()
    war.run(until=61)
    assert "did not acknowledge in time" in war.state.exceptions["path-blocked"]["why"]
    assert war.state.roles["on-call"] == "e.manager"


def test_an_unavailable_owner_is_replaced_by_the_backup_and_the_gap_is_kept() -> None:
    people = tuple({**p, "unavailable": p["name"] == "j.ortiz", "backup": "m.sato"} for p in PEOPLE)
    war = stuck(people=people)
    assert war.state.tiers[2].who == "m.sato"
    assert "j.ortiz" in war.state.exceptions["path-blocked"]["why"]


def test_a_possible_breach_preserves_evidence_and_blocks_approval_until_sign_off() -> None:
    war = War(approves=False, durations={"security/preserve": 40.0})
    war.themes = ({"name": "security", "effect": "gatekeeper joins"},)
    war.open()
    war.run(until=30)
    assert "security" in war.state.exceptions
    assert not war.state.approvals
    war.run(until=90)
    card = war.state.approvals["rollback@1"]
    approve = {"approval": card.approval, "sha256": card.sha256}
    assert "possible breach" in refusal(war, war.human("approve", **approve))
    war.give(war.human("answer", field="forensic sign-off", text="signed by s.lee"))
    assert refusal(war, war.human("approve", **approve)) == ""
    assert war.state.messages[EXECUTIVE].state == "due"
    assert war.state.deadlines["regulatory"].due == T0 + 72 * HOUR


def test_a_failed_rollback_is_an_emergency_of_its_own() -> None:
    war = War()
    war.answers["mitigation/execute"] = {"exit": 1, "why": "health check failed"}
    war.open()
    war.run(until=600)
    assert "rollback-failed" in war.state.exceptions
    assert EXECUTIVE in [m.path for m in war.of(ev.MessageDue)]


def test_a_major_incident_is_declared_once() -> None:
    war = stuck()
    args = {"name": "major-incident", "why": "2 open P0/P1", "actions": ["coordinate"]}
    war.give(Command("major/1", "major", war.now, ev.RUNNER, args))
    war.give(Command("major/2", "major", war.now, ev.RUNNER, args))
    assert war.types().count("exception.declared") == 1
    assert war.state.messages[EXECUTIVE].state == "due"


def test_an_ordinary_incident_runs_no_exception_path() -> None:
    war = War()
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert not war.state.exceptions
    assert "security/preserve" not in war.state.tasks


# --- the human at any time ------------------------------------------------------------------------


def test_a_skipped_step_is_left_out_and_the_reason_is_kept() -> None:
    war = War(approves=False, durations={"tier1/data": 500.0})
    war.open()
    war.give(war.human("step", step="tiers", what="skip", why="we know the service"))
    war.give(war.human("step", step="root-cause", what="skip", why="later"))
    war.run(until=60)
    assert "tier1/data" not in war.state.tasks
    assert war.state.cause["verdict"] == "INCONCLUSIVE"


def test_a_repeated_step_asks_again_under_new_keys_and_its_result_counts() -> None:
    war = stuck()
    assert war.state.severity == "P0"
    war.answers["triage/impact"] = {"affected_share": 0.2, "data_loss": "no"}
    war.give(war.human("step", step="triage", what="repeat", why="traffic was moved away"))
    war.run(until=120)
    assert "triage/impact@2" in war.state.tasks
    assert war.state.severity == "P1"


def test_the_stop_key_voids_every_open_approval_and_an_assessment_opens_a_new_one() -> None:
    war = stuck()
    war.give(war.human("halt", why="that is the wrong service"))
    assert war.state.status == "STOPPED"
    assert war.state.approvals["rollback@1"].decision == "voided"
    war.give(war.human("assess", text="it is the right one"))
    war.run(until=120)
    assert war.state.approvals["rollback@2"].open


def test_undo_is_a_change_of_its_own_and_needs_its_own_key() -> None:
    war = War()
    war.open()
    war.run(stop=lambda state: state.report("mitigation/execute@1") is not None)
    war.approves = False
    war.give(war.human("undo", action=""))
    war.run(until=400, stop=lambda state: "undo@1" in state.approvals)
    card = war.state.approvals["undo@1"]
    war.give(war.human("approve", approval="undo@1", sha256=card.sha256))
    war.run(until=400, stop=lambda state: state.report("mitigation/undo@1") is not None)
    assert war.state.report("mitigation/undo@1") is not None
    assert "was done already" in refusal(war, war.human("undo", action="mitigation/execute@1"))


def test_resolving_by_hand_says_so_and_stops_what_still_runs() -> None:
    war = stuck(durations={"mitigation/watch": 1800.0, "tier2/analysis": 4000.0})
    war.give(war.human("resolve", why="the cache was cleared by hand"))
    war.run(until=300)
    assert war.state.status == "RESOLVED"
    assert war.state.resolution_action == "by hand: the cache was cleared by hand"


def test_a_reopened_incident_looks_for_the_cause_and_a_way_out_again() -> None:
    war = War()
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    written(war)
    war.run(until=900)
    assert war.state.status == "CLOSED"
    war.give(war.human("reopen", why="it is back"))
    assert war.state.status == "INVESTIGATING"
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert war.state.approvals["rollback@2"].decision == "granted"
    assert war.state.report("rca/5whys@2") is not None
    written(war)
    war.run(until=2 * HOUR)
    assert war.state.status == "CLOSED"


def test_an_answer_closes_its_question_and_a_star_marks_a_moment() -> None:
    war = stuck()
    war.state = replace_questions(war.state)
    assert "no open question" in refusal(war, war.human("answer", field="nothing", text="x"))
    war.give(war.human("answer", field="affected users", text="about 300"))
    assert war.state.answers["affected users"] == "about 300"
    assert "affected users" not in war.state.questions
    war.give(war.human("star", event="regression/judged/1"))
    assert "regression/judged/1" in war.state.stars


def replace_questions(state: State) -> State:
    twin = state.copy()
    twin.questions["affected users"] = "How many users are affected?"
    return twin


def test_a_tight_sla_prefers_the_rollback_to_five_minutes_of_looking() -> None:
    war = War(approves=False, themes=({"name": "tight-sla", "effect": "rollback preferred"},))
    verdict = war.answers["regression/verdict"]
    assert isinstance(verdict, dict)
    kept = [i for i in verdict["indicators"] if i["name"] != "metrics-inflect"]
    war.answers["regression/verdict"] = {**verdict, "indicators": kept}
    war.open()
    war.run(until=60)
    assert war.state.regression["verdict"] == "LIKELY"
    assert war.state.approvals["rollback@1"].open


def test_it_is_not_closed_before_users_are_told_that_it_is_over() -> None:
    war = War()
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    war.approves = False
    war._heap = [entry for entry in war._heap if not (entry[2] and entry[2].name == "sent")]
    written(war)
    war.run(until=HOUR)
    assert war.state.status == "REVIEWED"
    war.give(war.human("sent", path=NOTICE, channel="status page"))
    assert war.state.status == "CLOSED"


def test_a_p3_is_closed_without_a_review() -> None:
    war = War(policy=replace(Policy()))
    war.answers["triage/impact"] = {"affected_share": 0.01, "data_loss": "no"}
    war.answers["triage/urgency"] = {"level": "LOW"}
    war.open()
    war.run(until=60)
    war.give(war.human("resolve", why="cosmetic"))
    war.run(until=120)
    assert war.state.status == "CLOSED"
    assert "review/pir" not in war.state.tasks


def test_a_rollback_that_heals_nothing_never_leads_to_a_second_blind_one() -> None:
    war = War()
    war.answers["mitigation/validate"] = FAILED
    war.open()
    war.run(until=2 * HOUR)
    assert [a for a in war.state.approvals.values() if a.decision == "granted"].__len__() == 1
    assert war.state.status == "STOPPED"
