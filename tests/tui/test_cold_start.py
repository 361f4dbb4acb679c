"""The way to the first frame imports nothing heavy: presence is tested, not milliseconds."""

import subprocess
import sys
from pathlib import Path

from orchestrator.journal.append import JournalWriter
from orchestrator.project import Project
from tests.tui.project_story import other

HEAVY = ("anthropic", "dbos", "sqlalchemy", "psycopg", "mcp", "pydantic", "jinja2")
"""None of these before the first frame."""

LATER = (
    "textual.widgets._markdown",
    "tui.screens.replay",
    "tui.screens.card",
    "tui.screens.review",
    "tui.screens.evidence",
    "tui.screens.intake",
    "tui.screens.ask",
    "tui.editor",
    "watchfiles",
)
"""Ours or Textual's, but needed only when asked for."""

PAINT = """
import asyncio, sys, tempfile, pathlib
from tui.__main__ import main
from tui.app import Console
from orchestrator.project import Project
root = pathlib.Path(tempfile.mkdtemp())
{opened}
async def paint():
    app = Console(Project(root), {incident}, start_runner=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        print(type(app.screen).__name__)
asyncio.run(paint())
print(*sorted(name for name in sys.modules if name in {names!r}))
"""


def first_frame(opened: str, incident: str) -> list[str]:
    code = PAINT.format(opened=opened, incident=incident, names={*HEAVY, *LATER})
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_standing_by_imports_nothing_heavy() -> None:
    assert first_frame("", "None") == ["Standby", ""]


def test_the_war_room_imports_nothing_heavy() -> None:
    opened = "Project(root).incident('INC-1').create()"
    assert first_frame(opened, "'INC-1'") == ["WarRoom", ""]


def test_the_board_imports_nothing_heavy(tmp_path: Path) -> None:
    folder = Project(tmp_path).incident("INC-1")
    folder.create()
    writer = JournalWriter(folder.journal)
    writer.append(other("INC-1", "orders fail", "P1", 0.0, "a.kim", {}))
    writer.close()
    assert first_frame(f"root = pathlib.Path({str(tmp_path)!r})", "None") == ["Board", ""]
