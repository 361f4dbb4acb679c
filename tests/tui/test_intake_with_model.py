"""The intake over a runner that has a model: whose reading shows, and whose is opened."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.client import Answer
from orchestrator.clock import FakeClock
from orchestrator.intake.guidance import EFFECTS, Theme
from orchestrator.intake.words import Understood, understood
from orchestrator.model.codec import encode
from orchestrator.project import Project
from tests.tui.rooms import FakeLink, Room, find, opened, settled, text_of
from tests.tui.test_intake_screen import at_intake, words
from tests.unit.incident_evidence import T0
from tui.draft import draft
from tui.notices import Health
from tui.screens import intake
from tui.screens.intake import Intake
from tui.screens.war_room import WarRoom

MODEL = "claude-haiku-5-5"
SENTENCE = "tills dead"
READING = Understood(
    text=SENTENCE,
    title="nobody can pay at a till",
    severity="P1",
    service="payments",
    themes=(Theme("revenue", EFFECTS["revenue"], ("tills dead",)),),
    by=MODEL,
    usd=0.0004,
    tokens=700,
)


@pytest.fixture(autouse=True)
def nobody_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly a test types."""
    monkeypatch.setattr(intake, "PAUSE_SECONDS", 600.0)


class ModelLink(FakeLink):
    """A runner whose model answers when it is let to."""

    def __init__(self, project: Project, clock: FakeClock) -> None:
        super().__init__(project, clock)
        self.condition = Health(backend="claude")
        self.reads = Answer(True, "", encode(READING))
        self.asked, self.may = threading.Event(), threading.Event()
        self.may.set()

    def send(self, command: dict[str, Any]) -> Answer:
        if command["cmd"] != "understand":
            return super().send(command)
        self.told.append(command)
        self.asked.set()
        assert self.may.wait(10)
        return self.reads

    def count(self, command: str) -> int:
        return [told["cmd"] for told in self.told].count(command)

    @property
    def report(self) -> dict[str, Any]:
        (report,) = [told["report"] for told in self.told if told["cmd"] == "open"]
        return dict(report)


@asynccontextmanager
async def with_model(root: Path) -> AsyncIterator[tuple[Room, Pilot[int], ModelLink]]:
    async with opened(root) as (app, pilot):
        link = app.link = app.fake = ModelLink(app.project, app.time)
        try:
            yield app, pilot, link
        finally:
            link.may.set()


def shown(app: Room) -> str:
    return "\n".join(text_of(app))


async def test_the_parser_s_reading_shows_at_once_and_the_model_s_when_it_comes(
    tmp_path: Path,
) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        link.may.clear()
        screen = await at_intake(app, pilot, *words(SENTENCE), "enter")
        assert await asyncio.to_thread(link.asked.wait, 10)
        assert screen.draft.title == SENTENCE
        assert "read by" not in shown(app)
        link.may.set()
        await settled(app, pilot)
        assert f"{MODEL}, $0.0004" in find(app, "read by")
        assert "nobody can pay at a till" in find(app, "title")
        assert "payments" in find(app, "service  ")
        assert "revenue" in find(app, "themes")
        assert "P1" in find(app, "severity")
        assert [told["cmd"] for told in link.told] == ["understand"]
        assert link.told[0]["text"] == SENTENCE


