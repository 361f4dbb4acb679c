"""The upper-case keys: each asks one question and sends exactly one command."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from orchestrator.conductor.desk import Asked
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.tui.rooms import CLOSED, MITIGATING, WAITING, Room, find, opened, settled, text_of
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import leak_story
from tui.choices import endings, escalations, halts, roles, severities, undos
from tui.screens.ask import Ask
from tui.widgets.timeline import Timeline


def at(seconds: float) -> State:
    return fold_all(State(), leak_story(seconds))


async def asked(app: Room, pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(keys[0])
    await pilot.pause()
    await pilot.pause()
    assert isinstance(app.screen, Ask)
    await pilot.press(*keys[1:])
    await settled(app, pilot)


CASES: list[tuple[float, tuple[str, ...], dict[str, Any]]] = [
    (WAITING, ("S", *"few", "enter"), {"cmd": "severity", "severity": "P1", "why": "few"}),
    (WAITING, ("S", "down", *"x", "enter"), {"cmd": "severity", "severity": "P2", "why": "x"}),
    (WAITING, ("I", *"eve", "enter"), {"cmd": "assign", "role": "commander", "person": "eve"}),
    (WAITING, ("E", *"x", "enter"), {"cmd": "escalate", "target": "tier3", "why": "x"}),
    (MITIGATING, ("U", "enter"), {"cmd": "undo", "action": "mitigation/execute@1"}),
    (WAITING, ("R", *"ok", "enter"), {"cmd": "resolve", "why": "ok"}),
    (CLOSED, ("R", *"again", "enter"), {"cmd": "reopen", "why": "again"}),
    (WAITING, ("X", *"wait", "enter"), {"cmd": "halt", "why": "wait"}),
    (WAITING, ("M", *"more", "enter"), {"cmd": "declare", "why": "more"}),
    (WAITING, ("M", "down", *"rest", "enter"), {"cmd": "freeze", "why": "rest"}),
]


@pytest.mark.parametrize(("moment", "keys", "sent"), CASES, ids=[" ".join(c[1]) for c in CASES])
async def test_a_key_a_choice_and_a_reason_are_one_command(
    tmp_path: Path, moment: float, keys: tuple[str, ...], sent: dict[str, Any]
) -> None:
    async with opened(tmp_path, moment) as (app, pilot):
        await asked(app, pilot, *keys)
        (told,) = app.fake.told
        assert {name: told.get(name) for name in sent} == sent
        assert told["incident"] == "INC-2031"
        find(app, f"{sent['cmd']}: accepted")


@pytest.mark.parametrize("key", ["S", "I", "E", "R", "X", "M"])
async def test_without_a_reason_nothing_is_sent(tmp_path: Path, key: str) -> None:
    async with opened(tmp_path) as (app, pilot):
        await asked_and_left(app, pilot, key)
        assert app.fake.told == []


async def asked_and_left(app: Room, pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    await pilot.pause()
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()
    assert "needed" in find(app, "esc back")
    await pilot.press("escape")
    await settled(app, pilot)
    assert app.screen is app.room


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (20, 5)])
async def test_a_question_fits_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as (app, pilot):
        await pilot.press("E")
        await pilot.pause()
        await pilot.pause()
        assert len(text_of(app)) == size[1]
        await pilot.press("escape")
        await settled(app, pilot)


async def test_a_known_name_completes(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("I", *"m.s")
        await pilot.pause()
        await pilot.pause()
        await pilot.press("right", "enter")
        await settled(app, pilot)
        assert app.fake.told[0]["person"] == "m.sato"


async def test_a_star_goes_to_the_chosen_event(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        timeline = app.room.query_one(Timeline)
        await pilot.press("1", "asterisk")
        await settled(app, pilot)
        assert app.fake.told == []
        assert timeline.has_focus, "the first press only goes there"
        await pilot.press("up", "up")
        chosen = timeline.chosen_event
        await pilot.press("asterisk")
        await settled(app, pilot)
        assert app.fake.told[0]["event"] == chosen
        app.feed.state.stars[chosen] = T0
        app.room.show_state()
        await pilot.pause()
        find(app, "★")


async def test_the_chosen_row_is_seen_while_the_timeline_has_the_focus(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("t", "home")
        await pilot.pause()
        find(app, "▌14:00:00 ▲ incident")
        await pilot.press("1")
        await pilot.pause()
        assert not any("▌14:0" in row for row in text_of(app))


async def test_a_replay_acts_on_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        app.room.link = None
        for key in "SIERX":
            await pilot.press(key)
            await settled(app, pilot)
            assert app.screen is app.room
        find(app, "a replay changes nothing")


def test_a_change_can_be_undone_once_and_only_when_it_was_done() -> None:
    assert undos(at(WAITING)) == []
    state = at(MITIGATING)
    (choice,) = undos(state)
    assert choice.args == {"action": "mitigation/execute@1"}
    assert "undo: bin/deploy" in choice.about
    state.undos = ("mitigation/execute@1",)
    assert undos(state) == []


def test_what_is_held_or_escalated_is_not_offered_again() -> None:
    state = at(WAITING)
    names = [choice.name for choice in escalations(state, T0 + WAITING)]
    assert "tier 2 now" not in names, "tier 2 has it already"
    assert "hold back management" in names
    state.held["management"] = "told by phone"
    state.escalations["executive"] = "asked for"
    names = [choice.name for choice in escalations(state, T0 + WAITING)]
    assert "hold back management" not in names
    assert "executive now" not in names


def test_promises_to_people_cannot_be_held_back() -> None:
    held = [c.args.get("deadline") for c in escalations(at(WAITING), T0 + WAITING)]
    assert not {"acknowledge", "engage", "update", "resolve"} & set(held)


def test_the_present_severity_is_no_choice() -> None:
    assert [choice.name for choice in severities(at(WAITING))] == ["P1", "P2", "P3"]


def test_roles_say_who_holds_them() -> None:
    held = {choice.name: choice.about for choice in roles(at(WAITING))}
    assert held["commander"] == "a.kim"
    assert held["scribe"] == "UNKNOWN"


def test_a_stopped_line_is_released_by_an_assessment() -> None:
    state = at(WAITING)
    assert "voids 1 waiting approval;" in halts(state)[0].about
    state.stopped = "the rollback failed"
    (choice,) = halts(state)
    assert (choice.command, choice.complete("earlier version is next")) == (
        "assess", {"text": "earlier version is next"},
    )  # fmt: skip


def test_how_it_can_end_depends_on_where_it_stands() -> None:
    assert [c.command for c in endings(at(WAITING))] == ["resolve"]
    assert [c.command for c in endings(at(1460))] == ["reopen", "close"]
    assert [c.command for c in endings(at(CLOSED))] == ["reopen"]


@pytest.mark.parametrize("moment", [WAITING, MITIGATING, 1460.0, CLOSED])
def test_whatever_can_be_chosen_is_understood_by_the_runner(moment: float) -> None:
    state = at(moment)
    found = [*severities(state), *roles(state), *undos(state), *endings(state), *halts(state)]
    found += escalations(state, T0 + moment)
    for choice in found:
        body = {"id": "cmd/1", "cmd": choice.command, **choice.complete("words")}
        Asked.model_validate(body)
