"""The programs that are streamed into: the war room, and eight stock widgets of each kind.

`python -m benchmarks.streamed NAME RATE REPORT INCIDENT_FOLDER` runs one; when it is left it writes
into REPORT what reached its widgets. All have a field at the bottom, whose
letters are what is waited for.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Grid, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Log, Markdown, RichLog
from textual.widgets.markdown import MarkdownStream

from benchmarks.chunks import AGENTS, OpenLoop
from orchestrator.clock import WallClock
from orchestrator.project import IncidentFolder, Project
from tui.app import Console
from tui.feed import Batch, LiveFeed
from tui.screens.war_room import WarRoom

READY = "ready"
"""Stands in the field of a stock program behind its cursor, before anything is typed there."""


class Counted(LiveFeed):
    """The live feed, and how much agent text it gave."""

    characters = 0

    def poll(self) -> Batch:
        batch = super().poll()
        self.characters += sum(len(line.text) for new in batch.lines.values() for line in new)
        return batch


class Ours(Console):
    """The console on the war room of one incident, without a runner beside it."""

    def __init__(self, folder: IncidentFolder) -> None:
        project = Project(folder.path.parents[2])
        self.counted = Counted(project, folder.incident, WallClock())
        super().__init__(project, folder.incident, start_runner=False)

    def first_screen(self) -> WarRoom:
        return WarRoom(self.counted, self.link, self.clock)


class Stock(App[None]):
    """Eight widgets that take chunks as they come, and a field."""

    CSS = """
    Grid { grid-size: 4 2; }
    Grid > * { border: round grey; }
    Input { dock: bottom; border: none; height: 1; }
    """
    BINDINGS = [("ctrl+q", "quit", "")]  # noqa: RUF012

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.arrived = 0
        self.rate = rate
        self.loop = OpenLoop(rate)

    def compose(self) -> ComposeResult:
        with Grid():
            yield from self.panes()
        field = Input(placeholder=f" {READY}")
        field.cursor_blink = False
        yield field

    def panes(self) -> list[Widget]:
        raise NotImplementedError

    async def write(self, agent: int, text: str) -> None:
        raise NotImplementedError

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Only once the field is seen: one of these never paints again while it streams."""
        self.loop = OpenLoop(self.rate)
        self.run_worker(self._stream())

    async def _stream(self) -> None:
        while True:
            for agent, text in self.loop.due():
                await self.write(agent, text)
                self.arrived += 1
            await asyncio.sleep(1 / 50)


class RichLogs(Stock):
    """`RichLog` knows whole lines only, so it is given whole lines."""

    def panes(self) -> list[Widget]:
        self._logs = [RichLog(wrap=True, max_lines=10_000) for _ in range(AGENTS)]
        self._open = [""] * AGENTS
        return list(self._logs)

    async def write(self, agent: int, text: str) -> None:
        *whole, self._open[agent] = (self._open[agent] + text).split("\n")
        for line in whole:
            self._logs[agent].write(line)


class Logs(Stock):
    """`Log` takes parts of lines."""

    def panes(self) -> list[Widget]:
        self._logs = [Log(max_lines=10_000) for _ in range(AGENTS)]
        return list(self._logs)

    async def write(self, agent: int, text: str) -> None:
        self._logs[agent].write(text)


class Markdowns(Stock):
    """`MarkdownStream`, which Textual offers for exactly this."""

    def panes(self) -> list[Widget]:
        self._documents = [Markdown() for _ in range(AGENTS)]
        self._streams: list[MarkdownStream] = []
        return [VerticalScroll(document) for document in self._documents]

    def on_mount(self) -> None:
        for scroll in self.query(VerticalScroll):
            scroll.anchor()
        self._streams = [Markdown.get_stream(document) for document in self._documents]

    async def write(self, agent: int, text: str) -> None:
        await self._streams[agent].write(text)


STOCK: dict[str, Callable[[float], Stock]] = {
    "RichLog": RichLogs,
    "Log": Logs,
    "MarkdownStream": Markdowns,
}


def main(name: str, rate: float, report: Path, folder: Path) -> None:
    """Run one until it is left."""
    if name == "ours":
        ours = Ours(IncidentFolder(folder))
        ours.run()
        body = {"characters": ours.counted.characters}
    else:
        stock = STOCK[name](rate)
        stock.run()
        body = {"chunks": stock.arrived, "offered": stock.loop.offered}
    report.write_text(json.dumps(body))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
