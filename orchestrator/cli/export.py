"""`warroom export`: an incident as one page or one JSON object that can be handed on."""

import argparse
import json
import os
import sys
from pathlib import Path

from orchestrator.cli import BROKEN_INPUT, DONE, NEEDS_HUMAN, NOT_RESOLVED, Console, refuse
from orchestrator.cli.tell import Refused, incident_of
from orchestrator.clock import WallClock
from orchestrator.journal.read import JournalBroken, read_journal
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from orchestrator.project import write_private


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        "export",
        help="an incident as one page or JSON object, to hand on",
        description="Write an incident as one self-contained page (or JSON object): timeline, "
        "signals, deadlines, approvals, texts, evidence and the review. Nothing is sent anywhere.",
    )
    parser.add_argument("incident", help="the incident's id")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--html", action="store_true", help="one page of HTML (the default)")
    kind.add_argument("--json", action="store_true", help="one JSON object with the journal in it")
    parser.add_argument("-o", "--out", default="", metavar="FILE", help="default: INCIDENT.html")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--need-to-know",
        action="store_true",
        help="export what may be a breach; whoever gets it must need to know",
    )
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    from orchestrator.documents.export import confidential, export
    from orchestrator.documents.recorded_samples import recorded

    try:
        _, folder = incident_of(args)
        events = read_journal(folder.journal, chained=True).events
    except Refused as refusal:
        return refuse(str(refusal), refusal.code)
    except JournalBroken as error:
        return refuse(f"{error}; warroom verify says more", BROKEN_INPUT)
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        return refuse(f"{folder.journal}: cannot be read ({why})", BROKEN_INPUT)
    state = fold_all(State(), events)
    if not state.incident:
        return refuse(f"{folder.journal}: holds no incident", BROKEN_INPUT)
    if confidential(state) and not args.need_to_know:
        line = f"{state.incident} may be a breach: only for those who need to know"
        return refuse(f"{line}; add --need-to-know if all who get it do", NEEDS_HUMAN)
    path = Path(args.out or f"{state.incident}.{'json' if args.json else 'html'}")
    if path.exists() and not args.force:
        return refuse(f"{path}: is there already; choose another -o, or add --force", NOT_RESOLVED)
    body = export(state, events, folder, recorded(state, folder), WallClock().now())
    if args.json:
        text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
    else:
        from orchestrator.documents.export_page import page

        text = page(body)
    return _written(path, text)


def _written(path: Path, text: str) -> int:
    if not path.parent.is_dir():
        return refuse(f"{path.parent}: no such folder", NOT_RESOLVED)
    try:
        write_private(path, text)
    except OSError as error:
        why = error.strerror or "unknown error"
        return refuse(f"{path}: cannot be written ({why.lower()})", NOT_RESOLVED)
    size = os.stat(path).st_size
    print(f"✓ {path}: {size / 1024:.0f} KiB, for you alone (0600)", file=sys.stderr)
    return DONE
