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

STATE, JOURNAL = "orchestrator.model.state", "orchestrator.journal.read"
"""Loaded while the first frame is looked at already."""

PAINT = """
import asyncio, sys, tempfile, pathlib
from tui.__main__ import main
from tui.app import Console
from tui.screens import opening
from orchestrator.project import Project
root = pathlib.Path(tempfile.mkdtemp())
{opened}
load, seen = opening.import_module, []
def loaded():
    return " ".join(sorted(name for name in sys.modules if name in {names!r}))
def watched(name):
    seen.append(loaded())
    return load(name)
opening.import_module = watched
async def paint():
    app = Console(Project(root), {incident}, start_runner=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        print(seen[0])
        print(type(app.screen).__name__)
        print(loaded())
asyncio.run(paint())
"""


def shown(opened: str, incident: str) -> list[str]:
    """What was loaded at the first frame; the screen that came then; what was loaded for it."""
    names = {*HEAVY, *LATER, STATE, JOURNAL}
    code = PAINT.format(opened=opened, incident=incident, names=names)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_standing_by_imports_nothing_heavy() -> None:
    assert shown("", "None") == ["", "Standby", STATE]


def test_the_war_room_imports_nothing_heavy() -> None:
    opened = "Project(root).incident('INC-1').create()"
    assert shown(opened, "'INC-1'") == ["", "WarRoom", f"{JOURNAL} {STATE}"]


def test_the_board_imports_nothing_heavy(tmp_path: Path) -> None:
    folder = Project(tmp_path).incident("INC-1")
    folder.create()
    writer = JournalWriter(folder.journal)
    writer.append(other("INC-1", "orders fail", "P1", 0.0, "a.kim", {}))
    writer.close()
    opened = f"root = pathlib.Path({str(tmp_path)!r})"
    assert shown(opened, "None") == ["", "Board", f"{JOURNAL} {STATE}"]
