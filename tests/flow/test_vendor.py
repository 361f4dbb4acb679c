"""A vendor is asked by a person's word: with a text, a contact, and a clock for the answer."""

import pytest

from orchestrator.actions.vendors import question
from orchestrator.model.state import State
from orchestrator.settings import Service
from tests.flow.simulate import T0, War

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")


def asked() -> War:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    war.give(war.human("escalate", target="vendor", why="their API times out"))
    war.run(until=90)
    return war


def test_nobody_outside_is_asked_before_a_person_says_so() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=3600)
    assert "vendor/ask" not in war.state.tasks
    assert "vendor answer" not in war.state.deadlines


def test_the_question_names_the_contact_and_the_clock_runs() -> None:
    war = asked()
    assert "Payments: line 2" in war.state.questions["vendor answer"]
    clock = war.state.deadlines["vendor answer"]
    assert clock.counting
    assert clock.due - clock.start == war.policy.vendor_answer


def test_an_answer_stops_the_clock() -> None:
    war = asked()
    war.give(war.human("answer", field="vendor answer", text="known, fixed at noon"))
    assert war.state.deadlines["vendor answer"].outcome == "dropped"


def test_without_an_answer_it_is_said_that_none_came() -> None:
    war = asked()
    war.run(until=war.now - T0 + war.policy.vendor_answer + 60)
    assert war.state.deadlines["vendor answer"].outcome == "fired"


def test_the_text_has_what_is_known_and_no_secret() -> None:
    state = State(incident="INC-1", severity="P1", symptoms="orders time out", service="orders")
    vendor = {"name": "Payments", "contact": "line 2"}
    service = Service.model_validate({"name": "orders", "vendors": [vendor]})
    said = question(state, service, "password=hunter2hunter2 is refused")
    assert said["contacts"] == [vendor]
    assert "orders time out" in said["text"]
    assert "Since: UNKNOWN" in said["text"]
    assert "hunter2hunter2" not in said["text"]
