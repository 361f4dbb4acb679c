"""Roles that conflict, a severity under debate, handoffs, and changes that need two persons."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from tests.flow.crew import by, lines, refusal
from tests.flow.simulate import T0, War

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

# --- one person, one role; one severity -----------------------------------------------------------


def grave() -> War:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    assert war.state.severity == "P0"
    return war


def test_whoever_commands_leads_nothing_else_unless_somebody_says_why() -> None:
    war = grave()
    asked = by("a.kim", "assign", war, role="scribe", person="a.kim")
    assert "a.kim is commander already" in refusal(war, asked)
    war.give(by("a.kim", "assign", war, role="scribe", person="a.kim", why="nobody else is up"))
    assert war.state.crew.covers["scribe"] == "nobody else is up"
    assert "scribe as temporary cover: nobody else is up | a.kim" in lines(war)


def test_the_settings_do_not_give_one_person_both_while_another_is_there() -> None:
    people = (
        {"name": "a.kim", "roles": ["on-call", "commander", "technical-lead"]},
        {"name": "j.ortiz", "roles": ["technical-lead", "communications-lead"]},
    )
    war = War(approves=False, people=people)
    war.open()
    war.run(until=60)
    assert war.state.roles["technical-lead"] == "j.ortiz"


def test_another_commander_needs_a_reason_and_is_a_loud_line() -> None:
    war = grave()
    asked = by("j.ortiz", "assign", war, role="commander", person="e.manager")
    assert "hand it off, or assign it and say why" in refusal(war, asked)
    war.give(by("j.ortiz", "assign", war, role="commander", person="e.manager", why="a.kim fell"))
    assert war.state.roles["commander"] == "e.manager"
    assert "commander changed, was a.kim: a.kim fell | e.manager" in lines(war)


def test_texts_that_were_not_sent_are_written_anew_when_somebody_else_commands() -> None:
    war = grave()
    before = len(war.of(ev.MessageRedrafted))
    args = {"role": "commander", "person": "e.manager", "why": "a.kim fell asleep"}
    war.give(by("j.ortiz", "assign", war, **args))
    war.run(until=120)
    anew = war.of(ev.MessageRedrafted)[before:]
    assert len(anew) == 3
    assert {one.why for one in anew} == {"e.manager commands, was a.kim"}


def test_a_severity_is_not_argued_out_between_two_people() -> None:
    war = grave()
    war.give(by("j.ortiz", "severity", war, severity="P1", why="half of the users"))
    refused = refusal(war, by("m.sato", "severity", war, severity="P0", why="all of them"))
    assert refused.startswith("j.ortiz set P1 (half of the users): a.kim commands and decides")
    war.give(by("a.kim", "severity", war, severity="P0", why="all of them"))
    assert war.state.severity == "P0"
    word = {"override": "a.kim says P1"}
    war.give(by("m.sato", "severity", war, severity="P1", why="agreed", **word))
    assert war.state.severity == "P1"
    assert "the commander's word, as m.sato gives it: a.kim says P1" in war.state.severity_why
    war.now = T0 + 1000
    assert refusal(war, by("j.ortiz", "severity", war, severity="P0", why="worse")) == ""


# --- handoff --------------------------------------------------------------------------------------


def test_a_handoff_completes_only_when_the_receiver_accepts() -> None:
    war = grave()
    war.give(by("a.kim", "handoff", war, person="e.manager"))
    assert war.state.roles["commander"] == "a.kim"
    assert "nothing is offered to m.sato" in refusal(war, by("m.sato", "accept", war))
    again = by("a.kim", "handoff", war, person="m.sato")
    assert refusal(war, again).startswith("it is offered to e.manager until")
    war.give(by("e.manager", "accept", war))
    assert war.state.roles["commander"] == "e.manager"
    assert war.state.crew.handoffs[0].outcome == "accepted"
    assert "commander offered to e.manager until 14:15:30 | a.kim" in lines(war)
    assert any(one.startswith("commander changed, was a.kim") for one in lines(war))


def test_a_declined_or_forgotten_handoff_leaves_the_role_where_it_was() -> None:
    war = grave()
    war.give(by("a.kim", "handoff", war, person="e.manager"))
    assert refusal(war, by("e.manager", "decline", war)) == "say why you decline"
    war.give(by("e.manager", "decline", war, why="about to fly"))
    war.give(by("a.kim", "handoff", war, person="m.sato", why="cover, nobody else"))
    war.run(until=60 + 901)
    assert [one.outcome for one in war.state.crew.handoffs] == ["declined", "expired"]
    assert war.state.roles["commander"] == "a.kim"
    assert refusal(war, by("m.sato", "accept", war)).startswith("nothing is offered")


def test_an_offer_is_void_when_the_role_has_gone_elsewhere() -> None:
    war = grave()
    war.give(by("a.kim", "handoff", war, person="e.manager"))
    war.give(by("a.kim", "assign", war, role="commander", person="j.ortiz", why="quicker"))
    assert war.state.crew.handoffs[0].outcome == "expired"


def test_nobody_offers_what_somebody_else_holds_without_saying_why() -> None:
    war = grave()
    asked = by("j.ortiz", "handoff", war, person="e.manager")
    assert refusal(war, asked) == "a.kim holds it and does not offer it: say why you do"
    war.give(by("j.ortiz", "handoff", war, person="e.manager", why="a.kim lost the network"))
    assert war.state.crew.offered()


# --- two persons ----------------------------------------------------------------------------------


def two_person_card(war: War) -> Any:
    war.answers["mitigation/prepare"] = {
        "possible": True,
        "card": {**war.answers["mitigation/prepare"]["card"], "approvers": 2},  # type: ignore[index]
    }
    war.open()
    war.run(until=60)
    (waiting,) = (one for one in war.state.approvals.values() if one.open)
    return waiting


def test_two_persons_are_two_names_with_two_credentials() -> None:
    war = War(approves=False)
    card = two_person_card(war)
    args = {"approval": card.approval, "sha256": card.sha256}
    war.give(by("a.kim", "approve", war, "uid:1000", **args))
    assert war.state.approvals[card.approval].open
    same = refusal(war, by("a.kim", "approve", war, "token:1", **args))
    assert same.endswith("needs another person: you approved it already")
    shared = refusal(war, by("j.ortiz", "approve", war, "uid:1000", **args))
    assert "needs another credential: uid:1000 approved it already, as a.kim" in shared
    war.give(by("j.ortiz", "approve", war, "token:2", **args))
    granted = war.of(ev.ApprovalGranted)[0]
    assert (granted.by, granted.credential) == ("j.ortiz", "token:2")
    (endorsed,) = war.of(ev.ApprovalEndorsed)
    assert (endorsed.by, endorsed.credential) == ("a.kim", "uid:1000")


def test_an_autopilot_is_none_of_two_persons() -> None:
    war = War(approves=False)
    card = two_person_card(war)
    pilot = Actor("drill-autopilot", "drill-autopilot")
    args = {"approval": card.approval, "sha256": card.sha256}
    asked = Command("cmd/pilot", "approve", 0.0, pilot, args)
    assert "only people can approve it" in refusal(war, asked)
