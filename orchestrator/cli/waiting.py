"""`warroom approvals`: every change that waits for a key, over all incidents of the project."""

import argparse
import json
from pathlib import Path
from typing import Any

from orchestrator.cli import BROKEN_INPUT, DONE, Console, refuse, refused_folder
from orchestrator.cli.approvals import shown
from orchestrator.clock import WallClock, iso, span
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.model.two_persons import progress
from orchestrator.project import Project


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    purpose = "every change that waits for a key, over all incidents"
    parser = subparsers.add_parser("approvals", help=purpose, description=purpose)
    parser.add_argument("--cards", action="store_true", help="the whole card of each")
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    project, now = Project(Path(args.project).resolve()), WallClock().now()
    if (code := refused_folder(project)) is not None:
        return code
    waiting: list[tuple[State, Approval]] = []
    broken = ""
    for folder in project.all_incidents():
        try:
            state = load_state(folder.journal)[0]
        except JournalBroken as error:
            broken = str(error)
            continue
        waiting += [(state, one) for one in state.approvals.values() if one.open]
    waiting.sort(key=lambda one: one[1].expires)
    if args.json:
        print(json.dumps({"approvals": [_body(state, one, now) for state, one in waiting]}))
    else:
        for state, one in waiting:
            print(_line(state, one, now))
            if args.cards:
                print(shown(one, state) + "\n")
        if not waiting:
            print("nothing waits for a decision")
    return refuse(broken, BROKEN_INPUT) if broken else DONE


def _line(state: State, one: Approval, now: float) -> str:
    left = one.expires - now
    time = f"{span(left)} left" if left > 0 else "time is up"
    of = progress(one, state.policy)
    held = (state.stopped and "line stopped") or (state.frozen and "changes frozen")
    more = "".join(f", {word}" for word in (of, held) if word)
    severity = state.severity or "TBD"
    return (
        f"{severity:<4}{state.incident:<18}{one.approval:<14}{one.risk:<12}{time:>12}  "
        f"{one.sha256[:12]}  {one.title} on {one.card.get('target', 'UNKNOWN')}{more}"
    )


def _body(state: State, one: Approval, now: float) -> dict[str, Any]:
    return {
        "incident": state.incident,
        "severity": state.severity or "TBD",
        "approval": one.approval,
        "title": one.title,
        "target": one.card.get("target", "UNKNOWN"),
        "risk": one.risk,
        "sha256": one.sha256,
        "argv": list(one.card.get("argv", ())),
        "expires": iso(one.expires),
        "expires_in": round(one.expires - now, 1),
        "persons": progress(one, state.policy),
        "stopped": state.stopped,
        "frozen": state.frozen,
    }
