"""A change freeze blocks approvals until whoever may lifts it; then changes are offered anew."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.timeline import row
from tests.flow.simulate import SHA, War

LEE = Actor("human", "b.lee")


def waiting() -> War:
    """A rollback waits for a key."""
    war = War(approves=False)
    war.open()
    war.run(until=60)
    assert war.state.approvals["rollback@1"].open
    return war


def frozen() -> War:
    war = waiting()
    war.give(war.human("freeze", why="two incidents at once"))
    return war


def by(war: War, actor: Actor, name: str, **args: Any) -> Any:
    return war.give(Command(f"cmd/{name}/{war.state.seq}", name, war.now, actor, args))[0].data


def test_a_freeze_voids_what_waits_and_says_why() -> None:
    war = frozen()
    assert war.of(ev.ApprovalVoided)[0].why == "changes are frozen: two incidents at once"
    assert war.state.approvals["rollback@1"].decision == "voided"
    told = next(row(e) for e in war.journal if isinstance(e.data, ev.FreezeDeclared))
    assert told is not None
    assert (told.mark, told.who) == ("warn", "a.kim")
    assert told.text == "changes frozen: two incidents at once"


def test_nothing_is_offered_or_approved_while_changes_are_frozen() -> None:
    war = frozen()
    war.run(until=300)
    assert not [a for a in war.state.approvals.values() if a.open]
    refused = war.give(war.human("approve", approval="rollback@1", sha256=SHA))[0].data
    assert isinstance(refused, ev.CommandRefused)
    assert not war.of(ev.ApprovalGranted)


def test_lifting_restores_the_offer_on_a_new_card() -> None:
    war = frozen()
    war.run(until=120)
    war.give(war.human("lift", why="the other one is over"))
    war.run(until=200)
    assert war.state.frozen == ""
    assert war.state.approvals["rollback@2"].open
    granted = war.give(war.human("approve", approval="rollback@2", sha256=SHA))[0].data
    assert isinstance(granted, ev.ApprovalGranted)


def test_a_freeze_is_lifted_by_who_declared_it_the_coordinator_or_the_commander() -> None:
    war = frozen()
    refused = by(war, LEE, "lift", why="in a hurry")
    assert isinstance(refused, ev.CommandRefused)
    assert "the coordinator or the commander" in refused.why
    assert war.state.frozen
    war.give(war.human("declare", why="more will follow"))
    war.give(war.human("coordinate", person="b.lee"))
    assert isinstance(by(war, LEE, "lift", why="over"), ev.FreezeLifted)


@pytest.mark.parametrize(
    ("name", "args", "why"),
    [
        ("freeze", {}, "say why"),
        ("lift", {"why": "x"}, "changes are not frozen"),
        ("coordinate", {"person": "b.lee"}, "there is no major incident"),
        ("declare", {}, "say why"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(name: str, args: dict[str, str], why: str) -> None:
    war = waiting()
    refused = war.give(war.human(name, **args))[0].data
    assert isinstance(refused, ev.CommandRefused)
    assert why in refused.why


def test_a_major_incident_declared_by_hand_sends_the_executive_notification_at_once() -> None:
    war = waiting()
    war.give(war.human("declare", why="a second region fails too"))
    war.run(until=120)
    assert "major-incident" in war.state.exceptions
    due = {message.path: message.why for message in war.of(ev.MessageDue)}
    assert any("executive" in path for path in due)
