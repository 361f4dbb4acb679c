"""Imports point one way: checked in the source, and again in a fresh interpreter."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import orchestrator

ROOT = Path(orchestrator.__file__).parent.parent
SOURCES = sorted((ROOT / "orchestrator").rglob("*.py"))

FORBIDDEN = {
    "orchestrator": ("textual", "tui"),
    "orchestrator/flow": ("orchestrator.conductor", "orchestrator.journal", "pydantic", "asyncio"),
    "orchestrator/model": ("orchestrator.flow", "orchestrator.conductor", "orchestrator.journal"),
    "orchestrator/agents": ("orchestrator.drills", "orchestrator.conductor", "dbos"),
    "orchestrator/evidence": ("orchestrator.drills", "orchestrator.conductor", "dbos"),
    "orchestrator/actions": ("orchestrator.conductor", "orchestrator.drills", "dbos"),
    "orchestrator/documents": ("orchestrator.conductor", "orchestrator.agents", "dbos"),
    "orchestrator/journal": ("orchestrator.flow", "orchestrator.conductor", "pydantic"),
}
PURE = ("time", "datetime", "random", "os", "pathlib", "subprocess", "socket")
CALENDAR = "business_hours.py"
"""Reckons with days and zones, and never asks what time it is."""


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_knows_only_those_below_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in imports(path)
        if any(within(name, package) for package in FORBIDDEN[room])
    ]
    assert wrong == []


def test_the_flow_and_the_fold_touch_no_clock_no_chance_and_no_disk() -> None:
    pure = [*(ROOT / "orchestrator/flow").glob("*.py"), *(ROOT / "orchestrator/model").glob("*.py")]
    wrong = [
        f"{path.name} imports {name}"
        for path in pure
        for name in imports(path)
        if any(within(name, module) for module in PURE)
        and not (path.name == CALENDAR and within(name, "datetime"))
    ]
    assert wrong == []
    calendar = (ROOT / "orchestrator/model" / CALENDAR).read_text()
    assert not re.search(r"\b(now|today|utcnow)\(", calendar)


def test_only_the_engine_module_knows_the_engine() -> None:
    knowing = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(within(name, "dbos") for name in imports(path))
    }
    assert knowing == {"orchestrator/conductor/engine.py"}


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_every_module_of_the_orchestrator_loads_without_a_screen() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in SOURCES
        if path.name != "__main__.py" and "drills/source" not in path.as_posix()
    ]
    loaded = loaded_by("import " + ", ".join(names))
    assert not loaded & {"textual", "tui", "anthropic"}


def test_a_database_driver_is_loaded_only_when_a_database_is_asked() -> None:
    assert "psycopg" not in loaded_by("import orchestrator.evidence.sources.looks")


def test_time_comes_from_the_clock_alone() -> None:
    """The service a drill breaks is no part of the war room, and neither is its deploy script."""
    outside = (
        "orchestrator/clock.py",
        "orchestrator/drills/source/",
        "orchestrator/drills/decoys.py",  # it writes the broken service's commits
    )
    calls = ("time.time(", "datetime.now(", "datetime.utcnow(", "asyncio.sleep(", "time.sleep(")
    wrong = [
        f"{path.relative_to(ROOT)}: {call}"
        for path in [*SOURCES, *sorted((ROOT / "tui").rglob("*.py"))]
        if not path.relative_to(ROOT).as_posix().startswith(outside)
        for call in calls
        if call in path.read_text()
    ]
    assert wrong == []


def test_nothing_is_ever_given_to_a_shell() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in [*SOURCES, *sorted((ROOT / "tui").rglob("*.py"))]
        if "shell=True" in path.read_text() or "os.system(" in path.read_text()
    ]
    assert wrong == []
