"""`warroom doctor`: try everything an incident will need, while there is none."""

import argparse
import asyncio
import dataclasses
import json
import os
from itertools import groupby
from pathlib import Path

from orchestrator.checkup import (
    actions,
    channels,
    ground,
    model,
    people,
    rotations,
    services,
    tickets,
)
from orchestrator.checkup.found import Found, ok
from orchestrator.cli import BROKEN_INPUT, DONE, NOT_RESOLVED, WRONG_USE, Console, refuse
from orchestrator.clock import Clock, WallClock
from orchestrator.model.policy import Policy
from orchestrator.project import Project
from orchestrator.settings import Settings, SettingsError, load, policy

_MARKS = {"ok": "✓", "warn": "▲", "bad": "×"}


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        "doctor",
        help="check every source, action and person, and say how to mend what is wrong",
        description="Check every source, action, person, rule and runbook of the project. Changes "
        "nothing. Exit code 0: fit; 1: something is wrong; 3: the settings are broken.",
    )
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    root = Path(args.project).resolve()
    if not root.is_dir():
        return refuse(f"{root}: no such folder", WRONG_USE)
    project = Project(root)
    try:
        settings = load(project)
        rules = policy(settings, root)
        console = args.check_console(project)
    except (SettingsError, ValueError) as error:
        return refuse(str(error), BROKEN_INPUT)
    found = asyncio.run(examine(project, settings, rules, os.getuid(), WallClock()))
    found += [ok("console", "settings", console)] if console else []
    wrong = any(one.state == "bad" for one in found)
    print(_as_json(found, wrong) if args.json else _as_lines(found))
    return NOT_RESOLVED if wrong else DONE


async def examine(
    project: Project, settings: Settings, rules: Policy, uid: int, clock: Clock
) -> list[Found]:
    """Everything there is to find, in the order of the settings."""
    found = ground.rules(rules) + people.check(settings, uid)
    found += await rotations.check(settings, project.root, clock)
    if not settings.services:
        mend = "add [[services]], or let `warroom init` look for them in an empty place"
        found.append(Found("services", "all", "bad", "none is named", mend))
    for service in settings.services:
        found += await services.check(service, project.root, clock)
    found += actions.ways_back(settings)
    for action in settings.actions:
        found += await actions.check(action, settings, project.root)
    found += await ground.shelf(settings, project.root)
    found += ground.words(settings)
    found += await channels.check(settings)
    found += await model.check(settings)
    found += tickets.check(settings)
    return found + await ground.machine(project)


def _as_json(found: list[Found], wrong: bool) -> str:
    return json.dumps({"ok": not wrong, "checks": [dataclasses.asdict(one) for one in found]})


def _as_lines(found: list[Found]) -> str:
    lines = []
    for about, group in groupby(found, key=lambda one: one.about):
        lines.append(about)
        for one in group:
            mend = f"; {one.mend}" if one.mend else ""
            lines.append(f"  {_MARKS[one.state]} {one.name}: {' '.join(one.said.split())}{mend}")
    counts = {state: sum(one.state == state for one in found) for state in _MARKS}
    lines.append(f"{counts['ok']} well, {counts['warn']} worth a word, {counts['bad']} wrong")
    return "\n".join(lines)
