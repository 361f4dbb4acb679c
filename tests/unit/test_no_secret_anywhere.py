"""Every kind of secret, planted in all that comes in: none reaches the folder or what is shown."""

import asyncio
from pathlib import Path

import pytest

from orchestrator.agents.contract import Observation
from orchestrator.clock import FakeClock
from orchestrator.conductor.bench import WorkBench
from orchestrator.conductor.by_hand import ByHand
from orchestrator.conductor.desk import Asked
from orchestrator.conductor.opening import Reported, detected
from orchestrator.conductor.room import Room
from orchestrator.documents.edits import store
from orchestrator.documents.write import current
from orchestrator.evidence.safe import safe
from orchestrator.journal.read import read_journal
from orchestrator.journal.verify import verify
from orchestrator.model.commands import Command
from orchestrator.model.events import Event
from orchestrator.model.policy import Policy
from orchestrator.model.timeline import row
from tests.unit.fake_bench import task
from tests.unit.planted_secrets import planted
from tests.unit.rooms import KIM, shop

SEED = 41
PLANTED = planted(SEED)
SECRETS = sorted({secret for item in PLANTED for secret in item.secrets})


class Scene:
    """An incident into which the same secrets come by every door."""

    def __init__(self, root: Path) -> None:
        self.project, self.settings = shop(root)
        self.clock = FakeClock()
        self.room = Room.open(self.project, "INC-1", self.clock)

    async def apply(self, command: Command) -> list[Event]:
        events: list[Event] = await self.room.apply(command)
        return events

    async def applied(self, incident: str, command: Command) -> list[Event]:
        return await self.apply(command)

    def bench(self, key: str = "tier1/data") -> WorkBench:
        work = task(key)
        return WorkBench(self.room, work, self.settings, self.clock, self.apply)

    async def opened_by_an_alert(self) -> None:
        said = {f"k{n}": item.text for n, item in enumerate(PLANTED)}
        reported = Reported(
            title="orders fail",
            service="orders",
            reporter="monitor",
            symptoms=PLANTED[0].text,
            alert={"labels": said, "annotations": {"all": [item.text for item in PLANTED]}},
        )
        facts = detected(reported, "INC-1", self.settings, Policy(), self.project)
        await self.apply(Command("cmd/open", "open", self.clock.now(), KIM, facts))

    async def observed(self) -> None:
        bench = self.bench()
        everything = "\n".join(item.text for item in PLANTED)
        added = "\n".join(f"+{line}" for line in everything.split("\n"))
        for kind, content in (("log", everything), ("code", added), ("health", everything)):
            await bench.observe(Observation(kind, "src", f"read {kind}", f"{kind} read", content))
        for item in PLANTED:
            bench.call(item.text)
            bench.out(item.text)
            bench.say(item.text + "\n")
            bench.warn(item.text)
            told = Observation("log", item.text, item.text, item.text, f"seen {item.kind}")
            await bench.observe(told)
        bench.close()

    async def told_by_a_person(self) -> None:
        by_hand = ByHand(self.applied, self.clock)
        for number, item in enumerate(PLANTED):
            asked = Asked(
                id=f"cmd/{number}", cmd="evidence", text=item.text, source=item.text[:300]
            )
            answer = await by_hand.take(self.room, asked, KIM)
            assert answer["accepted"], answer
            note = safe({"text": item.text})
            await self.apply(Command(f"cmd/n{number}", "note", self.clock.now(), KIM, note))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    made = Scene(tmp_path_factory.mktemp("scene"))

    async def play() -> None:
        await made.opened_by_an_alert()
        await made.observed()
        await made.told_by_a_person()

    asyncio.run(play())
    events = read_journal(made.room.folder.journal).events
    for document in current(made.room.state, events):
        store(made.room.folder, document)
    return made


def test_none_reaches_a_file_of_the_project(scene: Scene) -> None:
    files = [path for path in scene.project.home.rglob("*") if path.is_file()]
    kinds = {path.parent.name for path in files}
    assert {"INC-1", "evidence", "transcripts"} <= kinds
    for path in files:
        body = path.read_text(errors="replace")
        found = [secret for secret in SECRETS if secret in body]
        assert not found, (path, found)


def test_none_reaches_a_line_of_the_timeline(scene: Scene) -> None:
    events = read_journal(scene.room.folder.journal).events
    shown = "\n".join(f"{line.text} {line.who}" for event in events if (line := row(event)))
    assert "[redacted]" in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_each_item_says_how_many_it_lost_and_everything_verifies(scene: Scene) -> None:
    items = {item.command: item for item in scene.room.state.evidence.values()}
    assert items["read log"].redactions >= len(PLANTED)
    assert verify(scene.room.folder).ok
