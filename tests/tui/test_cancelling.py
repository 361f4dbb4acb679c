"""`x` on the pane of a running change begins the words that cut it short; nothing else is sent."""

from pathlib import Path

from textual.widgets import Input

from tests.tui.rooms import opened, settled
from tui.screens.war_room import WarRoom
from tui.widgets.agent_pane import AgentPane

RUNNING = 515.0
KEY = "mitigation/execute@1"


async def test_x_on_a_running_change_asks_for_the_reason(tmp_path: Path) -> None:
    async with opened(tmp_path, RUNNING) as (app, pilot):
        room = app.screen
        assert isinstance(room, WarRoom)
        number = next(n for n in range(1, 20) if room.grid.key_of(n) == KEY)
        pane = next(one for one in room.query(AgentPane) if one.number == number)
        room.on_agent_pane_stop_requested(AgentPane.StopRequested(pane, KEY))
        await pilot.pause()
        assert isinstance(app.focused, Input)
        assert app.focused.value == f"cancel {number} "
        assert app.fake.told == []
        await pilot.press(*"wrong", "space", *"host", "enter")
        await settled(app, pilot)
        (told,) = app.fake.told
        assert (told["cmd"], told["key"], told["why"]) == ("cancel", KEY, "wrong host")