async def test_what_is_shown_is_what_is_opened(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        link.says = Answer(True, "", {"incident": "INC-2031"})
        await at_intake(app, pilot, *words(SENTENCE), "enter")
        await settled(app, pilot)
        await pilot.press("ctrl+s")
        await settled(app, pilot)
        assert (link.report["title"], link.report["severity"]) == (READING.title, "P1")
        assert (link.report["service"], link.report["symptoms"]) == ("payments", SENTENCE)
        assert link.report["themes"] == ["revenue"]


async def test_a_reading_that_comes_after_it_was_sent_changes_nothing(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        link.says = Answer(True, "", {"incident": "INC-2031"})
        link.may.clear()
        await at_intake(app, pilot, *words(SENTENCE), "enter")
        assert await asyncio.to_thread(link.asked.wait, 10)
        await pilot.press("ctrl+s")
        link.may.set()
        await settled(app, pilot)
        assert (link.report["title"], link.report["themes"]) == (SENTENCE, [])
        assert isinstance(app.screen, WarRoom)


async def test_a_reading_of_other_words_is_not_taken(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        link.may.clear()
        screen = await at_intake(app, pilot, *words(SENTENCE), "enter", "up", *words(" now"))
        link.may.set()
        await settled(app, pilot)
        assert screen.draft.title == f"{SENTENCE} now"
        assert "read by" not in shown(app)
        await pilot.press("enter")
        await settled(app, pilot)
        assert [told["text"] for told in link.told] == [SENTENCE, f"{SENTENCE} now"]
        find(app, "read by")


async def test_words_that_change_after_they_were_read_are_the_parser_s_again(
    tmp_path: Path,
) -> None:
    async with with_model(tmp_path) as (app, pilot, _):
        screen = await at_intake(app, pilot, *words(SENTENCE), "enter")
        await settled(app, pilot)
        await pilot.press("up", "s")
        await pilot.pause()
        assert screen.draft.title == f"{SENTENCE}s"
        assert "read by" not in shown(app)


async def test_a_pause_in_typing_is_enough_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        await at_intake(app, pilot, *words(SENTENCE[:-1]))
        assert link.told == []
        monkeypatch.setattr(intake, "PAUSE_SECONDS", 0.05)
        await pilot.press(SENTENCE[-1])
        assert await asyncio.to_thread(link.asked.wait, 10)
        await settled(app, pilot)
        find(app, "read by")
        await pilot.press("enter")
        await settled(app, pilot)
        assert [told["text"] for told in link.told] == [SENTENCE], "leaving the field asks no more"


async def test_words_that_are_brought_along_are_read_at_once(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (app, pilot, _):
        app.action_new_incident(SENTENCE)
        await settled(app, pilot)
        find(app, "read by")


@pytest.mark.parametrize(
    "condition", [Health(), Health(alive=False, backend="claude"), Health(False, 9.0)]
)
async def test_without_a_model_or_a_runner_nothing_is_asked_and_nothing_looks_different(
    tmp_path: Path, condition: Health
) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        link.condition = condition
        await at_intake(app, pilot, *words(SENTENCE), "enter")
        await settled(app, pilot)
        assert link.told == []
        assert "read by" not in shown(app)


async def test_a_model_that_failed_is_said_beside_the_parser_s_reading(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        failed = replace(understood(SENTENCE, [], T0), why=f"{MODEL}: refuses to answer")
        link.reads = Answer(True, "", encode(failed))
        screen = await at_intake(app, pilot, *words(SENTENCE), "enter")
        await settled(app, pilot)
        assert f"parser ({MODEL}:" in find(app, "read by")
        assert screen.draft.title == SENTENCE


@pytest.mark.parametrize("answer", [Answer(False, "too long", {}), Answer(True, "", {"x": 1})])
async def test_a_runner_without_a_reading_leaves_the_parser_s_and_may_be_asked_again(
    tmp_path: Path, answer: Answer
) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        link.reads = answer
        screen = await at_intake(app, pilot, *words(SENTENCE), "enter")
        await settled(app, pilot)
        assert screen.draft.title == SENTENCE
        assert "refused" not in shown(app)
        await pilot.press("up", "enter")
        await settled(app, pilot)
        assert link.count("understand") == 2


async def test_leaving_the_form_while_the_model_reads_leaves_no_trace(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (app, pilot, link):
        link.may.clear()
        await at_intake(app, pilot, *words(SENTENCE), "enter")
        assert await asyncio.to_thread(link.asked.wait, 10)
        await pilot.press("escape")
        link.may.set()
        await settled(app, pilot)
        assert not isinstance(app.screen, Intake)
        assert link.count("open") == 0


def test_the_themes_a_model_saw_have_their_effects_on_the_draft() -> None:
    seen = draft({"sentence": SENTENCE}, [], T0, READING)
    assert seen.effects.themes == ("revenue",)
    assert seen.effects.urgency == "HIGH"
    assert draft({"sentence": SENTENCE}, [], T0).effects.urgency != "HIGH"
    both = draft({"sentence": SENTENCE, "q8": "at risk"}, [], T0, READING)
    assert both.report()["themes"] == ["revenue", "tight-sla"]
