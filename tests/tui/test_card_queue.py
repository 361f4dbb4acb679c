"""The queue says what waits and how long still, and never decides."""

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from orchestrator.model.fold import fold_all
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import WAITING, leak_story, story
from tui.theme import DARK_NAME, THEMES
from tui.widgets.approval_queue import REPLAYED, ApprovalQueue, waiting

NOW = T0 + WAITING + 20


def asked() -> State:
    return fold_all(State(), leak_story(WAITING))


def the_one(state: State) -> Approval:
    (approval,) = waiting(state)
    return approval


class Host(App[None]):
    CSS = "ApprovalQueue { width: 44; height: 6; }"

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK_NAME

    def compose(self) -> ComposeResult:
        yield ApprovalQueue()


async def shown(state: State, now: float = NOW, live: bool = True, height: int = 6) -> list[str]:
    """The rows of the region."""
    host = Host()
    async with host.run_test(size=(60, 20)) as pilot:
        queue = host.query_one(ApprovalQueue)
        queue.styles.height = height
        await pilot.pause()
        queue.apply(state, now, live)
        return [strip.text.rstrip() for strip in queue._rows]


async def test_it_names_the_change_the_risk_the_undo_and_the_way_to_decide() -> None:
    rows = await shown(asked())
    assert "1 waits" in rows[0]
    assert "roll orders back" in rows[1]
    assert rows[1].endswith("14:40")
    assert "MEDIUM  blast MEDIUM" in rows[2]
    assert "undo bin/deploy" in rows[3]
    assert "why E1 E3" in rows[3]
    assert rows[5] == "▌a review and decide"


async def test_in_a_replay_it_says_that_nothing_can_run() -> None:
    rows = await shown(asked(), live=False)
    assert rows[5] == f"▌{REPLAYED}"


async def test_little_time_left_is_filled_and_none_is_a_word() -> None:
    state = asked()
    assert " 00:30" in (await shown(state, the_one(state).expires - 30))[1]
    assert (await shown(state, the_one(state).expires + 1))[1].endswith("expired")


async def test_a_stopped_line_is_said_where_the_key_would_be() -> None:
    state = asked()
    state.stopped = "failed rollback"
    assert "the line is stopped" in (await shown(state))[5]


async def test_what_expires_first_comes_first_and_the_others_keep_a_row() -> None:
    state = asked()
    one = the_one(state)
    sooner = replace(one, approval="other", title="restart orders", expires=one.expires - 60)
    state.approvals["other"] = sooner
    assert [a.approval for a in waiting(state)] == ["other", one.approval]
    rows = await shown(state)
    assert "2 wait " in rows[0] + " "
    assert "restart orders" in rows[1]
    assert any("roll orders back" in row for row in rows[2:])


@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 6, 9])
async def test_with_little_room_the_change_and_the_way_to_decide_stay(height: int) -> None:
    rows = await shown(asked(), height=height)
    assert len(rows) == height
    if height >= 2:
        assert "roll orders back" in rows[1]
    if height >= 3:
        assert any("review and decide" in row for row in rows)


async def test_when_nothing_waits_it_says_what_was_decided_last() -> None:
    rows = await shown(fold_all(State(), story()), T0 + 1502)
    assert "none" in rows[0]
    assert "✓ roll orders back" in rows[1]
    assert "granted by a.kim" in rows[2]


async def test_before_any_request_it_is_calm() -> None:
    rows = await shown(State())
    assert "nothing waits for a decision" in rows[1]
