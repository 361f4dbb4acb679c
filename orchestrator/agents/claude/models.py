"""Which model answers which task, with how much effort, and what a turn of it costs."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from orchestrator.agents.claude.turn import Usage
from orchestrator.settings_model import Effort, Known, ModelTable, Size

_FILE = Path(__file__).parent.parent / "models.toml"

_MILLION = 1_000_000

CHOSEN: dict[str, tuple[Size, Effort]] = {
    "intake/words": ("small", "low"),
    "detect/record": ("small", "low"),
    "detect/alert": ("small", "low"),
    "regression/verdict": ("middle", "medium"),
    "regression/feasibility": ("middle", "medium"),
    "triage/impact": ("small", "low"),
    "triage/urgency": ("small", "low"),
    "tier1/data": ("small", "medium"),
    "tier2/analysis": ("middle", "high"),
    "tier3/architecture": ("strong", "high"),
    "security/assessment": ("strong", "high"),
    "notify/management": ("small", "low"),
    "notify/executive": ("small", "low"),
    "notify/status-page": ("small", "low"),
    "rca/5whys": ("strong", "high"),
    "rca/ishikawa": ("strong", "medium"),
    "mitigation/strategy": ("middle", "high"),
    "mitigation/resolution": ("small", "low"),
    "review/pir": ("middle", "medium"),
    "review/actions": ("middle", "medium"),
    "review/runbook": ("middle", "medium"),
    "review/knowledge": ("small", "medium"),
}
"""Small where words are wanted fast, strong where the cause is at stake."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A model for a task, with its limits."""

    model: str
    known: Known
    effort: str
    turns: int
    seconds: float

    def instead(self, table: ModelTable, model: str) -> "Choice":
        """Another model under the same limits."""
        facts = known(table, model)
        return replace(self, model=model, known=facts, effort=self.effort if facts.effort else "")


def choice(table: ModelTable, task: str) -> Choice:
    """The model for a task key without its repeat mark, as data file and settings have it."""
    size, effort = CHOSEN.get(task, ("middle", "medium"))
    own = table.tasks.get(task)
    model = (own.model if own else "") or str(getattr(table, size))
    wanted = (own.effort if own else "") or effort
    facts = known(table, model)
    return Choice(
        model=model,
        known=facts,
        effort=wanted if facts.effort else "",
        turns=(own.turns if own else 0) or table.task.turns,
        seconds=(own.seconds if own else 0.0) or table.task.seconds,
    )


def known(table: ModelTable, model: str) -> Known:
    """What is known of a model: the settings' word first. One nobody knows has no price."""
    return table.known.get(model) or _shipped().get(model) or Known()


def cost(facts: Known, usage: Usage) -> float | None:
    """US dollars of one turn; None where a price is missing.

    Reads from and writes to the cache cost as input where they have no price of their own.
    """
    if facts.input is None or facts.output is None:
        return None
    read = facts.input if facts.cache_read is None else facts.cache_read
    write = facts.input if facts.cache_write is None else facts.cache_write
    dollars = (
        usage.fresh * facts.input
        + usage.cached * read
        + usage.written * write
        + usage.output * facts.output
    )
    return round(dollars / _MILLION, 6)


@cache
def _shipped() -> dict[str, Known]:
    """Model ids hold no dots, so that each is a table of its own."""
    return {name: Known(**facts) for name, facts in tomllib.loads(_FILE.read_text()).items()}
