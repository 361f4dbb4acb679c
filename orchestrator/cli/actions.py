"""`warroom actions`: preventive actions over all incidents, and what a person says of one."""

import argparse
import json
from dataclasses import asdict
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
from orchestrator.cli.tell import Refused, incident_of, tell
from orchestrator.clock import WallClock, iso, parse_iso
from orchestrator.journal.measuring import measured
from orchestrator.model.action_item import OPEN, ActionItem
from orchestrator.model.policy import DAY
from orchestrator.project import Project

CHANGES = {
    "done": "it is done",
    "drop": "it is not to be done, and why",
    "open": "it is to be done after all, and why",
    "assign": "give it to a person",
    "due": "give it another date",
}


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    purpose = "preventive actions over all incidents: whose, until when, what became of them"
    parser = subparsers.add_parser(
        "actions",
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}. With a word and an action's id: "
        + "; ".join(f"{word}: {meaning}" for word, meaning in CHANGES.items()),
    )
    parser.add_argument("change", nargs="?", default="", choices=("", *CHANGES), metavar="WORD")
    parser.add_argument("action", nargs="?", default="", help="which one, as INC-42/A1")
    parser.add_argument("value", nargs="?", default="", help="the person, or the date")
    parser.add_argument("--why", default="", help="the reason, for the journal")
    parser.add_argument("--overdue", action="store_true", help="list only what is late")
    parser.add_argument("--all", action="store_true", help="list what is done or dropped too")
    parser.add_argument("--drills", action="store_true", help="list those of drills too")
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object as the answer")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    if not args.change:
        return _list(args)
    try:
        return _change(args)
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)


def _list(args: argparse.Namespace) -> int:
    project, now = Project(Path(args.project).resolve()), WallClock().now()
    code = refused_folder(project)
    if code is not None:
        return code
    read = measured(project)
    found = [
        item
        for one in read.measured
        for item in one.actions
        if args.drills or not (one.drill or one.fork)
    ]
    if args.overdue:
        found = [item for item in found if item.late(now)]
    elif not args.all:
        found = [item for item in found if item.status == OPEN]
    found.sort(key=lambda item: (item.status != OPEN, item.due, item.id))
    if args.json:
        print(json.dumps({"actions": [_body(item, now) for item in found]}, ensure_ascii=False))
    else:
        late = sum(item.late(now) for item in found)
        print(f"{len(found)} action(s), {late} overdue")
        for item in found:
            print(one_line(_line(item, now)))
    for line in read.broken:
        refuse(line, BROKEN_INPUT)
    return BROKEN_INPUT if read.broken else DONE


def _line(item: ActionItem, now: float) -> str:
    due = iso(item.due)[:10] if item.due else "no date"
    if item.late(now):
        due = f"{due} {(now - item.due) / DAY:.0f} d late"
    mark = "❌" if item.late(now) else "⏳" if item.status == OPEN else "✓"
    ticket = f"  {item.ticket}" if item.ticket else ""
    return f"  {mark} {item.id:<18}{item.status:<9}{due:<22}{item.owner:<14}{item.text}{ticket}"


def _body(item: ActionItem, now: float) -> dict[str, Any]:
    return asdict(item) | {
        "due": iso(item.due) if item.due else None,
        "ended_at": iso(item.ended_at) if item.ended_at else None,
        "overdue": item.late(now),
    }


def _change(args: argparse.Namespace) -> int:
    args.incident, _, number = args.action.partition("/")
    if not number:
        raise Refused(f"say which action: warroom actions {args.change} INC-42/A1")
    project, _ = incident_of(args)
    fields: dict[str, Any] = {"action": number}
    if args.change in ("assign", "due") and not args.value.strip():
        what = "a person" if args.change == "assign" else "a date"
        raise Refused(f"say {what}: warroom actions {args.change} {args.action} ...")
    if args.change == "assign":
        fields["person"] = args.value
    elif args.change == "due":
        fields["due"] = _date(args.value)
    else:
        fields["status"] = {"done": "DONE", "drop": "DROPPED", "open": "OPEN"}[args.change]
    if args.why:
        fields["why"] = args.why
    said = {"assign": f"given to {args.value}", "due": f"due {args.value}"}.get(args.change, "")
    done = f"{number} {said or fields['status'].lower()}"
    return tell(project, args, "action", fields, done)


def _date(text: str) -> float:
    """The end of a day, or the time that is said."""
    try:
        at = parse_iso(text.strip())
    except ValueError:
        raise Refused(f"{text!r} is no date; write 2026-01-31", WRONG_USE) from None
    return at + DAY - 1 if len(text.strip()) == 10 else at
