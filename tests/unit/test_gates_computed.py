"""Gates and lengths, recomputed by hand for the told incidents and for their edges."""

from dataclasses import replace

import pytest

from orchestrator.model import events as ev
from orchestrator.model.codec import encode
from orchestrator.model.durations import durations, words
from orchestrator.model.fold import fold_all
from orchestrator.model.gates import Gate, gates
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, NOTICE, STATUS_PAGE
from orchestrator.model.policy import Policy
from orchestrator.model.records import Deadline, Message, Tier
from orchestrator.model.state import State
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_evidence import T0
from tests.unit.incident_others import control_story, trouble_story
from tests.unit.incident_story import leak_story, story


def of(state: State) -> dict[str, Gate]:
    return {gate.name: gate for gate in gates(state)}


@pytest.fixture
def closed() -> State:
    return fold_all(State(), story())


def test_lengths_of_the_story_are_those_read_off_its_clock(closed: State) -> None:
    took = durations(closed)
    assert took.detection == 38.0
    assert took.acknowledgement == 42.0
    assert took.engagement == 110.0
    assert took.regression == 221.1
    assert took.triage == 340.0
    assert took.restoration == 549.0
    assert took.resolution == 1449.1
    assert took.downtime == 38.0 + 549.0
    assert took.review == pytest.approx(1501 - 1449.1)


def test_a_length_with_an_unknown_end_is_none_and_not_zero() -> None:
    took = durations(fold_all(State(), leak_story(3.0)))
    assert took.detection is None
    assert took.resolution is None
    assert took.downtime is None


def test_impact_dated_after_detection_counts_as_detected_at_once(closed: State) -> None:
    closed.impact_started_at = closed.detected_at + 4
    assert durations(closed).detection == 0.0


def test_gates_of_the_story_agree_with_the_hand_count(closed: State) -> None:
    assert [(gate.name, gate.result, gate.figure) for gate in gates(closed)] == [
        ("Detected and logged", "PASS", "38 s"),
        ("Regression triage", "PASS", "3 min 41 s"),
        ("Triage", "PASS", "5 min 40 s"),
        ("Commander assigned", "PASS", "a.kim"),
        ("Functional escalation", "PASS", "6 min 32 s"),
        ("Hierarchical escalation", "N-A", ""),
        ("Root cause by 5 Whys and fishbone", "PASS", "CONFIRMED"),
        ("Mitigation deployed and validated", "PASS", "4 of 4 checks"),
        (
            "Users informed",
            "PASS",
            "status page after 11 min 40 s, its end 41 s after the resolution",
        ),
        ("Resolved within SLA", "PASS", "24 min 9 s"),
        ("Post-incident review", "PASS", "52 s"),
        ("Preventive actions tracked", "PASS", "5 actions"),
        ("Runbooks and knowledge base", "PASS", "runbook update, article"),
        ("Regression registered", "PASS", "CONFIRMED"),
    ]


def test_every_gate_says_why() -> None:
    for events in (story(), trouble_story(), control_story(), leak_story(0.0)):
        assert all(gate.why for gate in gates(fold_all(State(), events)))


def test_nothing_has_failed_at_the_first_moment() -> None:
    assert {gate.result for gate in gates(fold_all(State(), leak_story(0.0)))} == {"N-A"}


@pytest.mark.parametrize(
    ("field", "gate", "late_by_a_millisecond"),
    [
        ("regression_at", "Regression triage", 600.001),
        ("triaged_at", "Triage", 900.001),
        ("resolved_at", "Resolved within SLA", 7200.001),
    ],
)
def test_a_target_passed_by_a_millisecond_fails(
    closed: State, field: str, gate: str, late_by_a_millisecond: float
) -> None:
    setattr(closed, field, T0 + late_by_a_millisecond)
    assert of(closed)[gate].result == "FAIL"
    setattr(closed, field, T0 + late_by_a_millisecond - 0.001)
    assert of(closed)[gate].result == "PASS"


def test_a_start_of_impact_nobody_knows_is_no_pass(closed: State) -> None:
    closed.impact_started_at = 0.0
    assert of(closed)["Detected and logged"].result == "N-A"


def test_a_p0_without_a_commander_fails_and_a_p3_needs_none(closed: State) -> None:
    del closed.roles["commander"]
    assert of(closed)["Commander assigned"].result == "FAIL"
    closed.severity = "P3"
    assert of(closed)["Commander assigned"].result == "N-A"


def test_tier_2_engaged_after_its_time_fails(closed: State) -> None:
    closed.deadlines["tier2"] = Deadline("tier2", "trigger", T0, T0 + 900, 1, T0)
    closed.tiers[2] = Tier(2, "j.ortiz", T0 + 900 + closed.policy.grace + 1)
    assert of(closed)["Functional escalation"].result == "FAIL"


