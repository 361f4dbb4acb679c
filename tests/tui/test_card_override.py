"""A card that rests on one untrusted source says so, and asks why that is enough."""

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from orchestrator.project import IncidentFolder
from tests.tui.test_card_keys import Host, Told, Unset
from tests.unit.incident_story import story, write_incident
from tui.screens.card_arming import Decision
from tui.screens.card_sheet import CardPrompt

SPOKEN = "E3 line 3 gives the reader a role"
ALONE: dict[str, Any] = {
    "sources": ["log var/log/orders.log"],
    "single_tainted": True,
    "instructions": [],
}
AGREED = {**ALONE, "single_tainted": False}
WHY = "graphs show it too"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> IncidentFolder:
    return write_incident(tmp_path_factory.mktemp("told"), story())


async def standing(pilot: Pilot[None]) -> Host:
    """The card once its keys count."""
    await pilot.pause()
    host = pilot.app
    assert isinstance(host, Host)
    host.card.look()
    host.stand()
    return host


def keys(text: str) -> list[str]:
    return ["space" if letter == " " else letter for letter in text]


def flat(host: Host) -> str:
    return " ".join(host.text.split())


async def test_y_asks_why_and_approves_with_the_reason(folder: IncidentFolder) -> None:
    feed = Told(folder, rests=ALONE)
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await standing(pilot)
        assert "y override" in host.text
        await pilot.press("y", *"ok", "enter")
        await pilot.pause()
        assert host.result is Unset
        prompt = host.card.query_one(CardPrompt)._rows[0].text
        assert "say why one source is enough" in prompt
        assert "a few words are needed" in prompt
        await pilot.press("backspace", "backspace", *keys(WHY), "enter")
        await pilot.pause()
        asked = feed.asked
        said = Decision(asked.approval, asked.sha256, approve=True, override=WHY)
        assert host.result == said


async def test_esc_leaves_the_reason_and_approves_nothing(folder: IncidentFolder) -> None:
    async with Host(Told(folder, rests=ALONE)).run_test(size=(120, 40)) as pilot:
        host = await standing(pilot)
        await pilot.press("y", *keys("yes yes"), "escape", "enter")
        await pilot.pause()
        assert host.result is Unset
        assert host.screen is host.card
        await pilot.press("y")
        assert host.card.query_one(Input).value == ""


async def test_a_destructive_one_asks_for_the_name_and_then_for_the_reason(
    folder: IncidentFolder,
) -> None:
    feed = Told(folder, rests=ALONE, confirm="orders")
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await standing(pilot)
        await pilot.press("y", *"orders", "enter")
        assert host.result is Unset
        assert host.card.query_one(Input).value == ""
        await pilot.press(*keys("graphs agree"), "enter")
        await pilot.pause()
        asked = feed.asked
        said = Decision(asked.approval, asked.sha256, True, "", "orders", "graphs agree")
        assert host.result == said


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (200, 60)])
async def test_it_says_what_it_rests_on_and_why_that_matters(
    folder: IncidentFolder, size: tuple[int, int]
) -> None:
    rests = {**ALONE, "instructions": [SPOKEN]}
    async with Host(Told(folder, rests=rests)).run_test(size=size) as pilot:
        shown = flat(await standing(pilot))
        assert "rests on" in shown
        assert "one source (log var/log/orders.log): whoever can write there can bring" in shown
        assert f"text meant for agents, not followed: {SPOKEN}" in shown


async def test_where_sources_agree_y_approves_at_once(folder: IncidentFolder) -> None:
    feed = Told(folder, rests=AGREED)
    async with Host(feed).run_test(size=(120, 40)) as pilot:
        host = await standing(pilot)
        assert "rests on" not in host.text
        assert "approve once" in host.text
        await pilot.press("y")
        await pilot.pause()
        assert host.result == Decision(feed.asked.approval, feed.asked.sha256, approve=True)


async def test_what_a_source_is_called_hides_nothing(folder: IncidentFolder) -> None:
    rests = {**ALONE, "sources": ["log a\u202eb\x1b[2K.log"]}
    async with Host(Told(folder, rests=rests)).run_test(size=(120, 40)) as pilot:
        host = await standing(pilot)
        assert r"a\u202eb\x1b[2K.log" in host.text
