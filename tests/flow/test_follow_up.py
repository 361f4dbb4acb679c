"""Preventive actions from proposal to end: tracked once, changed by people, also after closing."""

from typing import Any

import pytest

from orchestrator.documents.prevention import prevention
from orchestrator.flow.handle import handle
from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.follow_up import items, settled
from orchestrator.model.gates import gates
from orchestrator.model.policy import DAY
from orchestrator.model.state import State
from tests.flow.both_gates import assert_agree
from tests.flow.simulate import KIM, SHA, War, answers, claim

PROPOSED: dict[str, Any] = {
    "immediate": [{"owner": "a.kim", "action": claim("alert on a full pool", "E1")}],
    "long_term": [{"owner": "UNKNOWN", "action": claim("limit each loan")}],
}


def closed() -> War:
    war = War({**answers(), "review/actions": PROPOSED})
    war.open()
    war.run(stop=lambda state: state.report("review/knowledge") is not None)
    written = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
    war.now += 60.0
    war.give(Command("document/review", "document", war.now, ev.RUNNER, written))
    war.run()
    assert war.state.status == "CLOSED"
    return war


def said(war: War, name: str, /, **args: Any) -> str:
    """Why a command was refused; empty when it was not."""
    events = war.give(war.human(name, **args))
    return next((e.data.why for e in events if isinstance(e.data, ev.CommandRefused)), "")


def gate(war: War) -> tuple[str, str]:
    found = next(one for one in gates(war.state) if one.name == "Preventive actions tracked")
    return found.result, found.why


def test_each_proposed_action_is_tracked_once_with_its_date() -> None:
    war = closed()
    tracked = war.of(ev.PreventiveActionTracked)
    assert [(one.action, one.owner, one.text) for one in tracked] == [
        ("INC-1/A1", "a.kim", "alert on a full pool"),
        ("INC-1/A2", "UNKNOWN", "limit each loan"),
    ]
    resolved = war.state.resolved_at
    assert [round(one.due - resolved) for one in tracked] == [7 * DAY, 90 * DAY]


def test_a_closed_incident_takes_an_owner_and_the_end_of_an_action() -> None:
    war = closed()
    assert gate(war) == ("FAIL", "1 without an owner")
    assert said(war, "action", action="A2", person="j.ortiz") == ""
    assert gate(war) == ("PASS", "each with an owner and a due date, 0 of 2 ended")
    war.now += 3600
    assert said(war, "action", action="INC-1/A1", status="done", why="the rule is live") == ""
    item = war.state.follow_up["INC-1/A1"]
    assert (item.status, item.ended_at, item.by) == ("DONE", war.now, KIM.name)
    assert war.state.status == "CLOSED"
    assert_agree(war.state, war.journal)
    assert state_hash(fold_all(State(), war.journal)) == state_hash(war.state)


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"action": "A9", "status": "DONE"}, "there is no action 'A9'; there: INC-1/A1, INC-1/A2"),
        ({"action": "A1"}, "say what changes: its status, owner or date"),
        ({"action": "A1", "status": "OPEN"}, "INC-1/A1 is OPEN already"),
        ({"action": "A1", "status": "DROPPED"}, "say why INC-1/A1 is dropped"),
        ({"action": "A1", "status": "LATER"}, "an action is OPEN, DONE or DROPPED, not 'LATER'"),
        ({"action": "A1", "due": 5.0}, "INC-1/A1 cannot be due before INC-1 was resolved"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(args: dict[str, Any], why: str) -> None:
    assert said(closed(), "action", **args) == why


def test_a_moved_date_is_counted_and_the_action_is_late_behind_the_new_one() -> None:
    war = closed()
    due = war.state.follow_up["INC-1/A1"].due
    assert said(war, "action", action="A1", due=due + DAY) == ""
    item = war.state.follow_up["INC-1/A1"]
    assert (item.moved, item.late(due + 1), item.late(due + DAY + 1)) == (1, False, True)


def test_an_action_that_a_second_review_proposes_again_is_not_tracked_twice() -> None:
    war = closed()
    more = {**PROPOSED, "short_term": [{"owner": "m.sato", "action": claim("test it", "E1")}]}
    war.answers["review/actions"] = more
    assert said(war, "reopen", why="it is back") == ""
    war.run(until=7 * DAY, stop=lambda state: state.report("review/actions@2") is not None)
    assert [one.action for one in war.of(ev.PreventiveActionTracked)] == [
        "INC-1/A1",
        "INC-1/A2",
        "INC-1/A3",
    ]
    assert [one.text for one in items(war.state)][-1] == "test it"


def test_an_incident_that_tracked_nothing_tracks_its_actions_when_one_is_changed() -> None:
    told = closed()
    war = War()
    kept = [e for e in told.journal if not isinstance(e.data, ev.PreventiveActionTracked)]
    war.state, war.now = fold_all(State(), kept), told.now + 60
    assert handle(war.state, None, war.now).events == [], "a closed incident is left alone"
    assert items(war.state) == items(told.state)
    assert said(war, "action", action="A1", status="DONE") == ""
    assert [one.id for one in war.state.follow_up.values()] == ["INC-1/A1", "INC-1/A2"]
    assert war.state.follow_up["INC-1/A1"].status == "DONE"


def test_documents_show_what_became_of_each_action_and_its_ticket() -> None:
    war = closed()
    url = "https://example.org/issues/7"
    assert said(war, "ticket", action="A1", url=url) == ""
    assert said(war, "ticket", action="A1", url=url) == f"INC-1/A1 has a ticket: {url}"
    assert said(war, "action", action="A1", status="DONE") == ""
    first = prevention(war.state)[0].actions[0]
    assert (first.number, first.status, first.ticket) == (1, "Done", url)
    assert not settled(war.state)
    assert said(war, "action", action="A2", status="DROPPED", why="not worth it") == ""
    assert settled(war.state)
