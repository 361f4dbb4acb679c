"""Who gets a large place on a screen with room for few: those who work, and what is being read."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.journal.transcript import Line
from tests.tui.rooms import Room, opened
from tui.widgets.agent_pane import AgentPane


def holders(app: Room) -> tuple[AgentPane, AgentPane]:
    """An agent that works, and one that has finished."""
    panes = [pane for pane in app.room.grid.panes if pane.task_shown is not None]
    working = next(pane for pane in panes if pane.running)
    return working, next(pane for pane in panes if not pane.running)


def finishes(app: Room, pane: AgentPane) -> None:
    """Its task is done; nothing else changed."""
    task = pane.task_shown
    assert task is not None
    done = replace(task, outcome="done", finished_at=app.feed.now())
    state = replace(app.feed.state, tasks={**app.feed.state.tasks, task.key: done})
    app.room.grid.apply(state, {}, app.feed.now())


def starts(app: Room, pane: AgentPane) -> None:
    task = pane.task_shown
    assert task is not None
    works = replace(task, outcome="", finished_at=0.0)
    tasks = {**app.room.grid._tasks, task.key: works}
    app.room.grid.apply(replace(app.feed.state, tasks=tasks), {}, app.feed.now())


async def test_a_focused_pane_that_finished_gives_its_place_and_keeps_the_focus(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, size=(80, 16)) as (app, pilot):
        first, second = holders(app)
        first.focus()
        await pilot.pause()
        finishes(app, first)
        starts(app, second)
        await pilot.pause()
        assert app.room.grid.shown() == [second]
        assert first.has_focus
        assert first.size.height == 1


@pytest.mark.parametrize("how", ["asked for", "scrolled"])
async def test_a_finished_pane_that_is_read_keeps_its_place(tmp_path: Path, how: str) -> None:
    async with opened(tmp_path, size=(80, 16)) as (app, pilot):
        second, first = holders(app)
        await pilot.press(str(first.number))
        if how == "scrolled":
            first.feed([Line(0.0, first.text.attempt, "say", "word\n" * 60)])
            first.flush()
            await pilot.pause()
            app.room.grid._finished_chosen = ""
            await pilot.press("home")
            assert not first.following
        finishes(app, second)
        starts(app, second)
        await pilot.pause()
        assert app.room.grid.shown() == [first]
