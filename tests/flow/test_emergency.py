"""After a failed change: who has to be there, what is possible, and taking it back."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.undoing import undoable
from tests.flow.simulate import CARD, PASSED, SHA, War

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

PEOPLE = (
    {"name": "a.kim", "roles": ["on-call", "commander"]},
    {"name": "d.base", "roles": ["dba"]},
)


def failed(**more: Any) -> War:
    war = War(people=PEOPLE, **more)
    war.answers["mitigation/execute"] = {"exit": 1, "why": "health check failed"}
    war.open()
    war.run(until=600, stop=lambda state: bool(state.stopped))
    war.run(until=600)
    return war


def refused(war: War, name: str, **args: Any) -> str:
    said = [e.data for e in war.give(war.human(name, **args))]
    return next((one.why for one in said if isinstance(one, ev.CommandRefused)), "")


def test_the_emergency_room_is_filled_from_the_settings_or_asked_for() -> None:
    war = failed()
    assert war.state.roles["dba"] == "d.base"
    for role in ("deployment-manager", "architect", "infrastructure"):
        assert "emergency room" in war.state.questions[role]


def test_an_incident_without_a_failed_change_asks_for_none_of_them() -> None:
    war = War(people=PEOPLE)
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert not {"dba", "infrastructure"} & {*war.state.roles, *war.state.questions}
    assert "emergency/options@1" not in war.state.tasks


def test_the_options_are_read_once_for_each_failure() -> None:
    war = failed()
    assert war.state.report("emergency/options@1") == {"options": []}
    assert "emergency/options@2" not in war.state.tasks


def test_a_change_whose_command_failed_can_be_taken_back() -> None:
    war = failed()
    assert [task.key for task in undoable(war.state)] == ["mitigation/execute@1"]
    assert not refused(war, "undo")


def test_its_card_waits_for_the_assessment() -> None:
    war = failed(approves=True)
    refused(war, "undo")
    war.run(until=900)
    assert "mitigation/prepare-undo@1" not in war.state.tasks
    war.approves = False
    war.give(war.human("assess", text="half of it is live, take it back"))
    war.run(until=1200, stop=lambda state: "undo@1" in state.approvals)
    assert war.state.approvals["undo@1"].open


def test_a_second_undo_waits_for_the_first_and_an_expired_one_can_be_asked_for_again() -> None:
    war = War(approves=False, people=PEOPLE)
    war.open()
    war.run(until=60)
    war.give(war.human("approve", approval="rollback@1", sha256=SHA))
    war.run(until=120, stop=lambda state: state.report("mitigation/execute@1") is not None)
    assert not refused(war, "undo")
    assert "is on its way" in refused(war, "undo", action="mitigation/execute@1")
    war.run(until=120 + war.policy.approval_expires + 60)
    assert war.state.approvals["undo@1"].decision in ("expired", "voided")
    if war.state.open:
        assert not refused(war, "undo")


def test_an_undo_that_fails_stops_the_line() -> None:
    war = War(durations={"mitigation/validate": 400.0})
    war.answers["mitigation/undo"] = {"exit": 3, "why": "no such release"}
    war.open()
    war.run(until=300, stop=lambda state: state.report("mitigation/execute@1") is not None)
    refused(war, "undo")
    war.run(until=300, stop=lambda state: bool(state.stopped))
    assert war.state.stopped == "taking it back failed: no such release"
    assert war.state.status == "STOPPED"
    assert "change-failed" in war.state.exceptions


def test_a_change_that_was_taken_back_is_not_taken_back_twice() -> None:
    war = War(durations={"mitigation/validate": 400.0})
    war.open()
    war.run(until=300, stop=lambda state: state.report("mitigation/execute@1") is not None)
    refused(war, "undo")
    war.run(until=300, stop=lambda state: state.report("mitigation/undo@1") is not None)
    assert "was done already" in refused(war, "undo", action="mitigation/execute@1")


def test_after_the_assessment_an_option_is_chosen_approved_and_told_as_attempt_2() -> None:
    war = failed()
    war.answers["mitigation/execute"] = {"exit": 0}
    war.answers["mitigation/validate"] = PASSED
    war.answers["mitigation/prepare"] = lambda task, state: {
        "possible": True,
        "card": {
            **CARD,
            "action": task.inputs.get("action") or "rollback",
            "kind": "maintenance",
            "title": f"attempt {task.inputs.get('attempt', 1)}: maintenance page",
        },
    }
    war.approves = False
    war.give(war.human("assess", text="the schema has moved on"))
    assert not refused(war, "choose", action="maintenance", params={}, why="users see a page")
    war.approves = True
    war.run(until=2400, stop=lambda state: state.status == "RESOLVED")
    assert [(a.number, a.action) for a in war.of(ev.AttemptJudged)] == [
        (1, "rollback"),
        (2, "maintenance"),
    ]
    assert war.state.resolution_action == "attempt 2: maintenance page"


def test_a_stop_by_hand_torn_from_its_status_is_completed() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    war.give(war.human("halt", why="wrong cluster"))
    stop = next(n for n, e in enumerate(war.journal) if isinstance(e.data, ev.LineStopped))
    war.crash(5.0, torn=len(war.journal) - stop - 1)
    assert war.state.status == "STOPPED"
