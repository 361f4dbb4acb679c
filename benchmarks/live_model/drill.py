"""One drill through the product with a model, without a screen, and what the model did in it."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.live_model.serve import NAME
from benchmarks.live_model.weights import CACHE
from orchestrator.agents.claude.models import CHOSEN
from orchestrator.cli.director import Director
from orchestrator.clock import WallClock
from orchestrator.drills import DrillError
from orchestrator.drills.home import create
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.project import Project

DRILLS = CACHE / "drills"
BACKEND = "claude"
SECONDS, PATIENCE = 400.0, 7200.0
"""For one task, and for the whole drill: beside a drill on two cores a small model reads some 30
tokens a second, its first prompt has some 3,600, and nobody waits at a screen."""

SETTINGS = """
[model]
backend = "claude"
base_url = {url}
small = {model}
middle = {model}
strong = {model}
fallback = ""

[model.task]
turns = 4
seconds = {seconds}
"""

OURS = f"""
[model.known."{NAME}"]
input = 0.0
output = 0.0
cache_read = 0.0
cache_write = 0.0
context = 16_384
most_output = 2048
effort = false
thinking = false
"""
"""What the small model behind our own gateway can take; it costs nothing."""


LEFT_OUT = """
[model.tasks.{task}]
ask = false
"""
"""A task the model is not tried on: the rules answer it alone."""


def run_drill(
    url: str,
    model: str,
    seed: int,
    seconds: float = SECONDS,
    patience: float = PATIENCE,
    only: Sequence[str] = (),
) -> Path:
    """The incident's folder after one drill; the key is the environment's.

    `seconds`: what one task may take; `patience`: after how many the drill is given up, as it then
    is; `only`: the tasks the model is tried on, all where none is named. DrillError when no
    incident was ever opened.
    """
    clock = WallClock()
    home = create("leak", seed, DRILLS, clock)
    table = SETTINGS.format(url=json.dumps(url), model=json.dumps(model), seconds=seconds)
    with Project(home.project).settings.open("a") as settings:
        settings.write(table + (OURS if model == NAME else ""))
        for task in CHOSEN if only else ():
            if task not in only:
                settings.write(LEFT_OUT.format(task=json.dumps(task)))
    os.environ["ANTHROPIC_BASE_URL"] = url  # an operator's own would lead elsewhere
    director = Director(home, clock, autopilot=True, while_pid=0, patience=patience)
    outcome = asyncio.run(director.run())
    if not outcome.body["dir"]:
        raise DrillError(str(outcome.body["why"]))
    print(outcome.text, flush=True)
    return Path(str(outcome.body["dir"]))


def answered(events: Sequence[Event]) -> int:
    """Turns that a model answered."""
    return sum(isinstance(event.data, ev.TurnSpent) for event in events)


def part_taken(events: Sequence[Event]) -> list[str]:
    """How far the drill came and what the model did in it, and why the rest was taken over."""
    spent = [event.data for event in events if isinstance(event.data, ev.TurnSpent)]
    ends = Counter(
        event.data.backend
        for event in events
        if isinstance(event.data, ev.TaskFinished) and event.data.outcome == "done"
    )
    read = sum(turn.fresh + turn.cached + turn.written for turn in spent)
    kinds = Counter(event.type for event in events)
    status = next(
        (e.data.status for e in reversed(events) if isinstance(e.data, ev.StatusChanged)),
        "DETECTED",
    )
    lines = [
        f"the drill ended {status}: {kinds['approval.granted']} changes approved,"
        f" {kinds['action.started']} carried out",
        f"reports: {ends[BACKEND]} by the model, {ends['rules']} by the rules",
        f"turns answered: {len(spent)}; tokens read {read}, written"
        f" {sum(turn.output for turn in spent)}, in {sum(turn.seconds for turn in spent):.0f} s",
    ]
    why = Counter(
        event.data.why
        for event in events
        if isinstance(event.data, ev.TaskEngaged) and event.data.why
    )
    return lines + [f"taken over {count} times: {reason}" for reason, count in why.most_common()]
