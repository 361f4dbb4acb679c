"""A possible breach is for those who work on it, security and legal, and whom they admit."""

from typing import Any

from orchestrator.model import events as ev
from orchestrator.model.need_to_know import circle
from tests.flow.crew import by, refusal
from tests.flow.simulate import PEOPLE, War

MORE = (*PEOPLE, {"name": "s.lee", "roles": ["security"]}, {"name": "v.bystander", "roles": []})


def breached(**given: Any) -> War:
    war = War(approves=False, people=MORE, **given)
    war.themes = ({"name": "security", "effect": "gatekeeper joins"},)
    war.open()
    war.run(until=90)
    return war


def test_those_at_work_security_and_legal_are_inside() -> None:
    inside = circle(breached().state)
    assert {"a.kim", "s.lee"} <= inside
    assert "v.bystander" not in inside


def test_others_are_refused_and_told_whom_to_ask_but_may_answer_a_call() -> None:
    war = breached()
    why = refusal(war, by("v.bystander", "note", war, text="what is going on?"))
    assert why == "need to know: this may be a breach; ask a.kim to admit you"
    assert "need to know" not in refusal(war, by("v.bystander", "ack", war))
    assert refusal(war, by("s.lee", "note", war, text="looking")) == ""


def test_whoever_is_admitted_may_act_and_the_journal_says_by_whom() -> None:
    war = breached()
    war.give(by("a.kim", "admit", war, person="v.bystander"))
    assert war.of(ev.PersonAdmitted) == [ev.PersonAdmitted("v.bystander", "a.kim")]
    assert refusal(war, by("v.bystander", "note", war, text="here")) == ""
    assert "inside already" in refusal(war, by("a.kim", "admit", war, person="v.bystander"))


def test_nobody_admits_themselves() -> None:
    war = breached()
    assert "need to know" in refusal(war, by("v.bystander", "admit", war, person="v.bystander"))


def test_an_ordinary_incident_is_open_to_all() -> None:
    war = War(approves=False, people=MORE)
    war.open()
    war.run(until=60)
    assert circle(war.state) == frozenset()
    assert refusal(war, by("v.bystander", "note", war, text="can I help?")) == ""
    assert "nobody is kept out" in refusal(war, by("a.kim", "admit", war, person="s.lee"))
