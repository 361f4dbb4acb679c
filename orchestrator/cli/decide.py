"""`ack`, `note`, `approve`, `deny`, `assess`: a person's word from a shell."""

import argparse
import json
from pathlib import Path
from typing import Any

from orchestrator.cli import BROKEN_INPUT, DONE, NOT_RESOLVED, WRONG_USE, Console, refuse
from orchestrator.client import RunnerDown, command_id, send
from orchestrator.clock import WallClock
from orchestrator.journal.read import JournalBroken, load_state
from orchestrator.model.state import Approval, State
from orchestrator.project import Project


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
        if verb == "deny":
            parser.add_argument("--why", required=True, help="why not")
        parser.add_argument("--project", default=".", help="the project's folder (default: here)")
        parser.add_argument("--json", action="store_true", help="one JSON object as the answer")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    project = Project(Path(args.project).resolve())
    folder = project.incident(args.incident)
    if not folder.journal.exists():
        return refuse(f"no incident {args.incident!r} in {project.root}", WRONG_USE)
    fields: dict[str, Any] = {}
    if args.verb in ("note", "assess"):
        fields["text"] = args.text
    if args.verb in ("approve", "deny"):
        try:
            state, _ = load_state(folder.journal)
        except JournalBroken as error:
            return refuse(str(error), BROKEN_INPUT)
        approval = _meant(state, args.approval)
        if approval is None:
            waiting = ", ".join(a.approval for a in state.approvals.values() if a.open)
            return refuse(f"say which approval; waiting: {waiting or 'none'}", WRONG_USE)
        fields["approval"] = approval.approval
        if args.verb == "deny":
            fields["why"] = args.why
        else:
            if len(args.sha256) < 12 or not approval.sha256.startswith(args.sha256.lower()):
                print(_card(approval))
                return refuse(
                    f"to approve exactly this: --sha256 {approval.sha256[:12]}", WRONG_USE
                )
            fields["sha256"] = approval.sha256
    return _send(project, args, fields)


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
        print(f"✓ {args.incident}: {args.verb} accepted")
    if not answer.accepted and not args.json:
        return refuse(f"refused: {answer.why}", NOT_RESOLVED)
    return DONE if answer.accepted else NOT_RESOLVED


def _meant(state: State, name: str) -> Approval | None:
    """The approval that was named, or the only one that waits."""
    if name:
        return state.approvals.get(name)
    waiting = [approval for approval in state.approvals.values() if approval.open]
    return waiting[0] if len(waiting) == 1 else None


def _card(approval: Approval) -> str:
    """What would run, for someone who has only a shell."""
    card = approval.card
    rows = [
        ("title", approval.title),
        ("will run", " ".join(str(part) for part in card["argv"])),
        ("on", str(card["target"])),
        ("risk", f"{approval.risk}, {card['blast']}"),
        ("before", str(card["pre_state"])),
        ("undo", " ".join(str(part) for part in card["undo"]) or "none"),
        ("why", "; ".join(f"{w['text']} {w['evidence']}" for w in card["why"])),
        ("sha-256", approval.sha256),
    ]
    return "\n".join(f"{name:<9}{value}" for name, value in rows)
