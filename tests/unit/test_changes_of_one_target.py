"""What two incidents change of one target goes one after the other; others wait for nobody."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions.executor import Execution
from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.conductor import perform
from orchestrator.conductor.perform import Performer
from orchestrator.model.records import Task
from tests.unit.rooms import opened, shop


def change(number: int, target: str) -> Task:
    card = {"title": "t", "argv": ["x"], "target": target, "kind": "restart", "probes": []}
    inputs = {"approval": f"rollback@{number}", "card": card}
    key = f"mitigation/execute@{number}"
    return Task(key, 1, "action", "devops-engineer", "t", "mitigation", inputs, 0.0)


@pytest.mark.parametrize(
    ("targets", "course"),
    [
        (("orders", "orders"), ["begin 1", "end 1", "begin 2", "end 2"]),
        (("orders", "edge"), ["begin 1", "begin 2", "end 1", "end 2"]),
    ],
)
def test_a_target_is_changed_by_one_at_a_time(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    targets: tuple[str, str],
    course: list[str],
) -> None:
    seen: list[str] = []

    async def carried_out(run: Execution, *_: Any) -> dict[str, Any]:
        number = run.approval.partition("@")[2]
        seen.append(f"begin {number}")
        for _turn in range(50):
            await asyncio.sleep(0)
        seen.append(f"end {number}")
        return {"exit": 1, "output": ""}

    async def apply(_: Any) -> None:
        return None

    async def both() -> None:
        clock = FakeClock()
        made, settings = shop(tmp_path)
        room = await opened(made, settings, clock)
        performer = Performer(settings, RulesBackend(), clock)
        tasks = [change(number, target) for number, target in enumerate(targets, start=1)]
        await asyncio.gather(*(performer.perform(room, task, apply) for task in tasks))

    monkeypatch.setattr(perform, "execute", carried_out)
    asyncio.run(both())
    assert seen == course
