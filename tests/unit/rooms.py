"""A real room on disk for tests: journal, ledger, settings, and a catalogue with a tiny deploy."""

import sys
from pathlib import Path

from orchestrator.clock import FakeClock
from orchestrator.conductor.opening import Reported, detected
from orchestrator.conductor.room import Room
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.policy import Policy
from orchestrator.project import Project
from orchestrator.settings import Settings, load

KIM = Actor("human", "a.kim")
GOOD, BAD = "1" * 40, "2" * 40

DEPLOY = """\
import pathlib, sys
here = pathlib.Path(sys.argv[0]).parent
current, log = here / "current", here / "deploys.txt"
if "--current" in sys.argv:
    print(current.read_text())
elif "--dry-run" in sys.argv:
    print("would go to", sys.argv[1])
else:
    with log.open("a") as file:
        file.write(sys.argv[1] + "\\n")
    if (here / "broken").exists():
        sys.exit("the health check failed")
    while (here / "slow").exists():
        pass
    current.write_text(sys.argv[1])
    print("now at", sys.argv[1])
"""

TOML = """\
[project]
name = "shop"
[[people]]
name = "a.kim"
roles = ["on-call", "commander"]
[[services]]
name = "orders"
[[actions]]
id = "rollback"
kind = "rollback"
service = "orders"
title = "roll {{service}} back to {{version}}"
argv = ["{python}", "deploy.py", "{{version}}"]
dry_run = ["{python}", "deploy.py", "{{version}}", "--dry-run"]
pre_state = ["{python}", "deploy.py", "--current"]
undo = ["{python}", "deploy.py", "{{current}}"]
timeout = 20
risk = "{risk}"
blast = "one instance of {{service}}"
[actions.params.version]
pattern = "[0-9a-f]{{7,40}}"
"""


def shop(root: Path, risk: str = "medium") -> tuple[Project, Settings]:
    """A project whose one service runs BAD and can be rolled back."""
    (root / "warroom.toml").write_text(TOML.format(python=sys.executable, risk=risk))
    (root / "deploy.py").write_text(DEPLOY)
    (root / "current").write_text(BAD)
    project = Project(root)
    project.create()
    return project, load(project)


def deployed(root: Path) -> list[str]:
    """What the deploy script did, by its own log."""
    log = root / "deploys.txt"
    return log.read_text().split() if log.exists() else []


async def opened(project: Project, settings: Settings, clock: FakeClock) -> Room:
    """An incident, freshly detected."""
    room = Room.open(project, "INC-1", clock)
    reported = Reported(title="orders fail", service="orders", reporter="user")
    facts = detected(reported, "INC-1", settings, Policy(), project)
    await room.apply(Command("cmd/open", "open", clock.now(), KIM, facts))
    return room


def said(clock: FakeClock, name: str, **args: str) -> Command:
    return Command(f"cmd/{name}/{clock.now()}", name, clock.now(), KIM, args)


__all__ = ["BAD", "DEPLOY", "GOOD", "KIM", "deployed", "encode", "opened", "said", "shop"]
