"""Who is there: heard every few seconds, forgotten soon, and nobody under another's name."""

from typing import Any

from orchestrator.conductor.presence import FORGOTTEN, MOST, Presence
from orchestrator.model.events import Actor
from tui.presence import Company, Present, company

KIM, ORTIZ = Actor("human", "a.kim"), Actor("human", "j.ortiz")


def people(answer: dict[str, Any]) -> dict[str, int]:
    return {one["person"]: one["consoles"] for one in answer["people"]}


def test_each_console_hears_of_everybody_at_its_incident() -> None:
    room = Presence(0.0)
    room.heard(KIM, "1", "", "INC-1", 0.0, 1.0)
    room.heard(Actor("human", "elsewhere"), "3", "", "INC-2", 0.0, 1.0)
    answer = room.heard(ORTIZ, "2", "", "INC-1", 1.5, 2.0)
    assert people(answer) == {"a.kim": 1, "j.ortiz": 1}
    assert answer["you"] == "j.ortiz"
    assert [one["since"] for one in answer["people"]] == [0.0, 1.5]


def test_a_console_that_says_nothing_more_is_gone_within_seconds() -> None:
    room = Presence(0.0)
    room.heard(KIM, "killed", "", "INC-1", 0.0, 1.0)
    there = room.heard(ORTIZ, "2", "", "INC-1", 1.0, 1.0 + FORGOTTEN)
    assert people(there) == {"a.kim": 1, "j.ortiz": 1}
    gone = room.heard(ORTIZ, "2", "", "INC-1", 1.0, 1.1 + FORGOTTEN)
    assert people(gone) == {"j.ortiz": 1}
    assert FORGOTTEN <= 10


def test_one_person_twice_is_one_person_with_two_consoles() -> None:
    room = Presence(0.0)
    room.heard(KIM, "1", "", "INC-1", 0.0, 1.0)
    assert people(room.heard(KIM, "2", "", "INC-1", 0.0, 1.0)) == {"a.kim": 2}


def test_a_console_that_goes_to_another_incident_is_only_there() -> None:
    room = Presence(0.0)
    room.heard(KIM, "1", "", "INC-1", 0.0, 1.0)
    room.heard(KIM, "1", "", "INC-2", 1.0, 1.5)
    assert people(room.heard(ORTIZ, "2", "", "INC-1", 0.0, 2.0)) == {"j.ortiz": 1}


def test_a_claimed_name_never_hides_the_proven_one() -> None:
    room = Presence(0.0)
    room.heard(KIM, "1", "", "INC-1", 0.0, 1.0)
    answer = room.heard(ORTIZ, "2", "a.kim\x1b[2J", "INC-1", 0.0, 1.0)
    assert answer["you"] == "a.kim via j.ortiz"
    assert people(answer) == {"a.kim": 1, "a.kim via j.ortiz": 1}


def test_nobody_can_take_the_place_of_another_persons_console() -> None:
    room = Presence(0.0)
    room.heard(KIM, "1", "", "INC-1", 0.0, 1.0)
    assert people(room.heard(ORTIZ, "1", "", "INC-1", 0.0, 1.0)) == {"a.kim": 1, "j.ortiz": 1}


def test_more_consoles_than_anybody_has_are_not_remembered() -> None:
    room = Presence(0.0)
    for number in range(MOST * 2):
        room.heard(KIM, str(number), "", "INC-1", 0.0, 1.0)
    assert people(room.heard(KIM, "last", "", "INC-1", 0.0, 1.0)) == {"a.kim": MOST}


# --- what a console makes of it -------------------------------------------------------------------


def told(*names: str, you: str = "a.kim", whole: bool = True, **consoles: int) -> Company:
    them = [Present(name, 0.0, consoles.get(name.replace(".", "_"), 1)) for name in names]
    return Company(you, tuple(them), whole)


def test_the_header_says_with_whom() -> None:
    assert told("a.kim").words() == ""
    assert told("a.kim", a_kim=2).words() == "2 consoles"
    assert told("a.kim", "j.ortiz").words() == "with j.ortiz"
    assert told("a.kim", "j.ortiz", j_ortiz=2).words() == "with j.ortiz (2 consoles)"
    assert told("a.kim", "j.ortiz", "m.lee", "z").words() == "with j.ortiz +2"
    assert told("a.kim", "j.ortiz", "m.lee", "z").words(narrow=True) == "+3"


def test_who_joins_and_who_leaves_is_said_once() -> None:
    first, news = told("a.kim", "j.ortiz").after(Company())
    assert news == "", "those who were there before did not join"
    second, news = told("a.kim", "m.lee").after(first)
    assert news == "m.lee joined; j.ortiz left"
    assert told("a.kim", "m.lee").after(second)[1] == ""


def test_a_runner_that_has_just_begun_to_listen_makes_nobody_leave() -> None:
    before, _ = told("a.kim", "j.ortiz").after(Company())
    shown, news = told("a.kim", whole=False).after(before)
    assert news == ""
    assert shown.words() == "with j.ortiz"
    assert told("a.kim").after(shown) == (told("a.kim"), "j.ortiz left")


def test_an_answer_that_says_something_else_is_nobody() -> None:
    assert company({}) == Company()
    assert company({"you": "a", "people": [{"person": "b"}], "whole": True}) == Company()