def test_a_severity_raised_late_does_not_make_the_escalation_late(closed: State) -> None:
    closed.deadlines["tier2"] = Deadline("tier2", "trigger", T0, T0 + 900, 2, T0 + 1200)
    closed.tiers[2] = Tier(2, "j.ortiz", T0 + 1200)
    assert of(closed)["Functional escalation"].result == "PASS"


def test_resolution_within_the_tier_1_time_needs_no_tier_2(closed: State) -> None:
    del closed.tiers[2]
    closed.resolved_at = T0 + 800
    assert of(closed)["Functional escalation"].result == "PASS"
    closed.resolved_at = T0 + 1200
    assert of(closed)["Functional escalation"].result == "FAIL"


def test_tier_3_is_asked_for_once_tier_2_had_its_time(closed: State) -> None:
    closed.deadlines["tier3"] = replace(closed.deadlines["tier3"], outcome="fired")
    closed.resolved_at = T0 + 2000
    assert of(closed)["Functional escalation"].result == "FAIL"
    closed.tiers[3] = Tier(3, "m.sato", T0 + 1800)
    assert of(closed)["Functional escalation"].figure == "30 min"
    closed.tiers[3] = Tier(3, "m.sato", T0 + 1806)
    assert of(closed)["Functional escalation"].result == "FAIL"


def test_an_escalation_held_back_with_a_reason_is_neither_kept_nor_broken(closed: State) -> None:
    del closed.tiers[2]
    closed.held["tier2"] = "the owner listens in"
    gate = of(closed)["Functional escalation"]
    assert (gate.result, gate.why) == (
        "N-A",
        "tier 2 held back by a person: the owner listens in",
    )


def told(path: str, word: str, at: float, due: float = 0.0) -> Message:
    return Message(path, word, at, by="l.novak", channel="mail", due_at=due)


def test_a_notification_that_fell_due_and_was_not_sent_fails(closed: State) -> None:
    fired = replace(closed.deadlines["management"], outcome="fired", due=T0 + 1800)
    closed.deadlines["management"] = fired
    closed.messages[MANAGEMENT] = told(MANAGEMENT, "due", T0 + 1800, T0 + 1800)
    gate = of(closed)["Hierarchical escalation"]
    assert (gate.result, gate.why) == ("FAIL", "management was due and not told")


@pytest.mark.parametrize(("after", "result"), [(0, "PASS"), (900, "PASS"), (900.5, "FAIL")])
def test_leaders_are_told_within_one_interval_of_updates(
    closed: State, after: float, result: str
) -> None:
    due = T0 + 1800
    closed.messages[EXECUTIVE] = told(EXECUTIVE, "sent", due + after, due)
    assert of(closed)["Hierarchical escalation"].result == result


def test_leaders_told_before_anything_fell_due_pass(closed: State) -> None:
    closed.messages[MANAGEMENT] = told(MANAGEMENT, "sent", T0 + 400)
    gate = of(closed)["Hierarchical escalation"]
    assert (gate.result, gate.figure) == ("PASS", "management after 6 min 40 s")


def test_the_escalated_incident_passes_its_own_gates() -> None:
    gate = of(fold_all(State(), escalated_story()))
    assert gate["Functional escalation"].figure == "20 min"
    assert gate["Hierarchical escalation"].figure == (
        "management after 31 min, executive after 31 min 30 s"
    )


def test_users_are_informed_by_the_status_page_and_by_the_notice_that_it_is_over(
    closed: State,
) -> None:
    closed.messages[NOTICE] = told(NOTICE, "due", T0 + 1460, T0 + 1460)
    assert of(closed)["Users informed"].why == "no word that it is over was sent"
    assert of(closed)["Users informed"].result == "FAIL"
    closed.messages[NOTICE] = told(NOTICE, "sent", T0 + 1500)
    closed.messages[STATUS_PAGE] = told(STATUS_PAGE, "sent", T0 + 1806)
    assert of(closed)["Users informed"].result == "FAIL"
    closed.messages[STATUS_PAGE] = told(STATUS_PAGE, "sent", T0 + 1800)
    assert of(closed)["Users informed"].result == "PASS"


def test_a_status_page_that_never_fell_due_is_not_missed(closed: State) -> None:
    closed.messages[STATUS_PAGE] = told(STATUS_PAGE, "drafted", T0 + 365)
    closed.deadlines["status-page"] = replace(closed.deadlines["status-page"], outcome="dropped")
    assert of(closed)["Users informed"].result == "PASS"
    closed.deadlines["status-page"] = replace(closed.deadlines["status-page"], outcome="fired")
    assert of(closed)["Users informed"].result == "FAIL"


