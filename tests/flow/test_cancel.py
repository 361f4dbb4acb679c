"""A change that a person cuts short: a word with a reason, then people look first."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.timeline import row
from tests.flow.simulate import War

KEY = "mitigation/execute@1"
WHY = "cancelled by a.kim: wrong region; state unknown, look at the target: it was 2, it is 3 now"


def running(**report: Any) -> War:
    """A rollback is being carried out, and its end is told an hour later."""
    war = War(approves=False, durations={"mitigation/execute": 3600.0})
    war.answers["mitigation/execute"] = report
    war.open()
    war.run(until=60)
    sha = war.state.approvals["rollback@1"].sha256
    war.give(war.human("approve", approval="rollback@1", sha256=sha))
    assert war.state.tasks[KEY].running
    return war


def cut(**report: Any) -> War:
    war = running(cancelled=True, **report)
    war.give(war.human("cancel", key=KEY, why="wrong region"))
    war.run(until=3800)
    return war


UNCLEAR = {"__outcome__": "unknown", "why": WHY, "exit": -15}


def test_the_word_is_journalled_with_who_and_why_and_told_in_the_timeline() -> None:
    war = cut(**UNCLEAR)
    (said,) = war.of(ev.CancelRequested)
    assert (said.by, said.why) == ("a.kim", "wrong region")
    told = row(next(event for event in war.journal if event.data is said))
    assert told is not None
    assert told.text == "running change is cancelled: wrong region"


def test_the_line_stops_and_nobody_calls_it_a_failed_rollback() -> None:
    war = cut(**UNCLEAR)
    assert war.state.stopped
    assert war.state.status == "STOPPED"
    assert not [path for path in war.state.exceptions if path.endswith("-failed")]
    assert not war.state.attempts
    assert not [a for a in war.state.approvals.values() if a.open]
    assert war.state.resolution == ""


def test_after_the_assessment_it_can_be_taken_back() -> None:
    war = cut(**UNCLEAR)
    war.give(war.human("undo", action=KEY))
    war.run(until=3900)
    assert "undo@1" not in war.state.approvals
    war.give(war.human("assess", text="half of it is done"))
    war.run(until=4000)
    assert war.state.approvals["undo@1"].open


def test_where_nothing_had_changed_it_is_offered_anew_and_the_line_goes_on() -> None:
    war = cut(drifted=True, why="cancelled by a.kim: wrong region; the target is as it was")
    assert not war.state.stopped
    assert war.state.approvals["rollback@1"].decision == "voided"
    assert war.state.approvals["rollback@2"].open
    ended = [e for e in war.journal if e.id == f"{KEY}#1/finished"]
    told = row(ended[0])
    assert told is not None
    assert told.text.endswith("cancelled by a.kim: wrong region; the target is as it was")


@pytest.mark.parametrize(
    ("name", "args", "why"),
    [
        ("cancel", {"key": KEY}, "say why it is cancelled"),
        ("cancel", {"key": "tier1/data", "why": "x"}, f"running: {KEY}"),
        ("stop", {"key": KEY}, "cannot be stopped: cancel it, with a reason"),
        ("steer", {"key": KEY, "text": "x"}, "cannot be steered"),
    ],
)
def test_what_cannot_be_done_to_a_change_is_said(name: str, args: Any, why: str) -> None:
    war = running()
    refused = war.give(war.human(name, **args))[0].data
    assert isinstance(refused, ev.CommandRefused)
    assert why in refused.why


def test_it_is_cancelled_once_and_not_after_its_end() -> None:
    war = running(exit=0)
    war.give(war.human("cancel", key=KEY, why="wrong region"))
    again = war.give(war.human("cancel", key=KEY, why="wrong region"))[0].data
    assert isinstance(again, ev.CommandRefused)
    assert "being cancelled already, by a.kim" in again.why
    war.run(until=3800)
    late = war.give(war.human("cancel", key=KEY, why="too late"))[0].data
    assert isinstance(late, ev.CommandRefused)
    assert "has already ended (done)" in late.why


def test_a_batch_torn_right_after_the_stop_leaves_no_half_of_it() -> None:
    war = cut(**UNCLEAR)
    stop = next(n for n, e in enumerate(war.journal) if isinstance(e.data, ev.LineStopped))
    war.crash(5.0, torn=len(war.journal) - stop - 1)
    assert war.state.status == "STOPPED"
    assert len(war.of(ev.LineStopped)) == 1
    war.give(war.human("assess", text="half of it is done"))
    war.run(until=4000)
    assert not war.state.stopped
    assert len(war.of(ev.LineStopped)) == 1


def test_an_undo_that_is_cancelled_stops_the_line_and_is_no_failed_change_either() -> None:
    war = cut(**UNCLEAR)
    war.durations["mitigation/undo"] = 3600.0
    war.answers["mitigation/undo"] = {"cancelled": True, **UNCLEAR}
    war.give(war.human("assess", text="half of it is done"))
    war.give(war.human("undo", action=KEY))
    war.run(until=3900)
    sha = war.state.approvals["undo@1"].sha256
    war.give(war.human("approve", approval="undo@1", sha256=sha))
    war.give(war.human("cancel", key="mitigation/undo@1", why="wrong region"))
    war.run(until=7600)
    assert war.state.stopped
    assert not [path for path in war.state.exceptions if path.endswith("-failed")]
