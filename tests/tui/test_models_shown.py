"""A model beside the rules, on every screen where it shows: war room, hypotheses, card, costs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from benchmarks.screenshots import Stage, settled
from orchestrator.model.fold import fold_all
from orchestrator.model.records import Spent
from orchestrator.model.state import State
from orchestrator.project import Project
from tests.tui.rooms import WAITING, find, opened, text_of
from tests.unit.incident_evidence import T0
from tests.unit.incident_models import (
    AT_WORK,
    DIFFERING,
    GUESS,
    LOST,
    MODEL_HYPOTHESIS,
    RANKED,
    models_story,
    write_models_incident,
)
from tests.unit.incident_reports import REPORTS
from tui.hypothesis_text import board, verdict
from tui.ink import Ink
from tui.screens.card_rows import CardRows
from tui.screens.costs import Costs, account
from tui.screens.palette import offers
from tui.screens.war_room import WarRoom
from tui.theme import DARK_NAME
from tui.widgets.header import Header
from tui.widgets.hypotheses import Hypotheses


@asynccontextmanager
async def staged(
    tmp_path: Path, seconds: float, size: tuple[int, int] = (120, 40), ascii_only: bool = False
) -> AsyncIterator[tuple[Stage, Pilot[int]]]:
    """The war room at a moment of the incident with a model."""
    folder = write_models_incident(Project(tmp_path / "shop").incidents)
    stage = Stage(folder, light=False)
    stage.ascii_only = ascii_only
    stage.live_feed.seek(T0 + seconds)
    async with stage.run_test(size=size) as pilot:
        await stage.workers.wait_for_complete()
        await settled(stage, pilot)
        await stage.workers.wait_for_complete()
        await settled(stage, pilot)
        yield stage, pilot


def told() -> State:
    return fold_all(State(), models_story())


async def test_every_open_pane_says_who_answers_while_it_works(tmp_path: Path) -> None:
    async with staged(tmp_path, AT_WORK, (200, 60)) as (stage, _):
        bands = {
            key: pane.render_line(0).text
            for key in ("tier2/analysis", "tier1/data", "mitigation/strategy", "triage/urgency")
            if (pane := stage.screen_stack[0].query_one("#centre").pane_of(key)) is not None  # type: ignore[attr-defined]
        }
        assert "opus-5-5" in bands["tier2/analysis"]
        assert "$0.04" in bands["tier2/analysis"]
        assert "next-1" in bands["tier1/data"]
        assert "$?" in bands["tier1/data"]
        assert "▲ taken over" in bands["mitigation/strategy"]
        assert "rules" in bands["triage/urgency"]


async def test_the_header_has_the_cost_of_its_budget_and_a_price_that_is_missing(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, AT_WORK, (160, 40)) as (stage, _):
        line = text_of(stage)[0]
        assert "rules+claude $0.04 of $25" in line
        assert "price not known for 1 turn" in line
        assert "$0.00" not in line


async def test_the_header_says_nothing_of_cost_where_only_rules_answer(tmp_path: Path) -> None:
    async with opened(tmp_path, WAITING, size=(200, 60)) as (app, _):
        line = text_of(app)[0]
        assert "rules" in line
        assert "$" not in line


async def test_a_replay_does_not_hold_an_old_bill_against_the_budget_of_today(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, AT_WORK) as (stage, pilot):
        header = stage.screen.query_one(Header)
        header.apply(stage.live_feed.state, T0 + AT_WORK, live=False)
        await pilot.pause()
        assert "$0.04" in header.render_line(0).text
        assert "of $25" not in header.render_line(0).text


async def test_alone_a_pane_says_why_it_was_taken_over(tmp_path: Path) -> None:
    async with staged(tmp_path, AT_WORK) as (stage, pilot):
        await pilot.press("7", "z")
        await pilot.pause()
        assert find(stage, f"▲ taken over from {LOST}")


def test_hypotheses_of_a_model_come_after_the_others_and_say_so() -> None:
    state = told()
    task = state.tasks["tier2/analysis"]
    mixed = [MODEL_HYPOTHESIS, *REPORTS["tier2/analysis"]["hypotheses"]]
    state.tasks[task.key] = task.__class__(**{**_fields(task), "report": {"hypotheses": mixed}})
    found = board(state)
    assert [one.id for one in found] == ["H1", "H2", "H3", "M1"]
    assert found[-1].by == "model"
    assert "60 % by its own estimate, which nothing measured" in found[-1].text
    assert "by the rules' own measure" in found[0].text


def _fields(task: Any) -> dict[str, Any]:
    return {name: getattr(task, name) for name in task.__slots__}


def test_the_verdict_has_both_reasons_with_their_evidence() -> None:
    text = verdict(told())
    assert "## ▲ Methods differ: tier 2 analysis" in text
    assert f"- **the ranking** (stands): {RANKED} [E5:9] [E15:4]" in text
    assert f"- **the model** (does not): {GUESS} [E2:2]" in text


async def test_p_warns_that_methods_differ_and_names_the_models_hypotheses(tmp_path: Path) -> None:
    async with staged(tmp_path, DIFFERING) as (stage, pilot):
        small = stage.screen.query_one(Hypotheses)
        assert "▲ H1 leads" in small.render_line(0).text
        await pilot.press("p")
        await pilot.pause()
        assert find(stage, "▲ methods differ: tier 2 analysis")
        assert find(stage, "supported, +1 -0, by the model")
        assert find(stage, "9c41d7e returns before release()")


async def test_the_card_warns_with_both_causes_in_full(tmp_path: Path) -> None:
    async with opened(tmp_path, WAITING) as (app, _):
        state = app.feed.state.copy()
        (waiting,) = (a for a in state.approvals.values() if a.open)
        ink = Ink(DARK_NAME, True, False)
        before = CardRows(ink, waiting, state, 100).build()
        done = told()
        state.tasks["tier2/analysis"] = done.tasks["tier2/analysis"]
        state.differing = done.differing
        rows = [strip.text.strip() for strip in CardRows(ink, waiting, state, 100).build()]
        at = next(n for n, row in enumerate(rows) if "methods differ" in row)
        said = " ".join(rows[at : at + len(rows) - len(before)])
        assert said == f"▲ methods differ: {RANKED}; the model says: {GUESS}"
        for line in before:
            assert line.text.strip() in rows


async def test_cost_is_found_in_the_palette_and_by_its_name(tmp_path: Path) -> None:
    async with staged(tmp_path, DIFFERING) as (stage, pilot):
        assert "cost" in [offer.name for offer in offers(stage)]
        await pilot.press("colon", *"cost", "enter")
        await pilot.pause()
        await pilot.pause()
        assert isinstance(stage.screen, Costs)
        assert find(stage, "The budget is $25; once it is spent the rules answer alone.")
        assert find(stage, "all of component-owner")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(stage.screen, WarRoom)


async def test_where_only_rules_answer_there_is_no_cost_to_look_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as (app, _):
        assert "cost" not in [offer.name for offer in offers(app)]
        assert "The rules answer alone" in account(app.feed.state)


def test_an_account_of_prices_nobody_knows_names_no_dollars() -> None:
    state = told()
    state.spent = {key: Spent(turns=2, fresh=5, unpriced=2) for key in state.spent}
    text = account(state)
    assert "price not known for 4 turns" in text
    assert "$" not in text


async def test_a_narrow_header_keeps_the_cost(tmp_path: Path) -> None:
    async with staged(tmp_path, AT_WORK, (80, 24)) as (stage, _):
        assert "$0.04 of $25" in text_of(stage)[0]
        assert "00:07:05" in text_of(stage)[0]


async def test_a_header_without_any_known_price_names_no_dollars(tmp_path: Path) -> None:
    async with staged(tmp_path, AT_WORK, (160, 40)) as (stage, pilot):
        state = stage.live_feed.state.copy()
        state.spent = {"tier1/data#1": Spent(turns=2, fresh=5, unpriced=2)}
        header = stage.screen.query_one(Header)
        header.apply(state, T0 + AT_WORK)
        await pilot.pause()
        line = header.render_line(0).text
        assert "rules+claude" in line
        assert "price not known for 2 turns" in line
        assert "$" not in line


async def test_a_band_follows_who_answers_as_it_is_journalled(tmp_path: Path) -> None:
    async with staged(tmp_path, 393.0, (200, 60)) as (stage, pilot):
        room, feed = stage.screen, stage.live_feed
        assert isinstance(room, WarRoom)
        seen = []
        for seconds in (393.0, 396.0, 403.0):
            feed.seek(T0 + seconds)
            room.apply(feed.poll())
            await pilot.pause()
            pane = room.grid.pane_of("tier2/analysis")
            assert pane is not None
            seen.append(pane.render_line(0).text)
        assert "rules" in seen[0]
        assert "opus-5-5" in seen[1]
        assert "$" not in seen[1]
        assert "opus-5-5" in seen[2]
        assert "$0.03" in seen[2]


@pytest.mark.parametrize("keys", [(), ("p",), ("7", "z")], ids=["room", "hypotheses", "alone"])
async def test_in_ascii_it_says_the_same(tmp_path: Path, keys: tuple[str, ...]) -> None:
    moment = DIFFERING if keys == ("p",) else AT_WORK
    async with staged(tmp_path, moment, ascii_only=True) as (stage, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert all(line.isascii() for line in text_of(stage))
        assert find(stage, "! methods differ" if keys == ("p",) else "! taken over")
