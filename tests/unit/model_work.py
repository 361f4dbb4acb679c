"""A task of the small shop whose rules have worked already, and a model behind a real server.

The rules' reports are made once for many tests; each test has a bench of its own over what they
found. The client is the product's own SDK adapter, and the server is asked over a socket.
"""

import asyncio
import dataclasses
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from orchestrator.agents.claude import ClaudeBackend
from orchestrator.agents.claude.sdk import SdkClient
from orchestrator.agents.claude.turn import Client
from orchestrator.agents.contract import Answer, Bench
from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.settings_model import ModelTable
from tests.model_server import Reply
from tests.model_server.server import ModelServer, Received
from tests.model_server.wire import Body, Script
from tests.unit.fake_bench import FakeBench, task
from tests.unit.small_shop import DETECTED, Shop, open_shop

T = TypeVar("T")

KEY = "sk-ant-api03-planted-for-this-test-0123456789abcdef"

ROLES = {
    "regression/verdict": "regression-analyst",
    "regression/feasibility": "reliability-engineer",
    "tier1/data": "reliability-engineer",
    "tier2/analysis": "component-owner",
    "rca/5whys": "incident-responder",
    "mitigation/strategy": "incident-responder",
}

LONG = 10.0
"""Seconds from which on a wait is no pause between two tries, but a limit"""


def run(work: Coroutine[Any, Any, T]) -> T:
    """To its end, or to the end of patience with a test that hangs."""
    return asyncio.run(asyncio.wait_for(work, 30))


class PassingClock(FakeClock):
    """A clock that passes short waits by itself, and keeps how long they were."""

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self.waited: list[float] = []

    async def sleep(self, seconds: float) -> None:
        if seconds < LONG:
            self.waited.append(seconds)
            asyncio.get_running_loop().call_soon(self.advance, seconds)
        await super().sleep(seconds)


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules found in a shop, task by task, and the state after that."""

    shop: Shop
    state: State
    reports: Mapping[str, Mapping[str, Any]]


def found_in(root: Path, leak: bool = True, keys: tuple[str, ...] = tuple(ROLES)) -> Found:
    """The rules at work on the shop, once."""
    shop = open_shop(root, leak)
    bench = FakeBench(shop.root, shop.settings, shop.state, FakeClock(DETECTED + 1))

    async def work() -> dict[str, Mapping[str, Any]]:
        reports: dict[str, Mapping[str, Any]] = {}
        for key in keys:
            reports[key] = (await RulesBackend().perform(task(key), bench)).report
            done = dataclasses.replace(task(key), outcome="done", report=dict(reports[key]))
            bench.state.tasks[key] = done
        return reports

    return Found(shop, bench.state, asyncio.run(work()))


@dataclass(slots=True)
class Earlier:
    """The rules as a backend that hands in what they found earlier."""

    report: Mapping[str, Any]
    name: str = "rules"

    async def perform(self, task: Task, bench: Bench) -> Answer:
        """The report as it was made."""
        return Answer(self.report)


class Work:
    """One task at work."""

    def __init__(
        self,
        found: Found,
        key: str = "tier1/data",
        clock: FakeClock | None = None,
        role: str = "",
        **model: Any,
    ) -> None:
        self.key = key
        self.rules = found.reports[key]
        self.clock = clock or PassingClock(DETECTED + 2)
        self.model = model
        state = found.state.copy()
        state.tasks = {
            **state.tasks,
            key: dataclasses.replace(task(key), role=ROLES.get(key, role)),
        }
        shop = found.shop
        self.bench = FakeBench(shop.root, shop.settings, state, self.clock)
        self.bench._numbers = {(e.command, e.sha256): e.eid for e in state.evidence.values()}
        self.requests: list[Received] = []

    @property
    def task(self) -> Task:
        return self.bench.state.tasks[self.key]

    def steer(self, text: str) -> None:
        """A person's word to this task, as the runner would fold it."""
        self.bench.state.tasks[self.key] = dataclasses.replace(
            self.task, steers=(*self.task.steers, text)
        )

    def client(self, url: str, silence: float = 5.0) -> SdkClient:
        """The SDK on its way to `url`; the settings say so too."""
        table = ModelTable(base_url=url, **self.model)
        self.bench.settings = self.bench.settings.model_copy(update={"model": table})
        return SdkClient(table, {"ANTHROPIC_API_KEY": KEY}, silence)

    async def by(self, client: Client) -> Answer:
        """What the backend makes of it with this client."""
        return await ClaudeBackend(client, Earlier(self.rules)).perform(self.task, self.bench)

    async def at(self, server: ModelServer, silence: float = 5.0) -> Answer:
        """What the backend makes of it with a server that runs."""
        client = self.client(server.url, silence)
        self.requests = server.requests
        try:
            return await self.by(client)
        finally:
            await client.close()

    def answered(self, script: Script, silence: float = 5.0) -> Answer:
        """The same with a server for this one task."""

        async def work() -> Answer:
            async with ModelServer(script) as server:
                return await self.at(server, silence)

        return run(work())

    def hands_in(self, **changes: Any) -> Reply:
        """A report of a model: what the rules found, with other words."""
        return Reply.says(json.dumps(self.report(**changes)))

    def report(self, **changes: Any) -> dict[str, Any]:
        """The body of such a report; its summary is the model's own and cites the first item."""
        evidence = next(iter(self.bench.state.evidence))
        summary = {"text": "The model has read it.", "evidence": [evidence], "assumption": False}
        return {**self.rules, "summary": summary, **changes}

    def stands(self, answer: Answer, why: str = "") -> None:
        """The rules' report stands, marked with why."""
        assert answer.report == self.rules
        backend, _, said = self.bench.engaged[-1]
        assert backend == "rules"
        assert why in said, said
        assert said
        assert "\n" not in said
        assert any(kind == "warn" and "the rules' report stands" in t for kind, t in self.shown)

    def joined(self, answer: Answer) -> None:
        """The model's words are in the report, and nobody took over."""
        assert answer.report["summary"]["text"] == "The model has read it.", self.bench.engaged
        assert self.bench.engaged[-1][0] == "claude"

    @property
    def shown(self) -> list[tuple[str, str]]:
        return self.bench.shown

    def warned(self) -> str:
        """All warnings of the pane."""
        return "\n".join(text for kind, text in self.shown if kind == "warn")


def results(body: Body) -> list[Mapping[str, Any]]:
    """The results of tools in the newest message."""
    return [b for b in body["messages"][-1]["content"] if b["type"] == "tool_result"]


def told(body: Body) -> str:
    """The words of ours in the newest message."""
    return "\n".join(b["text"] for b in body["messages"][-1]["content"] if b["type"] == "text")


def due(body: Body) -> bool:
    """The wrap-up turn: no tool may be called, and the model is told so."""
    return body.get("tool_choice") == {"type": "none"} and "Hand in your report now" in told(body)
