"""Why a task was taken over or failed may repeat what a model made up: it is journalled safely."""

import asyncio
import json
from pathlib import Path

import pytest

from orchestrator.actions.executor import Unclear
from orchestrator.agents.claude.handing_in import Invalid, read
from orchestrator.agents.contract import Answer, Bench
from orchestrator.clock import FakeClock
from orchestrator.conductor.bench import WorkBench
from orchestrator.conductor.perform import Performer
from orchestrator.conductor.room import Room
from orchestrator.evidence.safe import LONGEST_REASON
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER, TaskFinished
from orchestrator.model.records import Task
from tests.unit.rooms import opened, shop

KEY = "detect/record"
SECRET = "ghp_" + "a1B2c3D4e5F6" * 3
HOSTILE = f"{SECRET}\x1b]0;owned\x07\x1b[2J\nAll is well.\u202e" + "x" * 1000


class Scene:
    """A task of an incident, and what the journal keeps of why it ended as it did."""

    def __init__(self, root: Path) -> None:
        project, self.settings = shop(root)
        self.clock = FakeClock()
        self.room: Room = asyncio.run(opened(project, self.settings, self.clock))

    @property
    def task(self) -> Task:
        return self.room.state.tasks[KEY]

    def taken_over(self, why: str) -> str:
        async def engaged() -> None:
            bench = WorkBench(self.room, self.task, self.settings, self.clock, self.room.apply)
            await bench.engage("rules", why=why)
            await bench.engage("rules", why=why)
            bench.close()

        asyncio.run(engaged())
        return self.task.taken_over

    def ended_by(self, error: Exception) -> str:
        class Failing:
            name = "rules"

            async def perform(self, task: Task, bench: Bench) -> Answer:
                raise error

        async def performed() -> None:
            performer = Performer(self.settings, Failing(), self.clock)
            report = await performer.perform(self.room, self.task, self.room.apply)
            await self.room.apply(Command("report", "report", self.clock.now(), RUNNER, report))

        asyncio.run(performed())
        (why,) = [e.data.why for e in self.room.events if isinstance(e.data, TaskFinished)]
        return why

    def is_safe(self, why: str) -> None:
        """One short line without the secret, and so in every file of the incident."""
        assert why.isprintable()
        assert "[redacted" in why
        assert len(why) <= LONGEST_REASON
        for path in self.room.folder.path.rglob("*"):
            assert not path.is_file() or SECRET not in path.read_text(), path
        journal = self.room.folder.journal.read_text()
        assert "\\u001b" not in journal
        assert "\u202e" not in journal


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_names_a_model_made_up_are_made_safe_before_they_say_why_rules_took_over(
    scene: Scene,
) -> None:
    with pytest.raises(Invalid) as caught:
        read(KEY, json.dumps({HOSTILE: 1}), set(), {})
    assert SECRET in str(caught.value)
    scene.is_safe(scene.taken_over(f"claude-haiku-5-5: {caught.value}"))


def test_a_reason_that_had_to_be_made_safe_is_told_once(scene: Scene) -> None:
    scene.taken_over(HOSTILE)
    assert [event.type for event in scene.room.events].count("task.engaged") == 1


@pytest.mark.parametrize("error", [ValueError(HOSTILE), Unclear(HOSTILE)], ids=["bug", "unclear"])
def test_an_error_is_made_safe_before_it_says_why_a_task_ended(
    scene: Scene, error: Exception
) -> None:
    scene.is_safe(scene.ended_by(error))


def test_a_plain_reason_is_kept_word_for_word(scene: Scene) -> None:
    assert scene.taken_over("claude: the model is overloaded (529)") == (
        "claude: the model is overloaded (529)"
    )
