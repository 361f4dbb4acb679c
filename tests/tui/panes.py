"""One pane on a screen of its own, and what tests do with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from orchestrator.journal.transcript import Line
from orchestrator.model.records import Task
from tui.pane_text import PaneText
from tui.theme import DARK_NAME, THEMES
from tui.widgets.agent_pane import AgentPane

START = 1_000.0
TASK = Task(
    key="tier2/analysis",
    attempt=1,
    kind="agent",
    role="component-owner",
    title="tier 2 analysis",
    step="tier2",
    inputs={},
    requested_at=START,
)


class Host(App[None]):
    """Nothing but one pane."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "AgentPane { height: 100%; width: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK_NAME
        self.pane = AgentPane(3)

    def compose(self) -> ComposeResult:
        yield self.pane


@asynccontextmanager
async def pane(width: int = 60, height: int = 14) -> AsyncIterator[tuple[AgentPane, Pilot[None]]]:
    app = Host()
    async with app.run_test(size=(width, height)) as pilot:
        app.pane.show(TASK, PaneText(), START)
        await pilot.pause()
        yield app.pane, pilot


def lines(kind: str, *texts: str, at: float = START) -> list[Line]:
    return [Line(at, 1, kind, text) for text in texts]


def say(shown: AgentPane, *texts: str, at: float = START, kind: str = "say") -> None:
    shown.feed(lines(kind, *texts, at=at))
    shown.flush()


def rows(shown: AgentPane) -> list[str]:
    return [shown.render_line(y).text.rstrip() for y in range(shown.size.height)]
