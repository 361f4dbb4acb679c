"""The hypotheses: the verdict first, then every suspicion with what speaks for and against it."""

from pathlib import Path

from orchestrator.model.state import State
from orchestrator.project import IncidentFolder
from tests.tui.rooms import CLOSED, Room, find, opened, text_of
from tests.unit.incident_story import story, write_incident
from tui.hypothesis_text import board, verdict
from tui.replay import load
from tui.screens.evidence import Evidence
from tui.screens.hypotheses import VERDICT, HypothesisList
from tui.screens.war_room import WarRoom


def told(tmp_path: Path) -> State:
    folder: IncidentFolder = write_incident(tmp_path, story())
    player = load(folder)
    player.seek(player.end)
    player.poll()
    return player.state


def test_each_hypothesis_says_what_speaks_for_it_and_what_would_settle_it(tmp_path: Path) -> None:
    first, second, third = board(told(tmp_path))
    assert (first.id, first.status, first.speaks_for) == ("H1", "confirmed", 2)
    assert "- release() is skipped on the early return [E15:4]" in first.text
    assert "roll back to 4d81f0a: connections in use must fall below 8" in first.text
    assert (second.status, third.status) == ("refuted", "refuted")
    assert "- p95 was 0.021 s until the pool was full [E1]" in second.text


def test_the_verdict_is_the_flows_and_says_when_more_was_claimed(tmp_path: Path) -> None:
    state = told(tmp_path).copy()
    assert "**CONFIRMED**" in verdict(state)
    state.cause = {**state.cause, "verdict": "LIKELY", "claimed": "CONFIRMED", "why": "one kind"}
    assert "CONFIRMED was claimed; LIKELY is what the rules allow: one kind." in verdict(state)
    assert board(state)[0].status == "supported"


def test_before_any_analysis_there_is_only_an_open_verdict() -> None:
    assert board(State()) == []
    assert "No root cause is concluded yet." in verdict(State())


async def test_p_opens_it_and_an_id_in_it_leads_to_the_evidence(tmp_path: Path) -> None:
    async with opened(tmp_path, CLOSED, size=(120, 40)) as (app, pilot):
        await pilot.press("p")
        await pilot.pause()
        listing = app.screen.query_one(HypothesisList)
        assert listing.chosen == VERDICT
        assert find(app, "CONFIRMED: two kinds of evidence")
        await pilot.press("down")
        await pilot.pause()
        assert find(app, "release() is skipped on the early return")
        await pilot.click(offset=place(app, "E15:4"))
        await pilot.pause()
        assert shown(app) is Evidence
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert shown(app) is WarRoom


def shown(app: Room) -> type[object]:
    return type(app.screen)


def place(app: Room, words: str) -> tuple[int, int]:
    """Where these words stand."""
    for y, line in enumerate(text_of(app)):
        if words in line:
            return line.index(words) + 1, y
    raise AssertionError("\n".join(text_of(app)))
