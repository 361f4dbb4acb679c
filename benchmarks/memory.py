"""What a million lines leave behind in one pane."""

import asyncio
import multiprocessing
from collections.abc import Iterator

import psutil
from textual.app import App, ComposeResult

from benchmarks.figures import Figure
from orchestrator.journal.transcript import Line
from tui.theme import DARK_NAME, THEMES
from tui.widgets.agent_pane import AgentPane

LINES, A_FLUSH = 1_000_000, 1_000
MOST = 20.0


class OnePane(App[None]):
    """A screen with nothing but one agent."""

    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK_NAME
        self.pane = AgentPane(1)

    def compose(self) -> ComposeResult:
        yield self.pane


def memory() -> Iterator[Figure]:
    """In a process of its own, so that nothing else is in the figure."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        grown = pool.apply(growth)
    beside = f"{LINES:,} lines of 75 characters, RSS"
    yield Figure("a pane's memory", grown, "MB", MOST, beside)


def growth() -> float:
    """Megabytes by which this process grew."""
    return asyncio.run(_grown())


async def _grown() -> float:
    app = OnePane()
    async with app.run_test(size=(80, 40)) as pilot:
        process = psutil.Process()
        before = process.memory_info().rss
        for begin in range(0, LINES, A_FLUSH):
            app.pane.feed(_line(number) for number in range(begin, begin + A_FLUSH))
            app.pane.flush()
            await asyncio.sleep(0)
        await pilot.pause()
        return float(process.memory_info().rss - before) / 1e6


def _line(number: int) -> Line:
    return Line(1e9 + number, 1, "say", f"- line {number:>8} of **orders**".ljust(75, ".") + "\n")
