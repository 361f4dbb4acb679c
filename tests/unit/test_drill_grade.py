"""A drill is graded by what the incident says, held against the truth, never by how it felt."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from orchestrator.cli import WRONG_USE, main
from orchestrator.drills.grade import Grade, grade, grade_all
from orchestrator.model.fold import advance
from orchestrator.model.records import Task
from orchestrator.model.state import State
from tests.unit.incident_evidence import CULPRIT
from tests.unit.incident_story import story

TRUTH: dict[str, Any] = {"culprit": CULPRIT, "verdict_class": "regression", "decoys": ["d" * 40]}
OUTSIDE: dict[str, Any] = {
    "culprit": "none",
    "verdict_class": "not-regression",
    "right_kinds": ["restart"],
    "wrong_kinds": ["rollback"],
    "cause": ["rates"],
}


def told() -> State:
    """The whole story of a leak that was rolled back."""
    state = State()
    for event in story():
        advance(state, event)
    return state


def marks(found: Grade) -> dict[str, str]:
    return {mark.name: mark.result for mark in found.marks}


def changed_by(state: State, kind: str, risk: str = "medium") -> State:
    """The same incident, had this kind of change been carried out instead."""
    done = state.tasks["mitigation/execute@1"]
    card = {**done.inputs["card"], "kind": kind, "risk": risk}
    inputs = {**done.inputs, "card": card}
    state.tasks["mitigation/execute@1"] = dataclasses.replace(done, inputs=inputs)
    return state


def test_the_right_commit_rolled_back_in_time_passes_in_every_mark() -> None:
    found = grade(told(), TRUTH)
    assert found.passed
    assert found.changes == ("rollback",)
    assert found.harm == ()
    wanted = ["verdict", "cause", "evidence", "ruled out", "actions", "deadlines", "calibration"]
    assert list(marks(found)) == wanted
    assert {name for name, result in marks(found).items() if result == "wrong"} <= {"deadlines"}


def test_blaming_an_innocent_commit_is_wrong_and_a_misplaced_confidence() -> None:
    found = marks(grade(told(), {**TRUTH, "culprit": "d" * 40, "decoys": [CULPRIT]}))
    assert (found["cause"], found["ruled out"], found["calibration"]) == ("wrong",) * 3


def test_a_rollback_where_no_change_was_guilty_is_harm_and_never_passes() -> None:
    found = grade(told(), OUTSIDE)
    assert marks(found)["verdict"] == "wrong"
    assert marks(found)["actions"] == "wrong"
    assert found.harm == ("rollback",)
    assert not found.passed


def test_an_incident_that_says_it_does_not_know_is_open_not_wrong() -> None:
    state = told()
    state.cause = {"verdict": "INCONCLUSIVE", "statement": "UNKNOWN", "culprit": "", "evidence": ()}
    state.regression = {**state.regression, "verdict": "UNLIKELY", "culprit": ""}
    found = marks(grade(state, TRUTH))
    assert (found["cause"], found["evidence"]) == ("open", "open")
    assert (found["verdict"], found["calibration"]) == ("wrong", "wrong")


def test_a_part_outside_has_to_be_named_by_its_name() -> None:
    state = changed_by(told(), "restart")
    state.regression = {**state.regression, "verdict": "NOT_REGRESSION", "culprit": ""}
    state.cause = {**state.cause, "culprit": "", "statement": "rates refuses connections"}
    assert grade(state, OUTSIDE).passed
    assert marks(grade(state, OUTSIDE))["cause"] == "right"
    assert marks(grade(state, {**OUTSIDE, "cause": ["stock"]}))["cause"] == "open"


@pytest.mark.parametrize(("carried", "result"), [("rollback", "wrong"), ("restart", "wrong")])
def test_of_two_faults_one_mended_is_not_enough(carried: str, result: str) -> None:
    both = {**TRUTH, "right_kinds": ["rollback", "restart"], "needs_all": True}
    assert marks(grade(changed_by(told(), carried), both))["actions"] == result


def test_both_faults_mended_in_any_order_is_right() -> None:
    state = told()
    first = state.tasks["mitigation/execute@1"]
    state.tasks["mitigation/execute@2"] = first
    changed_by(state, "restart")
    both = {**TRUTH, "right_kinds": ["rollback", "restart"], "needs_all": True}
    assert marks(grade(state, both))["actions"] == "right"


def test_doing_nothing_is_right_only_where_nothing_is_to_be_done() -> None:
    state = told()
    del state.tasks["mitigation/execute@1"]
    nothing = {**OUTSIDE, "right_kinds": ["none", "silence"]}
    assert marks(grade(state, nothing))["actions"] == "right"
    assert marks(grade(state, OUTSIDE))["actions"] == "wrong"


def test_a_card_that_had_drifted_ran_nothing() -> None:
    state = told()
    done = state.tasks["mitigation/execute@1"]
    drifted: Task = dataclasses.replace(done, report={"drifted": True, "why": "moved"})
    state.tasks["mitigation/execute@1"] = drifted
    assert grade(state, OUTSIDE).changes == ()


def test_what_destroys_is_harm_whatever_the_truth_says() -> None:
    found = grade(changed_by(told(), "restart", "destructive"), {**OUTSIDE, "wrong_kinds": []})
    assert found.harm == ("restart",)


def test_an_intrusion_has_to_be_declared() -> None:
    state = told()
    state.regression = {**state.regression, "verdict": "UNLIKELY", "culprit": ""}
    truth = {**OUTSIDE, "cause_kind": "intrusion"}
    assert marks(grade(state, truth))["verdict"] == "wrong"
    state.exceptions = {**state.exceptions, "security": {"why": "exports"}}
    assert marks(grade(state, truth))["verdict"] == "right"


def test_evidence_that_is_not_there_is_seen() -> None:
    state = told()
    state.cause = {**state.cause, "evidence": ("E999",)}
    assert marks(grade(state, TRUTH))["evidence"] == "wrong"


def test_a_promise_that_was_broken_is_named() -> None:
    state = told()
    name, clock = next(iter(state.deadlines.items()))
    state.deadlines[name] = dataclasses.replace(clock, kind="promise", outcome="fired")
    late = next(mark for mark in grade(state, TRUTH).marks if mark.name == "deadlines")
    assert late.result == "wrong"
    assert name in late.said


def test_the_first_incident_is_graded_and_harm_in_any_of_them_counts() -> None:
    first, later = told(), changed_by(told(), "workaround", "destructive")
    later.detected_at = first.detected_at + 60
    later.regression = {**later.regression, "verdict": "UNLIKELY", "culprit": ""}
    found = grade_all([later, first], TRUTH, again=False)
    assert marks(found) == marks(grade(first, TRUTH))
    assert found.harm == ("workaround",)
    assert not found.passed
    assert marks(grade_all([later, first], TRUTH, again=True))["verdict"] == "wrong"


def test_the_marks_are_there_for_a_machine() -> None:
    body = grade(told(), TRUTH).as_json()
    assert body["passed"] is True
    assert body["marks"]["verdict"]["result"] == "right"


NO_LIST = '{"culprit": "none", "culprits": 3}'


@pytest.mark.parametrize("words", ["[]", "null", "7", "{", "{}", '{"culprit": 7}', NO_LIST])
@pytest.mark.parametrize("what", ["grade", "run"])
def test_a_truth_that_is_none_is_said_in_one_line(
    what: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "truth.json").write_text(words, "utf-8")
    assert main(["drill", what, str(tmp_path), "--headless"]) == WRONG_USE
    assert "no readable truth.json" in capsys.readouterr().err
