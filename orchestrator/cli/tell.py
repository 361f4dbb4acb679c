"""How a verb finds its incident and gives the runner one command: refusals are one line."""

import argparse
import json
from pathlib import Path
from typing import Any

from orchestrator.cli import BROKEN_INPUT, DONE, NOT_RESOLVED, WRONG_USE, refuse
from orchestrator.client import RunnerDown, command_id, send
from orchestrator.clock import WallClock
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.state import State
from orchestrator.project import IncidentFolder, Project


class Refused(Exception):
    """Why a verb cannot be carried out, in one line, with its exit code."""

    def __init__(self, line: str, code: int = WRONG_USE) -> None:
        super().__init__(line)
        self.code = code


def add_common(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """What every verb about one incident takes."""
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object as the answer")
    return parser


def incident_of(args: argparse.Namespace) -> tuple[Project, IncidentFolder]:
    """The incident a verb names. Refused when there is none of that name."""
    project = Project(Path(args.project).resolve())
    if not project.root.is_dir():
        raise Refused(f"{project.root}: no such folder")
    if project.home.exists() and not project.home.is_dir():
        raise Refused(f"{project.home}: is no folder; move it away", BROKEN_INPUT)
    folder = project.incident(args.incident)
    if "/" in args.incident or not folder.journal.exists():
        known = ", ".join(one.incident for one in project.all_incidents()[-5:])
        there = f"; there: {known}" if known else ""
        raise Refused(f"no incident {args.incident!r} in {project.root}{there}")
    return project, folder


def state_of(folder: IncidentFolder) -> State:
    """The incident as its journal tells it. Refused where the journal is broken."""
    try:
        return load_state(folder.journal)[0]
    except JournalBroken as error:
        raise Refused(str(error), BROKEN_INPUT) from error


def tell(
    project: Project, args: argparse.Namespace, cmd: str, fields: dict[str, Any], done: str = ""
) -> int:
    """Give one command for the incident and say how it was taken; the verb's exit code."""
    clock = WallClock()
    command = {
        "id": command_id(clock, cmd),
        "cmd": cmd,
        "incident": args.incident,
        "at": clock.now(),
        **fields,
    }
    try:
        answer = send(project, command)
    except RunnerDown as error:
        return refuse(f"{error}; start it: warroom runner --project {project.root}", NOT_RESOLVED)
    if args.json:
        body = {"accepted": answer.accepted, "why": answer.why, "id": command["id"]}
        print(json.dumps(body | {k: v for k, v in answer.data.items() if k != "incident"}))
        return DONE if answer.accepted else NOT_RESOLVED
    if not answer.accepted:
        return refuse(f"refused: {answer.why}", NOT_RESOLVED)
    number, waits = answer.data.get("evidence"), answer.data.get("waits")
    said = f"{done or f'{args.verb} accepted'}{f' as {number}' if number else ''}"
    print(f"✓ {args.incident}: {said}{f': {waits}' if waits else ''}")
    return DONE


def document(name: str, paths: tuple[str, ...], what: str = "document") -> str:
    """The path somebody means by a name: the whole path, or its file's name with or without .md."""
    if name in paths:
        return name
    meant = [path for path in paths if name in (path.rsplit("/", 1)[-1], _stem(path))]
    if len(meant) == 1:
        return meant[0]
    raise Refused(f"there is no {what} {name!r}; there: {', '.join(meant or paths) or 'none'}")


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")
