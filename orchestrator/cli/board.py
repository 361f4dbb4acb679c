"""`warroom board`: every incident of the project, and the next promises to be broken, as text."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.cli import BROKEN_INPUT, DONE, Console, refuse, refused_folder
from orchestrator.cli.status import summary
from orchestrator.client import alive
from orchestrator.clock import WallClock, iso, span
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.deadlines import due, standing
from orchestrator.model.major import major
from orchestrator.model.owed import BY_FLOW, owner
from orchestrator.model.state import State
from orchestrator.model.wording import bare_name
from orchestrator.project import Project


@dataclass(frozen=True, slots=True)
class Owed:
    """One promise or trigger that is still ahead, or broken and still open."""

    incident: str
    severity: str
    name: str
    kind: str
    due: float
    standing: str
    by: str


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser("board", help="all incidents and the next deadlines, as text")
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    project, now = Project(Path(args.project).resolve()), WallClock().now()
    if (code := refused_folder(project)) is not None:
        return code
    states, broken = [], ""
    for folder in project.all_incidents():
        try:
            states.append(load_state(folder.journal)[0])
        except JournalBroken as error:
            broken = str(error)
    states.sort(key=_rank)
    owed = sorted((one for state in states for one in still_owed(state, now)), key=_pressing)
    grave = [state.incident for state in major(states)]
    running = alive(project, now)
    if args.json:
        print(json.dumps(_body(states, owed, grave, running, now)))
    else:
        for line in _lines(states, owed, grave, running, now):
            print(line)
    return refuse(broken, BROKEN_INPUT) if broken else DONE


def still_owed(state: State, now: float) -> list[Owed]:
    """What counts down in an incident, and what was promised, broken and never done."""
    plans = {plan.name: plan for plan in due(state.policy, state)}
    found: list[Owed] = []
    for deadline in state.deadlines.values():
        plan = plans.get(deadline.name)
        if bare_name(deadline.name) in BY_FLOW:
            continue
        broken = (
            deadline.outcome in ("fired", "missed")
            and plan is not None
            and not plan.met_at
            and not plan.moot
        )
        if state.status != "CLOSED" and (deadline.counting or broken):
            found.append(
                Owed(
                    state.incident,
                    state.severity,
                    deadline.name,
                    deadline.kind,
                    deadline.due,
                    standing(deadline, now),
                    owner(state, deadline.name),
                )
            )
    return found


def _rank(state: State) -> tuple[bool, str, float]:
    """Open ones first, the gravest first; an unknown severity is as grave as P0."""
    return not state.open, state.severity or "P0", state.detected_at


def _pressing(owed: Owed) -> tuple[bool, float]:
    return owed.standing != "late", owed.due


def _body(
    states: list[State], owed: list[Owed], grave: list[str], running: bool, now: float
) -> dict[str, Any]:
    return {
        "runner": "running" if running else "down",
        "major": bool(grave),
        "incidents": [summary(state, now) for state in states],
        "deadlines": [
            {
                "incident": one.incident,
                "severity": one.severity or "TBD",
                "deadline": one.name,
                "kind": one.kind,
                "due": iso(one.due),
                "due_in": round(one.due - now, 1),
                "standing": one.standing,
                "owed_by": one.by,
            }
            for one in owed
        ],
    }


def _lines(
    states: list[State], owed: list[Owed], grave: list[str], running: bool, now: float
) -> list[str]:
    still = sum(state.open for state in states)
    lines = [f"runner {'running' if running else 'DOWN'}   {still} open of {len(states)}"]
    if grave:
        lines.append(f"⚠️ MAJOR INCIDENT: {', '.join(grave)}")
    for state in states:
        commander = state.person("commander")
        age = span((state.closed_at or now) - state.detected_at)
        severity = state.severity or "TBD"
        lines.append(
            f"  {severity:<4}{state.incident:<18}{state.status:<14}{age:>7}  "
            f"{commander:<12}  {state.title}"
        )
    if owed:
        lines.append("next deadlines")
    for one in owed:
        late = one.due <= now
        mark = ("❌" if one.kind == "promise" else "⚠️") if late else "⏳"
        left = f"{span(one.due - now)} {'late' if late else 'left'}"
        lines.append(f"  {mark} {left:<13}{one.incident:<18}{one.name:<14}{one.by}")
    return lines
