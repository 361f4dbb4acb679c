"""`ack`, `note`, `approve`, `deny`, `assess`: a person's word from a shell."""

import argparse
import json
import shlex
from pathlib import Path
from typing import Any

from orchestrator.cli import (
    BROKEN_INPUT,
    DONE,
    NOT_RESOLVED,
    WRONG_USE,
    Console,
    one_line,
    refuse,
    refused_folder,
)
from orchestrator.client import RunnerDown, command_id, send
from orchestrator.clock import WallClock
from orchestrator.evidence.hygiene import clean
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.state import Approval, State
from orchestrator.project import IncidentFolder, Project


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    words = {"ack": "", "note": "text", "approve": "approval", "deny": "approval", "assess": "text"}
    for verb, positional in words.items():
        parser = subparsers.add_parser(verb)
        parser.add_argument("incident", help="the incident's id")
        if positional == "text":
            parser.add_argument("text", help="one sentence for the timeline")
        if positional == "approval":
            parser.add_argument(
                "approval", nargs="?", default="", help="which one (default: the one that waits)"
            )
        if verb == "approve":
            parser.add_argument(
                "--sha256", default="", help="the SHA-256 of what you approve, 12 digits or more"
            )
            parser.add_argument(
                "--confirm", default="", metavar="NAME", help="the target, for a destructive change"
            )
        if verb == "deny":
            parser.add_argument("--why", required=True, help="why not")
        parser.add_argument("--project", default=".", help="the project's folder (default: here)")
        parser.add_argument("--json", action="store_true", help="one JSON object as the answer")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    project = Project(Path(args.project).resolve())
    code = refused_folder(project)
    if code is not None:
        return code
    folder = project.incident(args.incident)
    if not folder.journal.exists():
        return refuse(f"no incident {args.incident!r} in {project.root}", WRONG_USE)
    try:
        fields = _fields(args, folder)
    except JournalBroken as error:
        return refuse(str(error), BROKEN_INPUT)
    except Unsaid as error:
        if error.card:
            print(error.card)
        return refuse(str(error), WRONG_USE)
    return _send(project, args, fields)


class Unsaid(Exception):
    """What the person has to say first; `card`: what to look at before that."""

    def __init__(self, line: str, card: str = "") -> None:
        super().__init__(line)
        self.card = card


def _fields(args: argparse.Namespace, folder: IncidentFolder) -> dict[str, Any]:
    """What the command carries besides its name. Unsaid names what is missing."""
    if args.verb in ("note", "assess"):
        if not args.text.strip():
            raise Unsaid("there is no text; say it in one sentence")
        return {"text": args.text}
    if args.verb == "ack":
        return {}
    if args.verb == "deny" and not args.why.strip():
        raise Unsaid("say why it is denied: --why TEXT")
    approval = _meant(load_state(folder.journal)[0], args.approval)
    if args.verb == "deny":
        return {"approval": approval.approval, "why": args.why}
    sha256, confirm = approval.sha256[:12], str(approval.card.get("confirm", ""))
    if len(args.sha256) < 12 or not approval.sha256.startswith(args.sha256.lower()):
        also = f" --confirm {confirm}" if confirm else ""
        raise Unsaid(f"to approve exactly this: --sha256 {sha256}{also}", _card(approval))
    if args.confirm != confirm and confirm:
        raise Unsaid(
            f"this change is destructive; name its target: --confirm {confirm}", _card(approval)
        )
    return {"approval": approval.approval, "sha256": approval.sha256, "text": args.confirm}


def _send(project: Project, args: argparse.Namespace, fields: dict[str, Any]) -> int:
    clock = WallClock()
    command = {
        "id": command_id(clock, args.verb),
        "cmd": args.verb,
        "incident": args.incident,
        "at": clock.now(),
        **fields,
    }
    try:
        answer = send(project, command)
    except RunnerDown as error:
        return refuse(f"{error}; start it: warroom runner --project {project.root}", NOT_RESOLVED)
    if args.json:
        print(json.dumps({"accepted": answer.accepted, "why": answer.why, "id": command["id"]}))
    elif answer.accepted:
        print(f"✓ {one_line(args.incident)}: {args.verb} accepted")
    if not answer.accepted and not args.json:
        return refuse(f"refused: {answer.why}", NOT_RESOLVED)
    return DONE if answer.accepted else NOT_RESOLVED


def _meant(state: State, name: str) -> Approval:
    """The approval that was named, or the only one that waits. Unsaid when that is none."""
    waiting = [approval for approval in state.approvals.values() if approval.open]
    names = ", ".join(approval.approval for approval in waiting)
    if name and name not in state.approvals:
        raise Unsaid(f"there is no approval {name!r}; waiting: {names or 'none'}")
    if name:
        return state.approvals[name]
    if not waiting:
        raise Unsaid(f"nothing waits for a decision in {state.incident}")
    if len(waiting) > 1:
        raise Unsaid(f"say which approval; waiting: {names}")
    return waiting[0]


def _card(approval: Approval) -> str:
    """What would run, for someone who has only a shell."""
    card = approval.card
    rows = [
        ("title", approval.title),
        ("will run", shlex.join(str(part) for part in card["argv"])),
        ("on", str(card["target"])),
        ("risk", f"{approval.risk}, {card['blast']}"),
        ("before", str(card["pre_state"])),
        ("undo", shlex.join(str(part) for part in card["undo"]) or "none"),
        ("why", "; ".join(f"{w['text']} {w['evidence']}" for w in card["why"])),
        ("sha-256", approval.sha256),
    ]
    # a value of several lines must not look like rows of its own
    return "\n".join(f"{name:<9}{clean(value).replace(chr(10), _FURTHER)}" for name, value in rows)


_FURTHER = "\n" + " " * 9
