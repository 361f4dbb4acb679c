"""Two people decide about the same change at the same moment: one of them does, both are told."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.client import Answer, send
from orchestrator.clock import FakeClock
from orchestrator.conductor.desk import Desk
from orchestrator.conductor.room import Room
from orchestrator.conductor.runner import Runner
from orchestrator.model import events as ev
from orchestrator.project import Project
from orchestrator.settings import Settings
from tests.unit.rooms import opened, shop

ROUNDS = 100
SHA = "5" * 64
NAMING = re.compile(r"change \d+: already (approved|denied) by \S+ at \d\d:\d\d:\d\d")


def waiting(project: Project, settings: Settings, clock: FakeClock) -> Room:
    """An incident with a hundred changes that wait for a key."""
    room = asyncio.run(opened(project, settings, clock))
    card: dict[str, Any] = {"sha256": SHA}
    asked = [
        ev.Event(
            room.writer.seq + n,
            f"approval/a{n}/requested",
            clock.now(),
            ev.FLOW,
            ev.ApprovalRequested(
                f"a{n}", "rollback", f"change {n}", "medium", SHA, clock.now() + 900, card, ()
            ),
        )
        for n in range(1, ROUNDS + 1)
    ]
    room.writer.append(asked)
    room.close()
    (project.heads / "INC-1.json").unlink()
    return Room.open(project, "INC-1", clock)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Runner, Room, Project]:
    project, settings = shop(tmp_path)
    clock = FakeClock()
    made, room = Runner(project, settings, clock), waiting(project, settings, clock)

    async def apply(incident: str, command: Any) -> None:
        await room.apply(command)

    rooms = SimpleNamespace(
        rooms={"INC-1": room}, broken={}, disk_full="", room=lambda _: room, apply=apply
    )
    monkeypatch.setattr(made, "_conductor", rooms)
    return made, room, project


def command(n: int, who: int) -> dict[str, Any]:
    verb = "approve" if (n + who) % 3 else "deny"
    args = {"approval": f"a{n}", "sha256": SHA, "why": "not now"}
    return {"id": f"cmd/{n}/{who}", "cmd": verb, "incident": "INC-1", **args}


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told_who(
    runner: tuple[Runner, Room, Project],
) -> None:
    serving, room, project = runner
    desk = Desk(project, serving._settings, serving.serve)

    async def rounds() -> list[tuple[Answer, Answer]]:
        loop = asyncio.get_running_loop()
        await desk.open()
        answers: list[tuple[Answer, Answer]] = []
        with ThreadPoolExecutor(2) as clients:
            for n in range(1, ROUNDS + 1):
                both = [
                    loop.run_in_executor(clients, send, project, command(n, who)) for who in (0, 1)
                ]
                answers.append(tuple(await asyncio.gather(*both)))  # type: ignore[arg-type]
        await desk.close()
        return answers

    decisions = asyncio.run(rounds())
    assert len(decisions) == ROUNDS
    for both in decisions:
        assert sorted(one.accepted for one in both) == [False, True]
        refusal = next(one for one in both if not one.accepted)
        assert NAMING.match(refusal.why), refusal.why
    decided = [
        event.data.approval
        for event in room.events
        if isinstance(event.data, ev.ApprovalGranted | ev.ApprovalDenied)
    ]
    assert len(decided) == len(set(decided)) == ROUNDS
