"""What a model is told at the start: a system text that never changes, then this incident.

The system text of a task is the same bytes every time, so that it lies in the cache; everything of
the incident comes after it, in the first message. Words of people and of systems stand there as
quotations.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from orchestrator.agents.claude.quoting import heading, quoted
from orchestrator.agents.claude.tools import TOOLS
from orchestrator.agents.claude.turn import Block
from orchestrator.clock import iso
from orchestrator.model.records import Task
from orchestrator.model.state import State
from orchestrator.settings import Settings

MOST_ITEMS = 120
"""Evidence items named at the start; older ones can be asked for by number."""

MOST_REPORT = 24_000
"""Characters of the rules' report that are shown."""


@cache
def system(role: str, task: str) -> tuple[Block, ...]:
    """The ground rules, the role, and the task: one cached block."""
    room = files("templates") / "prompts"
    parts = ("ground.md", f"{role}/role.md", f"{role}/{task.replace('/', '-')}.md")
    text = "\n\n".join((room / part).read_text(encoding="utf-8").strip() for part in parts)
    return ({"type": "text", "text": text, "cache_control": {"type": "ephemeral"}},)


@cache
def tools() -> tuple[Block, ...]:
    """The tools as the API takes them, in one order for all tasks."""
    from anthropic import transform_schema

    return tuple(
        {
            "name": name,
            "description": tool.about,
            "input_schema": transform_schema(tool.arguments),
            "strict": True,
        }
        for name, tool in TOOLS.items()
    )


def opening(
    state: State, task: Task, settings: Settings, rules: Mapping[str, Any]
) -> tuple[Block, ...]:
    """The first message: facts, what the rules found, the evidence there is, what people said."""
    key = task.key.partition("@")[0]
    parts = [
        f"task: {key}\n{task.title}",
        "# The incident\n" + _facts(state),
        "# The deterministic responder's report on this task\n"
        "Made by code, from the evidence it cites. Check it.\n"
        + json.dumps(dict(rules), ensure_ascii=False)[:MOST_REPORT],
        "# Evidence\n" + (_index(state) or "none yet"),
    ]
    if done := _done(state):
        parts.append("# Reports of other tasks (earlier_report shows them whole)\n" + done)
    if key == "mitigation/strategy":
        parts.append("# The operator's catalogue\n" + _catalogue(state, settings))
    if said := _said(state, task):
        parts.append("# What people said\n" + said)
    return ({"role": "user", "content": [{"type": "text", "text": "\n\n".join(parts)}]},)


def told_since(state: State, task: Task, steers: int, human: frozenset[str]) -> list[str]:
    """What people said and brought while the model was at work: for its next turn."""
    now = state.tasks.get(task.key, task)
    said = [f"A person of the incident tells you: {quoted(text)}" for text in now.steers[steers:]]
    for item in state.evidence.values():
        if item.taint == "human" and item.eid not in human:
            said.append(f"A person added evidence: {heading(item)}")
    return said


def of_people(state: State) -> frozenset[str]:
    """The evidence people brought."""
    return frozenset(item.eid for item in state.evidence.values() if item.taint == "human")


def _facts(state: State) -> str:
    rows = {
        "incident": state.incident,
        "service": state.service or "UNKNOWN",
        "title": quoted(state.title),
        "symptoms": quoted(state.symptoms),
        "status": state.status,
        "severity": state.severity or "not triaged yet",
        "detected": iso(state.detected_at),
        "impact began": iso(state.impact_started_at) if state.impact_started_at else "UNKNOWN",
        "regression": json.dumps(state.regression) if state.regression else "not judged yet",
        "root cause": json.dumps(state.cause, ensure_ascii=False) if state.cause else "not known",
        "resolution": state.resolution or "none yet",
        "guidance": quoted(state.guidance) if state.guidance else "none",
    }
    return "\n".join(f"{name}: {value}" for name, value in rows.items())


def _index(state: State) -> str:
    items = list(state.evidence.values())
    shown = [heading(item) for item in items[-MOST_ITEMS:]]
    if len(items) > MOST_ITEMS:
        shown.insert(0, f"({len(items) - MOST_ITEMS} older items are not named here)")
    return "\n".join(shown)


def _done(state: State) -> str:
    said = []
    for task in state.tasks.values():
        summary = task.report.get("summary") if task.kind == "agent" else None
        if task.outcome == "done" and isinstance(summary, Mapping):
            cited = " ".join(f"[{eid}]" for eid in summary.get("evidence", ()))
            said.append(f"{task.key}: {quoted(str(summary['text']))} {cited}".rstrip())
    return "\n".join(said)


def _catalogue(state: State, settings: Settings) -> str:
    """The actions this service may be changed by: only these exist."""
    said = []
    for action in settings.actions:
        if action.service in ("", *settings.around(state.service)):
            wanted = {name: one.wanted for name, one in action.params.items()}
            said.append(
                f"{action.id} ({action.kind}, risk {action.risk}): {quoted(action.title)}"
                f" params {json.dumps(wanted)}"
            )
    return "\n".join(said) or "empty: no action exists"


def _said(state: State, task: Task) -> str:
    said = [f"{field}: {quoted(text)}" for field, text in state.answers.items()]
    for one in task.inputs.get("denied", ()):
        said.append(
            f"denied by {one['by']}: {quoted(str(one['title']))}: {quoted(str(one['why']))}"
        )
    said += [f"to you: {quoted(text)}" for text in task.steers]
    return "\n".join(said)
