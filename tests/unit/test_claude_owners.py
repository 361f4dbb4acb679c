"""Whom a model may give a preventive action to: people there are, and nobody it made up."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.agents.claude.owners import owned
from orchestrator.settings import Settings
from tests.model_server import faults
from tests.unit.model_work import Work, found_in

KEY = "review/actions"
PEOPLE = Settings.model_validate({"people": [{"name": "a.kim"}, {"name": "j.ortiz"}]})


def action(owner: str) -> dict[str, Any]:
    said = {"text": "Write a test for it", "evidence": ["E1"], "assumption": False}
    return {"action": said, "owner": owner}


def actions(*owners: str) -> dict[str, Any]:
    """One action for each owner, all in the first week."""
    return {"immediate": [action(one) for one in owners], "short_term": [], "long_term": []}


def test_people_of_the_settings_and_of_the_rules_report_stay() -> None:
    report = actions("a.kim", "stand-in", "UNKNOWN")
    assert owned(actions("stand-in"), report, PEOPLE) == (report, ())


@pytest.mark.parametrize("term", ["immediate", "short_term", "long_term"])
def test_an_invented_person_owns_nothing_and_is_told_once(term: str) -> None:
    report = {**actions(), term: [action("x.nobody"), action("j.ortiz"), action("x.nobody")]}
    made, dropped = owned(actions(), report, PEOPLE)
    assert [one["owner"] for one in made[term]] == ["UNKNOWN", "j.ortiz", "UNKNOWN"]
    assert made[term][0]["action"] == action("")["action"]
    assert dropped == ("owner 'x.nobody': the settings have no such person",)


def test_no_owner_is_nobody() -> None:
    made, dropped = owned(actions(), actions(""), PEOPLE)
    assert made["immediate"][0]["owner"] == "UNKNOWN"
    assert dropped == ()


def test_a_report_of_a_model_is_held_against_the_settings(tmp_path: Path) -> None:
    work = Work(found_in(tmp_path, keys=("regression/verdict", KEY)), KEY, role="project-manager")
    answer = work.answered(faults.always(work.hands_in(immediate=[action("x.nobody")])))
    work.joined(answer)
    assert [one["owner"] for one in answer.report["immediate"]] == ["UNKNOWN"]
    assert answer.dropped == ("owner 'x.nobody': the settings have no such person",)
    assert "dropped: owner 'x.nobody'" in work.warned()
