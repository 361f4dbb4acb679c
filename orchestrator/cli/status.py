"""`warroom status`: every incident of the project, what waits for a key, what falls due."""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from orchestrator.cli import (
    BROKEN_INPUT,
    DONE,
    WRONG_USE,
    Console,
    one_line,
    refuse,
    refused_folder,
)
from orchestrator.client import alive
from orchestrator.clock import WallClock, iso, span
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.calling import numbers
from orchestrator.model.spending import as_json, backends, models_asked, usage
from orchestrator.model.state import State
from orchestrator.project import Project


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser("status", help="what is open, what waits, what is due")
    parser.add_argument("incident", nargs="?", default="", help="one incident (default: all)")
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    project, now = Project(Path(args.project).resolve()), WallClock().now()
    code = refused_folder(project)
    if code is not None:
        return code
    folders = [f for f in project.all_incidents() if args.incident in ("", f.incident)]
    if args.incident and not folders:
        return refuse(f"no incident {args.incident!r} in {project.root}", WRONG_USE)
    found, broken = [], ""
    for folder in folders:
        try:
            found.append(load_state(folder.journal)[0])
        except JournalBroken as error:
            broken = str(error)
    running = alive(project, now)
    if args.json:
        told = [summary(state, now) for state in found]
        print(json.dumps({"runner": "running" if running else "down", "incidents": told}))
    else:
        print(f"runner {'running' if running else 'DOWN'}   {len(found)} incident(s)")
        for state in found:
            item = summary(state, now)
            print(one_line(_line(item)))
            for call in item["call"]:
                print(one_line(f"    ☎ CALL {call['person']} {call['contact']}: {call['why']}"))
            if models_asked(state):
                print(one_line(f"    {'+'.join(backends(state))}: {usage(state.bill())}"))
    return refuse(broken, BROKEN_INPUT) if broken else DONE


def summary(state: State, now: float) -> dict[str, Any]:
    """What a person asks first of an incident."""
    counting = sorted(
        (d for d in state.deadlines.values() if d.counting and d.kind == "promise"),
        key=lambda d: d.due,
    )
    return {
        "incident": state.incident,
        "title": state.title,
        "severity": state.severity or "TBD",
        "status": state.status,
        "resolution": state.resolution or None,
        "commander": state.person("commander"),
        "detected_at": iso(state.detected_at),
        "elapsed": round((state.closed_at or now) - state.detected_at, 1),
        "stopped": state.stopped or None,
        "waiting": [a.approval for a in state.approvals.values() if a.open],
        "next_deadline": counting[0].name if counting else None,
        "next_due_in": round(counting[0].due - now, 1) if counting else None,
        "open_questions": list(state.questions),
        "models": as_json(state),
        "call": [dataclasses.asdict(one) for one in numbers(state, now)],
        "offered": [f"{one.role} to {one.person}" for one in state.crew.offered()],
        "head": state.seq,
    }


def _line(item: dict[str, Any]) -> str:
    waits = f"  waits: {', '.join(item['waiting'])}" if item["waiting"] else ""
    due = (
        f"  {item['next_deadline']} in {span(item['next_due_in'])}" if item["next_deadline"] else ""
    )
    offered = f"  offered: {', '.join(item['offered'])}" if item["offered"] else ""
    return (
        f"{item['severity']:<4}{item['incident']:<18}{item['status']:<14}"
        f"{span(item['elapsed'])}  {item['title']}{waits}{due}{offered}"
    )
