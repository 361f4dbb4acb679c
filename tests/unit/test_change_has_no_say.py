"""A command that the catalogue runs cannot approve, stop or ask anything, however it detaches."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions import launch
from orchestrator.actions.executor import CHANGE_KEY, execute
from orchestrator.clock import WallClock
from orchestrator.conductor.desk import Answer, Desk, accepted
from orchestrator.conductor.kin import inside_change
from orchestrator.project import Project
from orchestrator.settings import Settings
from tests.unit.test_actions_executor import prepared, run_of
from tests.unit.test_actions_safety import ASKS

pytestmark = pytest.mark.slow

CLIENT = """\
import json, os, socket, sys
door = socket.socket(socket.AF_UNIX)
door.connect(sys.argv[1])
door.sendall(json.dumps({"id": "cmd/1", "cmd": "note", "incident": "INC-1", "text": "x"}).encode())
door.sendall(b"\\n")
with open(sys.argv[2], "w") as file:
    file.write(door.makefile().readline())
"""

ASK = "[sys.executable, 'client.py', '.aiwg/runner.sock', 'answer.txt']"

PLAIN = f"import subprocess; subprocess.run({ASK})"
DETACHED = f"""\
import os, subprocess, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        subprocess.run({ASK}, env={{}})
    os._exit(0)
while not os.path.exists('answer.txt') or not os.path.getsize('answer.txt'):
    time.sleep(0.01)
"""
LEFT_BEHIND = f"""\
import os, subprocess, time
if os.fork() == 0:
    for number in (1, 2):
        os.close(number)
    while not os.path.exists('ended'):
        time.sleep(0.01)
    subprocess.run({ASK}, env={{}})
    os._exit(0)
"""


class Door:
    """A runner's desk that takes whatever gets through to it."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.heard: list[str] = []
        self.launchers: dict[int, tuple[int, str]] = {}
        self.desk = Desk(Project(root), settings, self._serve, lambda: self.launchers)

    async def _serve(self, asked: Any, actor: Any) -> Answer:
        self.heard.append(asked.cmd)
        return accepted()


async def carried_out(door: Door, root: Path, settings: Settings, state: Any, card: Any) -> Any:
    await door.desk.open()

    async def started(pid: int, ticks: int, adopted: bool) -> None:
        door.launchers[pid] = (ticks, "roll orders back")

    run = run_of(root, card)
    done = await execute(run, settings, lambda: state, WallClock(), started)
    (root / "ended").touch()
    answer = root / "answer.txt"
    while not answer.exists() or not answer.read_text():
        await asyncio.sleep(0.01)
    await door.desk.close()
    return done


@pytest.mark.parametrize("how", [PLAIN, DETACHED, LEFT_BEHIND], ids=["plain", "detached", "left"])
def test_a_command_from_inside_a_change_is_refused(tmp_path: Path, how: str) -> None:
    settings, state, card = prepared(tmp_path)
    (tmp_path / "client.py").write_text(CLIENT)
    (tmp_path / "deploy.py").write_text(ASKS + how)
    door = Door(tmp_path, settings)
    asyncio.run(carried_out(door, tmp_path, settings, state, card))
    answer = json.loads((tmp_path / "answer.txt").read_text())
    assert not answer["accepted"]
    assert answer["why"].startswith("this comes from inside a change (")
    assert answer["why"].endswith("only people command here")
    assert door.heard == []


def test_a_person_at_a_shell_is_heard(tmp_path: Path) -> None:
    settings, _, _ = prepared(tmp_path)
    (tmp_path / "client.py").write_text(CLIENT)
    door = Door(tmp_path, settings)

    async def asked() -> None:
        await door.desk.open()
        argv = (sys.executable, "client.py", ".aiwg/runner.sock", "answer.txt")
        process = await asyncio.create_subprocess_exec(*argv, cwd=tmp_path)
        await process.wait()
        await door.desk.close()

    asyncio.run(asked())
    assert door.heard == ["note"]


@contextlib.contextmanager
def session(env: dict[str, str]) -> Iterator[int]:
    """A process that leads a session of its own and waits; its pid."""
    argv, pipe = [sys.executable, "-c", "print(flush=True); input()"], subprocess.PIPE
    with subprocess.Popen(
        argv, env=env, start_new_session=True, stdin=pipe, stdout=pipe
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def test_the_key_of_a_change_gives_away_what_left_its_session() -> None:
    with session({CHANGE_KEY: "INC-1/execute@1"}) as pid:
        assert inside_change(pid, {}) == "INC-1/execute@1"


def test_a_session_whose_leader_only_has_a_number_that_a_launcher_had_is_a_persons() -> None:
    with session({}) as pid:
        launcher = (launch.ticks(pid), "roll orders back")
        assert inside_change(pid, {pid: launcher}) == "roll orders back"
        assert inside_change(pid, {pid: (1, "long ago")}) == ""
