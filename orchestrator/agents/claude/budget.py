"""How much of what it may use a task has left, and the incident with it."""

from dataclasses import dataclass

from orchestrator.agents.claude.models import Choice, cost
from orchestrator.agents.claude.turn import Usage
from orchestrator.agents.contract import Bench
from orchestrator.settings_model import ModelTable

NEARLY = 0.8
"""The share of a limit from which on the next turn has to hand in."""


@dataclass(slots=True)
class Budget:
    """The limits of one task at work. The incident's own is looked up live: others spend too."""

    table: ModelTable
    choice: Choice
    bench: Bench
    began: float
    turns: int = 0
    tokens: int = 0
    usd: float = 0.0

    @property
    def moment(self) -> float:
        """When the time of this task is over."""
        return self.began + self.choice.seconds

    def used(self, usage: Usage, dollars: float | None) -> None:
        self.turns += 1
        self.tokens += usage.fresh + usage.cached + usage.written + usage.output
        self.usd += dollars or 0.0

    def spent(self) -> str:
        """Which limit is used up: no turn may follow. Empty while there is something left."""
        incident = self.bench.fresh().bill().usd
        if 0 < self.table.incident_usd <= incident:
            return f"the incident's budget of ${self.table.incident_usd:g} is spent"
        if 0 < self.table.task.usd <= self.usd:
            return f"the task's budget of ${self.table.task.usd:g} is spent"
        if self.tokens >= self.table.task.tokens:
            return f"the task's {self.table.task.tokens:,} tokens are used up"
        if self.turns >= self.choice.turns:
            return f"the task's {self.choice.turns} turns are used up"
        if self.bench.clock.now() >= self.moment:
            return f"the task's {self.choice.seconds:g} s are over"
        return ""

    def late(self) -> str:
        """Why no call may begin any more: a limit is used up, or the time left is the report's."""
        near = self.bench.clock.now() - self.began >= self.choice.seconds * NEARLY
        return self.spent() or ("no time left" if near else "")

    def nearly(self) -> str:
        """Which limit is so near that the next turn has to hand in; empty while none is."""
        now = self.bench.clock.now()
        for part, what in (
            (self.turns + 1, self.choice.turns),
            (self.tokens, self.table.task.tokens * NEARLY),
            (now - self.began, self.choice.seconds * NEARLY),
        ):
            if part >= what:
                return "little is left of its limits"
        incident = self.bench.fresh().bill().usd
        for spent, limit in ((self.usd, self.table.task.usd), (incident, self.table.incident_usd)):
            if limit and spent >= limit * NEARLY:
                return "little is left of its budget"
        return ""

    def price(self, usage: Usage) -> float | None:
        return cost(self.choice.known, usage)
