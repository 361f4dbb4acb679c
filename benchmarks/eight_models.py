"""Eight tasks at once with a model behind the real SDK, and the server that model runs on.

`python -m benchmarks.eight_models serve PORT_FILE` is the server: each task thinks for `TURNS`
turns of `TURN_SECONDS` and hands in what the rules found; told to end, it says on stdout how many
seconds it answered each task. `python -m benchmarks.eight_models work INCIDENT_FOLDER URL` does the
tasks as a runner would, and says on stdout when each began and ended.
"""

import asyncio
import json
import signal
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestrator.agents.claude import ClaudeBackend
from orchestrator.agents.claude.sdk import SdkClient, warm
from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import WallClock
from orchestrator.conductor.bench import WorkBench
from orchestrator.conductor.room import Room
from orchestrator.model.commands import Command
from orchestrator.model.records import Task
from orchestrator.project import IncidentFolder, Project
from orchestrator.settings import Settings
from orchestrator.settings_model import ModelTable
from tests.model_server import ModelServer
from tests.model_server.reply import Reply
from tests.model_server.scripted import read, reworded
from tests.model_server.wire import Body, Wire

ROLES = {
    "triage/impact@9": "incident-responder",
    "triage/urgency@9": "reliability-engineer",
    "tier1/data@9": "reliability-engineer",
    "tier2/analysis@9": "component-owner",
    "tier3/architecture@9": "architecture-designer",
    "security/assessment@9": "security-gatekeeper",
    "rca/5whys@9": "incident-responder",
    "rca/ishikawa@9": "reliability-engineer",
}
"""The eight tasks; their repeat mark keeps them apart from those the incident had before."""

TURNS, TURN_SECONDS = 2, 10.0
DELTAS = 200

WORDS = "The error ratio rose two minutes after the release, and only checkout waits. "


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, and how long it took to give it."""

    reply: Reply
    task: str
    seconds: dict[str, float]

    async def send(self, wire: Wire) -> None:
        begun = time.monotonic()
        await self.reply.send(wire)
        self.seconds[self.task] += time.monotonic() - begun


class Thinking:
    """A script that thinks aloud for as long as was asked, then repeats the rules' report."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def __call__(self, body: Body, number: int) -> Timed:
        asked = read(body)
        turn = 1 + sum(message["role"] == "assistant" for message in body["messages"])
        if turn < TURNS:
            said = Reply.calls("search_evidence", {"words": f"error {turn}"})
        else:
            schema = body["output_config"]["format"]["schema"]
            said = Reply.says(json.dumps(reworded(asked, schema)))
        reply = Reply.thinks(WORDS * 30) + said
        written = sum(len(str(value)) for block in reply.blocks for value in asdict(block).values())
        paced = reply.paced(max(1, written // DELTAS), TURN_SECONDS / DELTAS)
        return Timed(paced, asked.task, self.seconds)


async def serve(port_file: Path) -> None:
    script, ended = Thinking(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with ModelServer(script) as server:
        port_file.write_text(server.url)
        await ended.wait()
    print(json.dumps(script.seconds))


async def work(folder: IncidentFolder, url: str) -> None:
    clock = WallClock()
    room = Room.open(Project(folder.path.parents[2]), folder.incident, clock)
    table = ModelTable(base_url=url, backend="claude")
    settings = Settings(model=table)
    backend = ClaudeBackend(SdkClient(table, {"ANTHROPIC_API_KEY": "bench"}), RulesBackend())
    await warm()
    spans: dict[str, tuple[float, float]] = {}

    async def apply(command: Command) -> object:
        return await room.apply(command)

    async def one(task: Task) -> None:
        bench = WorkBench(room, task, settings, clock, apply)
        begun = time.monotonic()
        await backend.perform(task, bench)
        bench.close()
        spans[task.key] = (begun, time.monotonic())

    await asyncio.gather(*(one(room.state.tasks[key]) for key in ROLES))
    backends = {key: room.state.tasks[key].backend for key in ROLES}
    print(json.dumps({"spans": spans, "backends": backends}))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(Path(sys.argv[2])))
    else:
        asyncio.run(work(IncidentFolder(Path(sys.argv[2])), sys.argv[3]))
