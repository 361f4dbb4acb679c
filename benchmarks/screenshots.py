"""Draw the README's pictures: the told incident on the real screens, under a clock that stands.

Run from the project's folder (`make screenshots`). The pictures name no host: a viewer's own
monospace font is used, and every cell keeps its place whatever that font is.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from orchestrator.clock import FakeClock
from orchestrator.project import IncidentFolder, Project
from tests.tui.project_story import told_project
from tests.unit.incident_evidence import T0
from tests.unit.incident_story import WAITING, story, write_incident
from tui.app import Console
from tui.console_settings import ConsoleSettings
from tui.incidents import ReadMarks
from tui.replay import Player, load
from tui.screens.board import Board
from tui.screens.card import Card
from tui.screens.evidence import Evidence
from tui.screens.hypotheses import HypothesesBoard
from tui.screens.replay import Replay
from tui.screens.review import Files
from tui.screens.war_room import WarRoom

FONTS = "ui-monospace, 'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace"
LATER = 21.0
"""Seconds after the rollback was asked for: it waits, and the next promise is some minutes away."""

RECOVERED = 420.0
"""Seconds after detection at which the told rollback had worked."""


class Standing(Player):
    """A player that counts as live, for a picture of a moment."""

    live = True


@dataclass(frozen=True, slots=True)
class Picture:
    """One file: which screen, how large, how it gets there."""

    name: str
    size: tuple[int, int]
    light: bool
    arrive: Callable[["Stage", Pilot[int]], Awaitable[None]]


class Stage(Console):
    """The console with one picture's screen, and no runner."""

    def __init__(self, folder: IncidentFolder, light: bool) -> None:
        self.still = FakeClock(T0 + WAITING + LATER)
        self.played = played = load(folder)
        played.seek(self.still.now())
        super().__init__(
            Project(folder.path.parents[2]),
            clock=self.still,
            start_runner=False,
            settings=ConsoleSettings(theme="light" if light else "dark"),
        )
        self.live_feed = Standing(
            played.events, {k: played.pane_lines(k, played.end) for k in played.tasks}, folder
        )
        self.live_feed.seek(self.still.now())

    def first_screen(self) -> WarRoom:
        return WarRoom(self.live_feed, None, self.still)


async def war_room(stage: Stage, pilot: Pilot[int]) -> None:
    """The war room while the rollback waits."""


async def card(stage: Stage, pilot: Pilot[int]) -> None:
    """The card of the rollback, armed."""
    (waiting,) = (a for a in stage.live_feed.state.approvals.values() if a.open)
    shown = Card(stage.live_feed, waiting.approval, stage.still)
    stage.push_screen(shown)
    await pilot.pause()
    for _ in range(8):
        shown.look()
        stage.still.advance(0.1)
    shown.look()
    await pilot.pause()


async def replay(stage: Stage, pilot: Pilot[int]) -> None:
    """The same incident played again, stopped while the rollback waits."""
    shown = Replay(stage.played, stage.still)
    stage.push_screen(shown)
    await stage.workers.wait_for_complete()
    await pilot.pause()
    for _ in range(3):
        await pilot.press("right_square_bracket")


async def board(stage: Stage, pilot: Pilot[int]) -> None:
    """Every incident of the project, and the promise that will be broken next."""
    root = stage.project.root / "shop-platform"
    if not root.exists():
        root.mkdir()
        sampled(told_project(root).metrics / "orders.ndjson")
    project = Project(root)
    shown = Board(project, stage.link, stage.still, ReadMarks(project))
    shown.link = None
    stage.push_screen(shown)
    await pilot.pause()
    await stage.workers.wait_for_complete()
    for _ in range(2):
        shown.show()
        await pilot.pause()


async def evidence(stage: Stage, pilot: Pilot[int]) -> None:
    """The samples in which the trouble began, with their plot."""
    stage.push_screen(Evidence(stage.live_feed, None, "E1:12"))
    await pilot.pause()
    await pilot.pause()
    await pilot.press("home")


async def files(stage: Stage, pilot: Pilot[int]) -> None:
    """The review, at the end."""
    stage.live_feed.seek(stage.live_feed.end)
    stage.push_screen(Files(stage.live_feed, None))
    await pilot.pause()
    await pilot.pause()


async def hypotheses(stage: Stage, pilot: Pilot[int]) -> None:
    """What may have caused it, at the end."""
    stage.live_feed.seek(stage.live_feed.end)
    stage.push_screen(HypothesesBoard(stage.live_feed, None))
    await pilot.pause()
    await pilot.press("down")
    await pilot.pause()


AT_EVERY_SIZE = {"war-room": war_room, "board": board, "card": card, "replay": replay}
AT_TWO_SIZES = {"evidence": evidence, "files": files, "hypotheses": hypotheses}
SIZES = ((80, 24), (120, 40), (200, 60))
PICTURES = tuple(
    Picture(f"{name}-{width}x{height}-{theme}", (width, height), theme == "light", arrive)
    for name, arrive in (AT_EVERY_SIZE | AT_TWO_SIZES).items()
    for width, height in (SIZES if name in AT_EVERY_SIZE else SIZES[:2])
    for theme in ("dark", "light")
)


def sampled(ring: Path) -> None:
    """The told incident's four signals: well, leaking from 13:59:22 on, well after the rollback."""
    ring.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for second in range(-1500, 1500, 5):
        bad = min(1.0, max(0.0, (second + 38) / 40)) if second < RECOVERED else 0.0
        wave = (second // 5 * 7919 % 13) / 13 - 0.5
        values = {
            "requests": 22.0 + 2 * wave,
            "errors": 0.94 * bad,
            "p95": 0.021 + 1.6 * bad + 0.01 * wave,
            "saturation": min(1.0, 0.3 + 0.7 * bad + 0.1 * wave * (1 - bad)),
        }
        lines.append(json.dumps({"t": T0 + second, "ok": True, "values": values}))
    ring.write_text("\n".join(lines) + "\n")


def hostless(svg: str) -> str:
    """The drawing without the addresses that an export carries along."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family:\s*[^;}\n]+", f"font-family: {FONTS}", svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


async def draw(picture: Picture, folder: IncidentFolder) -> str:
    """One picture as SVG."""
    stage = Stage(folder, picture.light)
    async with stage.run_test(size=picture.size) as pilot:
        await stage.workers.wait_for_complete()
        await pilot.pause()
        await picture.arrive(stage, pilot)
        await settled(stage, pilot)
        return hostless(stage.export_screenshot(title="warroom"))


async def settled(stage: Stage, pilot: Pilot[int]) -> None:
    """Paint what is gathered, and let the once-a-beat regions take the time that stands."""
    room = stage.screen if isinstance(stage.screen, WarRoom) else stage.screen_stack[0]
    if isinstance(room, WarRoom):
        room.frames.stop()
        room.beat()
        room.frames.drain()
    await pilot.pause()


async def main(target: Path) -> None:
    """Draw all pictures into `target`."""
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="warroom-") as where:
        project = Project(Path(where))
        folder = write_incident(project.incidents, story())
        sampled(project.metrics / "orders.ndjson")
        for picture in PICTURES:
            svg = await draw(picture, folder)
            (target / f"{picture.name}.svg").write_text(svg)
            print(f"{target.name}/{picture.name}.svg  {len(svg) // 1024} KiB")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")))
