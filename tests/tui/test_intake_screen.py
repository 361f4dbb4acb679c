"""The intake form and the open questions: what is typed, what is understood, what is sent."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from orchestrator.client import Answer
from tests.tui.rooms import Room, find, opened, settled, text_of
from tests.tui.typist import quiet
from tests.unit.incident_evidence import T0
from tui.draft import draft
from tui.screens.intake import Intake
from tui.screens.questions import OpenQuestions
from tui.screens.war_room import WarRoom


async def at_intake(app: Room, pilot: Pilot[int], *keys: str) -> Intake:
    await pilot.press("plus")
    await settled(app, pilot)
    await pilot.press(*keys)
    await pilot.pause()
    assert isinstance(app.screen, Intake)
    return app.screen


def words(text: str) -> list[str]:
    return ["space" if letter == " " else letter for letter in text]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60), (20, 5)])
async def test_it_is_drawn_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as (app, pilot):
        await at_intake(app, pilot)
        assert len(text_of(app)) == size[1]
        if size[0] >= 80:
            for number in "12345678":
                find(app, f"{number} ")


async def test_all_eight_questions_can_be_answered_and_skipped(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        screen = await at_intake(
            app, pilot,
            *words("orders down"), "enter", "1", "enter", *"60", "enter", *"13:50", "enter",
            "ctrl+n", *"no", "enter", *"2,3", "enter", "ctrl+n", *words("at risk"), "enter",
        )  # fmt: skip
        answers = dict(screen.draft.answers)
        assert answers == {
            "q1": "complete outage", "q2": "60", "q3": "2025-11-23T13:50:00.000Z",
            "q5": "no", "q6": "revenue, compliance", "q8": "at risk",
        }  # fmt: skip
        assert "P0" in find(app, "severity")
        assert "skipped" in find(app, "What changed")
        assert app.fake.told == [], "nothing takes effect before it is sent"


async def test_letters_that_come_faster_than_the_form_is_told_of_them_all_stand(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as (app, pilot):
        screen = await at_intake(app, pilot)
        field = screen.query_one(Input)
        for value in ("o", "or", "ord"):  # told of one by one, when all are typed already
            field.value = value
        await quiet(app)
        assert (field.value, screen.draft.title) == ("ord", "ord")


async def test_ctrl_s_opens_the_incident_with_what_is_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.fake.says = Answer(True, "", {"incident": "INC-2031"})
        await at_intake(app, pilot, *words("mail is slow, P2"), "enter")
        await pilot.press("ctrl+s")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert told["cmd"] == "open"
        report = told["report"]
        assert (report["title"], report["severity"]) == ("mail is slow", "P2")
        assert report["answers"] == {}
        assert isinstance(app.screen, WarRoom)


async def test_the_runner_s_refusal_stays_in_the_form(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.fake.says = Answer(False, "the disk is full", {})
        await at_intake(app, pilot, "x", "ctrl+s")
        await settled(app, pilot)
        find(app, "refused: the disk is full")
        await pilot.press("ctrl+s")
        await settled(app, pilot)
        assert len(app.fake.told) == 2, "it can be sent again"


async def test_an_empty_form_is_not_sent(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await at_intake(app, pilot, "ctrl+s")
        find(app, "say what is wrong")
        assert app.fake.told == []


async def test_an_answer_that_is_not_understood_stops_the_sending(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await at_intake(app, pilot, *words("x"), "down", "down", *"lots", "ctrl+s")
        assert app.fake.told == []
        find(app, "× not understood")
        find(app, "question 2: must be a number")


async def test_leaving_the_form_leaves_no_trace(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await at_intake(app, pilot, *"abc")
        await pilot.press("escape")
        await settled(app, pilot)
        assert app.screen is app.room
        assert app.fake.told == []


def test_a_sentence_answers_what_it_says_and_no_more() -> None:
    now = draft({"sentence": "payments down since 13:50, P1"}, ["payments"], T0)
    assert now.title == "payments down"
    assert now.severity == "P1"
    assert now.answers == {"q3": "2025-11-23T13:50:00.000Z"}
    assert now.report()["service"] == "payments"
    assert draft({"q1": "wrong"}, [], T0).title == "wrong results"


async def at_questions(app: Room, pilot: Pilot[int]) -> None:
    await pilot.press("q")
    await settled(app, pilot)
    assert isinstance(app.screen, OpenQuestions)


async def test_a_question_is_answered_where_it_stands(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await at_questions(app, pilot)
        find(app, "How many users?")
        await pilot.press("down", "enter", *"1200", "enter")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["field"], told["text"]) == ("answer", "affected users", "1200")


async def test_an_answered_question_moves_down_with_its_answer(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.feed.state.answers["affected users"] = "1200"
        app.feed.state.questions.pop("affected users")
        await at_questions(app, pilot)
        find(app, "✓ affected users")
        find(app, "1200")


async def test_the_war_room_s_list_leads_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("shift+tab")
        while not (app.focused is not None and app.focused.id == "questions"):
            await pilot.press("tab")
        await pilot.press("enter")
        await settled(app, pilot)
        assert isinstance(app.screen, OpenQuestions)
        await pilot.press(*"none", "enter")
        await settled(app, pilot)
        assert app.fake.told[0]["field"] == "dashboard"


async def test_escape_leaves_the_field_and_then_the_screen(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await at_questions(app, pilot)
        await pilot.press("enter", "x", "escape")
        assert app.screen.query_one("#questions").has_focus
        await pilot.press("escape")
        await settled(app, pilot)
        assert app.screen is app.room
        assert app.fake.told == []
