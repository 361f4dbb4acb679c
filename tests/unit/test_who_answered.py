"""Who answered a task is on record, also where a runner ended in the middle and another went on."""

import asyncio
from pathlib import Path

import pytest

from orchestrator.agents.contract import Answer, Bench
from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.conductor.bench import WorkBench
from orchestrator.conductor.perform import Performer
from orchestrator.conductor.room import Room
from orchestrator.journal.verify import verify
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER, TaskEngaged
from orchestrator.model.records import Task
from tests.unit.rooms import opened, shop

KEY = "detect/record"
MODEL = "claude-haiku-5-5"


class Model:
    """A backend that begins as a model does, and hands in what the rules found."""

    name = "claude"

    async def perform(self, task: Task, bench: Bench) -> Answer:
        await bench.engage("rules")
        found = await RulesBackend().perform(task, bench)
        await bench.engage(self.name, MODEL)
        return found


class Scene:
    """One task of an incident, and the runners that work on it one after another."""

    def __init__(self, root: Path) -> None:
        self.project, self.settings = shop(root)
        self.clock = FakeClock()
        self.room = asyncio.run(opened(self.project, self.settings, self.clock))

    @property
    def task(self) -> Task:
        return self.room.state.tasks[KEY]

    def engage(self, *engaged: tuple[str, str, str]) -> None:
        """They begin to answer, one after another, and the runner is killed."""

        async def one_after_another() -> None:
            bench = WorkBench(self.room, self.task, self.settings, self.clock, self.room.apply)
            for backend, model, why in engaged:
                await bench.engage(backend, model, why)
            bench.close()

        asyncio.run(one_after_another())
        self.room.close()
        self.room = Room.open(self.project, "INC-1", self.clock)

    def finished_by(self, backend: RulesBackend | Model) -> str:
        """Who the journal says answered, once this backend has gone on to the end."""

        async def work() -> None:
            performer = Performer(self.settings, backend, self.clock)
            report = await performer.perform(self.room, self.task, self.room.apply)
            await self.room.apply(Command("report", "report", self.clock.now(), RUNNER, report))

        asyncio.run(work())
        assert self.task.outcome == "done"
        assert verify(self.room.folder).ok
        return self.task.backend

    def engagements(self) -> list[tuple[str, str, str]]:
        said = [event.data for event in self.room.events]
        return [(one.backend, one.model, one.why) for one in said if isinstance(one, TaskEngaged)]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_rules_that_go_on_with_what_a_model_had_begun_took_it_over_and_say_why(
    scene: Scene,
) -> None:
    scene.engage(("rules", "", ""), ("claude", MODEL, ""))
    assert scene.finished_by(RulesBackend()) == "rules"
    why = f"{MODEL}: its runner ended, and the one that goes on asks no model"
    assert scene.task.taken_over == why
    assert scene.engagements()[-1] == ("rules", "", why)


def test_a_model_that_works_again_after_a_takeover_answered_it(scene: Scene) -> None:
    scene.engage(("rules", "", ""), ("claude", MODEL, ""), ("rules", "", f"{MODEL}: overloaded"))
    assert scene.finished_by(Model()) == "claude"
    assert (scene.task.model, scene.task.taken_over) == (MODEL, "")


def test_the_same_takeover_in_each_of_two_runs_is_on_record_twice(scene: Scene) -> None:
    over = ("rules", "", f"{MODEL}: overloaded")
    scene.engage(("rules", "", ""), ("claude", MODEL, ""), over)
    scene.engage(("rules", "", ""), ("claude", MODEL, ""), over)
    assert scene.engagements().count(over) == 2
    assert scene.task.taken_over == f"{MODEL}: overloaded"


def test_who_answers_already_is_not_told_again(scene: Scene) -> None:
    scene.engage(("claude", MODEL, ""), ("claude", MODEL, ""))
    assert scene.engagements() == [("claude", MODEL, "")]


def test_rules_alone_took_nothing_over(scene: Scene) -> None:
    assert scene.finished_by(RulesBackend()) == "rules"
    assert scene.engagements() == []
