"""While a change is carried out nothing else is changed or decided; what it did stays true."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.changes_made import changes_made
from tests.flow.simulate import PASSED, War

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

LONG = 600.0
SLOW = {"mitigation/execute": LONG, "mitigation/undo": LONG, "mitigation/validate": LONG}


def war(**more: Any) -> War:
    """Nobody decides by themselves; changes and looks take ten minutes."""
    made = War(approves=False, durations=SLOW | more)
    made.open()
    made.run(until=60)
    return made


def say(war: War, name: str, **args: Any) -> ev.Payload:
    return war.give(war.human(name, **args))[0].data


def approve(war: War, approval: str) -> ev.Payload:
    sha = war.state.approvals[approval].sha256
    return say(war, "approve", approval=approval, sha256=sha)


def run_for(war: War, seconds: float) -> None:
    end = war.now + seconds
    war.run(until=end - war.state.detected_at)
    war.now = end


def refused(said: ev.Payload) -> str:
    assert isinstance(said, ev.CommandRefused), said
    return said.why


def test_no_second_change_is_approved_while_the_first_is_carried_out() -> None:
    one = war()
    one.answers["mitigation/execute"] = {"exit": 1, "why": "half deployed"}
    approve(one, "rollback@1")
    run_for(one, LONG + 1)
    say(one, "assess", text="half of the hosts have it")
    say(one, "undo", why="so that all have the same")
    run_for(one, 10)
    assert isinstance(approve(one, "undo@1"), ev.ApprovalGranted)
    assert [name for name, open_ in one.state.approvals.items() if open_.open] == ["rollback@2"]
    assert "is under way; wait for its end, or cancel it" in refused(approve(one, "rollback@2"))
    run_for(one, LONG + 1)
    assert isinstance(approve(one, "rollback@2"), ev.ApprovalGranted)


def test_it_is_not_resolved_skipped_or_chosen_while_a_change_is_carried_out() -> None:
    one = war()
    approve(one, "rollback@1")
    for name, args in {
        "resolve": {"why": "looks well"},
        "step": {"step": "mitigation", "what": "skip", "why": "not needed"},
        "choose": {"action": "restart", "why": "quick"},
    }.items():
        assert "is under way" in refused(say(one, name, **args)), name


def test_a_change_that_fails_is_never_swallowed_by_a_resolution() -> None:
    one = war()
    one.answers["mitigation/execute"] = {"exit": 1, "why": "half deployed"}
    approve(one, "rollback@1")
    say(one, "resolve", why="looks well")
    run_for(one, LONG + 1)
    assert one.state.stopped
    assert [attempt.effect for attempt in one.state.attempts.values()] == ["failed"]


def test_a_change_that_was_taken_back_is_not_credited_with_the_recovery() -> None:
    one = war(**{"mitigation/validate": 1200.0, "mitigation/undo": 5.0})
    approve(one, "rollback@1")
    run_for(one, LONG + 60)
    say(one, "undo", why="it makes no difference")
    run_for(one, 10)
    approve(one, "undo@1")
    one.run(until=3000, stop=lambda state: state.status == "RESOLVED")
    assert one.state.attempts["rollback@1"].effect == "taken back"
    assert (one.state.resolution, one.state.resolution_action) == ("RESOLVED", "")
    rolled, undone = changes_made(one.state)
    assert (rolled.helped, undone.undoes) == (False, True)
    one.run(until=3600)
    assert one.state.cause["verdict"] == "LIKELY", "no mitigation has proven it"


def test_a_change_taken_back_that_heals_nothing_does_not_stop_the_line() -> None:
    one = war(**{"mitigation/validate": 1200.0})
    one.answers["mitigation/validate"] = {**PASSED, "passes": 0, "gave_up": True, "checks": [
        {"name": "errors", "state": "fail"}]}  # fmt: skip
    approve(one, "rollback@1")
    run_for(one, LONG + 700)
    say(one, "undo", why="it makes no difference")
    run_for(one, 10)
    approve(one, "undo@1")  # still under way when the looks end
    run_for(one, 700)
    assert not one.state.stopped
    assert one.state.attempts["rollback@1"].effect == "taken back"


def test_an_undo_that_fails_leaves_the_change_to_its_looks() -> None:
    one = war(**{"mitigation/validate": 1200.0, "mitigation/undo": 5.0})
    one.answers["mitigation/undo"] = {"exit": 1, "why": "no such version"}
    approve(one, "rollback@1")
    run_for(one, LONG + 60)
    say(one, "undo", why="it makes no difference")
    run_for(one, 10)
    approve(one, "undo@1")
    run_for(one, 1300)
    assert one.state.attempts["rollback@1"].effect == "restored"