def actions(closed: State, **report: object) -> State:
    task = closed.tasks["review/actions"]
    closed.tasks["review/actions"] = replace(task, report={**task.report, **report})
    return closed


def test_an_action_nobody_owns_is_not_tracked(closed: State) -> None:
    lost = [{"action": {"text": "x", "evidence": []}, "owner": "UNKNOWN"}]
    gate = of(actions(closed, long_term=lost))["Preventive actions tracked"]
    assert (gate.result, gate.figure, gate.why) == ("FAIL", "5 actions", "1 without an owner")


def test_an_empty_list_of_actions_fails(closed: State) -> None:
    gate = of(actions(closed, immediate=[], short_term=[], long_term=[]))
    assert gate["Preventive actions tracked"].result == "FAIL"


def test_a_runbook_without_an_article_is_half_the_work(closed: State) -> None:
    del closed.tasks["review/knowledge"]
    gate = of(closed)["Runbooks and knowledge base"]
    assert (gate.result, gate.why) == ("FAIL", "no article")


def test_a_regression_that_is_in_no_register_fails(closed: State) -> None:
    closed.documents = {p: d for p, d in closed.documents.items() if not p.startswith(".aiwg/")}
    assert of(closed)["Regression registered"].result == "FAIL"
    closed.regression = {**closed.regression, "verdict": "POSSIBLE"}
    assert of(closed)["Regression registered"].result == "N-A"


@pytest.mark.parametrize(
    ("step", "gate"),
    [
        ("detection", "Detected and logged"),
        ("regression", "Regression triage"),
        ("triage", "Triage"),
        ("tiers", "Functional escalation"),
        ("notify", "Hierarchical escalation"),
        ("notify", "Users informed"),
        ("root-cause", "Root cause by 5 Whys and fishbone"),
        ("mitigation", "Mitigation deployed and validated"),
        ("review", "Post-incident review"),
        ("review", "Preventive actions tracked"),
        ("review", "Runbooks and knowledge base"),
    ],
)
def test_a_step_somebody_skipped_says_so(closed: State, step: str, gate: str) -> None:
    closed.skipped[step] = "not now"
    found = of(closed)[gate]
    assert (found.result, found.why) == ("N-A", "skipped by a person: not now")


def test_an_incident_resolved_by_hand_was_not_validated(closed: State) -> None:
    closed.checks = ()
    assert of(closed)["Mitigation deployed and validated"].result == "FAIL"


def test_half_a_root_cause_analysis_fails_once_it_is_over(closed: State) -> None:
    del closed.tasks["rca/ishikawa"]
    gate = of(closed)["Root cause by 5 Whys and fishbone"]
    assert (gate.result, gate.why) == ("FAIL", "no fishbone")


def test_an_inconclusive_cause_is_a_legitimate_result() -> None:
    gate = of(fold_all(State(), control_story()))["Root cause by 5 Whys and fishbone"]
    assert (gate.result, gate.figure) == ("PASS", "INCONCLUSIVE")


def test_a_service_that_recovered_by_itself_had_no_mitigation_to_pass() -> None:
    gate = of(fold_all(State(), control_story()))["Mitigation deployed and validated"]
    assert (gate.result, gate.figure) == ("N-A", "4 of 4 checks")


def test_a_mitigation_that_did_not_help_fails(closed: State) -> None:
    closed.resolution = "NOT_RESOLVED"
    assert of(closed)["Mitigation deployed and validated"].result == "FAIL"


def test_a_p3_promises_neither_resolution_nor_review() -> None:
    found = of(fold_all(State(), control_story()))
    assert found["Resolved within SLA"].result == "N-A"
    assert found["Post-incident review"].result == "N-A"
    assert found["Functional escalation"].result == "N-A"


def test_a_team_that_changes_its_policy_changes_its_gates() -> None:
    first = story()[0]
    assert isinstance(first.data, ev.IncidentDetected)
    strict = replace(first.data, policy=encode(replace(Policy(), triage_target=60.0)))
    state = fold_all(State(), [replace(first, data=strict), *story()[1:]])
    assert of(state)["Triage"].result == "FAIL"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "UNKNOWN"),
        (0.0, "0 s"),
        (0.4, "under 1 s"),
        (38.0, "38 s"),
        (340.2, "5 min 40 s"),
        (7200.0, "2 h"),
        (5_465.0, "1 h 31 min"),
        (172_800.0, "2 d"),
        (59.6, "1 min"),
    ],
)
def test_lengths_are_said_in_two_units_at_most(seconds: float | None, said: str) -> None:
    assert words(seconds) == said
