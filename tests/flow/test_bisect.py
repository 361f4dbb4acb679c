"""When a bisect runs, what waits for it, and which commit counts where it says otherwise."""

from typing import Any

import pytest

from tests.flow.simulate import War, claim, indicators

KEY = "regression/bisect"
FOUND = {
    "result": "found",
    "culprit": "badf00d",
    "summary": claim("badf00d is the first that fails the test", "E9"),
}
NOTHING = {"result": "inconclusive", "culprit": "", "summary": claim("the test does not tell")}


def war(report: dict[str, Any] = FOUND, seconds: float = 40.0, **given: Any) -> War:
    made = War(**{"bisects": ("orders",), **given})
    made.answers[KEY] = report
    made.durations[KEY] = seconds
    return made


def opened(made: War, until: float) -> War:
    made.open()
    made.run(until=until)
    return made


def test_it_runs_beside_the_rest_and_its_commit_counts_over_the_ranking() -> None:
    made = opened(war(), until=30)
    assert made.state.tasks[KEY].running
    assert made.state.tasks[KEY].kind == "bisect"
    assert made.state.regression["culprit"] == "c0ffee1"
    assert "triage/impact" in made.state.tasks, "nothing of the triage waits for it"
    made.run(until=400)
    judged = made.state.regression
    assert (judged["culprit"], judged["suspected"], judged["bisected"]) == (
        "badf00d",
        "c0ffee1",
        True,
    )
    assert "E9" in judged["evidence"]


def test_where_both_agree_nobody_else_is_suspected() -> None:
    judged = opened(war({**FOUND, "culprit": "c0ffee1"}), until=400).state.regression
    assert (judged["culprit"], judged["suspected"]) == ("c0ffee1", "")
    assert judged["culprit_confidence"] == 0.8


def test_one_without_an_answer_leaves_the_ranking_as_it_was() -> None:
    made = opened(war(NOTHING), until=400)
    assert made.state.regression["culprit"] == "c0ffee1"
    assert made.state.regression["bisected"] is False
    assert "regression/judged/bisect" not in made.state.ids


def test_it_stands_when_triage_judges_again() -> None:
    made = opened(war(seconds=0.5, severity="P2"), until=400)
    assert "regression/judged/2" in made.state.ids
    assert made.state.regression["culprit"] == "badf00d"


def test_the_root_cause_waits_for_it_and_a_rollback_does_not() -> None:
    made = opened(war(seconds=2000.0), until=1500)
    assert made.state.tasks[KEY].running
    assert made.state.resolution == "RESOLVED"
    assert "rca/5whys" not in made.state.tasks
    made.run(until=2600)
    assert "rca/5whys" in made.state.tasks


@pytest.mark.parametrize("bisects", [(), ("another",)])
def test_without_a_test_for_the_service_it_is_not_asked_for(bisects: tuple[str, ...]) -> None:
    assert KEY not in opened(war(bisects=bisects), until=400).state.tasks


def test_what_is_no_regression_is_not_searched() -> None:
    made = war()
    made.answers["regression/verdict"] = {"indicators": indicators(worked_before="no")}
    assert KEY not in opened(made, until=60).state.tasks


def test_without_two_versions_it_is_not_asked_for() -> None:
    made = war()
    made.answers["regression/verdict"] = {
        **made.answers["regression/verdict"],  # type: ignore[dict-item]
        "good_version": "UNKNOWN",
    }
    assert KEY not in opened(made, until=60).state.tasks


def test_a_test_that_found_the_change_confirms_the_cause_without_a_mitigation() -> None:
    made = war(approves=False)
    made.answers["rca/5whys"] = {
        "root_cause": claim("it breaks the sum", "E1", "E2"),
        "culprit": "badf00d",
        "verdict": "CONFIRMED",
    }
    made = opened(made, until=2000)
    assert made.state.cause["culprit"] == "badf00d"
    assert made.state.cause["verdict"] == "CONFIRMED"
    assert "a bisect with a test found the change" in made.state.cause["why"]
