"""Handing a role on, the numbers to call, a missing commander, the read-in: as one sees them."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from orchestrator.model.crew import Called, Handoff
from orchestrator.model.state import State
from tests.tui.rooms import WAITING, Room, find, opened, settled, text_of
from tui.notices import Health, notice_of
from tui.presence import Company
from tui.screens.ask import Ask
from tui.screens.read_in import ReadIn

PEOPLE = (
    {"name": "a.kim", "roles": ["on-call"], "contact": "+49 30 1"},
    {"name": "j.ortiz", "roles": ["tier2"], "contact": "+49 30 2"},
)


def offered(state: State, person: str) -> None:
    """a.kim offers commander to somebody."""
    one = Handoff(1, "commander", "a.kim", person, "a.kim", state.last_at, state.last_at + 900)
    state.crew = replace(state.crew, handoffs=(one,))


def silent(state: State) -> None:
    """The one on call did not acknowledge, and cannot be paged."""
    state.acknowledged_at, state.people, state.roles = 0.0, PEOPLE, {"on-call": "a.kim"}
    state.crew = replace(
        state.crew,
        called=(Called("a.kim", state.detected_at),),
        unpaged={"a.kim": "the service did not take it"},
    )


async def look(app: Room, pilot: Pilot[int], you: str = "") -> None:
    app.room.company = Company(you)
    app.room.show_state()
    await settled(app, pilot)


async def test_an_offer_to_me_is_loud_and_h_accepts_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        offered(app.feed.state, "j.ortiz")
        await look(app, pilot, "j.ortiz")
        assert "H accept or decline" in find(app, "HANDOFF  a.kim offers you commander")
        await pilot.press("H")
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, Ask)
        find(app, "accept commander")
        await pilot.press("enter")
        await settled(app, pilot)
        assert app.fake.told[0]["cmd"] == "accept"
        assert app.fake.told[0]["role"] == "commander"


async def test_an_offer_is_declined_only_with_a_reason(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        offered(app.feed.state, "j.ortiz")
        await look(app, pilot, "j.ortiz")
        await pilot.press("H")
        await pilot.pause()
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.fake.told == []
        await pilot.press(*"driving", "enter")
        await settled(app, pilot)
        told = app.fake.told[0]
        assert (told["cmd"], told["why"]) == ("decline", "driving")


async def test_an_offer_to_somebody_else_is_a_calm_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        offered(app.feed.state, "j.ortiz")
        await look(app, pilot, "a.kim")
        assert "commander to j.ortiz" in find(app, "handoff offered")
        await pilot.press("H")
        await pilot.pause()
        await pilot.pause()
        assert not any("accept commander" in row for row in text_of(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_numbers_to_call_stand_loudly_where_nobody_can_be_paged(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(tmp_path, size=size) as (app, pilot):
        silent(app.feed.state)
        await look(app, pilot)
        find(app, "CALL  a.kim +49 30 1")


async def test_a_name_and_a_reason_replace_whoever_commands(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("I", *"eve: a.kim fell asleep", "enter")
        await settled(app, pilot)
        told = app.fake.told[0]
        assert (told["person"], told["why"]) == ("eve", "a.kim fell asleep")


async def test_a_card_says_how_many_persons_it_needs_and_that_nobody_commands(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, WAITING) as (app, pilot):
        state = app.feed.state
        for key, one in list(state.approvals.items()):
            card = {**one.card, "approvers": 2}
            state.approvals[key] = replace(one, card=card, endorsed_by=("j.ortiz",))
        state.roles.pop("commander")
        state.crew = replace(state.crew, commander_asked_at=state.detected_at)
        await look(app, pilot)
        find(app, "NO COMMANDER")
        await pilot.press("a")
        await pilot.pause()
        await pilot.pause()
        find(app, "1 of 2: j.ortiz approved it, another person decides")
        find(app, "nobody commands this P0")


async def test_the_read_in_is_in_the_palette_and_on_the_command_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, pilot):
        await pilot.press("ctrl+p")
        await pilot.pause()
        await pilot.press(*"read in", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ReadIn)
        await settled(app, pilot)
        find(app, "Where it stands")
        assert app.fake.told == []
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("colon", *"readin", "enter")
        await pilot.pause()
        await settled(app, pilot)
        assert isinstance(app.screen, ReadIn)


def test_whom_to_call_stands_above_a_stopped_line_and_below_a_runner_that_is_down() -> None:
    state = State(status="DETECTED", severity="P0", stopped="the rollback failed", detected_at=1.0)
    silent(state)
    called = notice_of(state, Health(), "", False, 10.0)
    assert called is not None
    assert called.chip == "CALL"
    down = notice_of(state, Health(alive=False), "", False, 10.0)
    assert down is not None
    assert down.chip == "RUNNER DOWN"
    state.acknowledged_at = 5.0
    stopped = notice_of(state, Health(), "", False, 10.0)
    assert stopped is not None
    assert stopped.chip == "STOP"
