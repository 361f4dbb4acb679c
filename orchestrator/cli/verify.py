"""`warroom verify`: prove that an incident on disk is what its runner wrote."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli import one_line
from orchestrator.journal.verify import Report, verify
from orchestrator.project import IncidentFolder, Project

if TYPE_CHECKING:  # argparse keeps this name to itself
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

OK, WRONG_USE, BROKEN = 0, 2, 3


def add_parser(subparsers: "Subparsers") -> argparse.ArgumentParser:
    """The verb's place in the command line."""
    parser = subparsers.add_parser(
        "verify",
        help="prove that an incident is what its runner wrote",
        description="Check an incident's journal, states, evidence, documents and transcripts. "
        "Exit code 0: all as written; 3: something was altered, cut or lost.",
    )
    parser.add_argument("incident", help="an incident's id, or its folder")
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int:
    """Verify one incident and say what was found."""
    found = locate(args.incident, Path(args.project))
    if found is None:
        print(
            f"warroom verify: no incident {args.incident!r} in {one_line(args.project)} and no "
            "such folder; give an id with --project DIR, or the incident's folder",
            file=sys.stderr,
        )
        return WRONG_USE
    folder, head = found
    report = verify(folder, head)
    print(as_json(folder, report) if args.json else as_lines(folder, report))
    return OK if report.ok else BROKEN


def locate(incident: str, root: Path) -> tuple[IncidentFolder, Path | None] | None:
    """The incident's folder and the runner's head for it, where the folder lies in a project."""
    folder = IncidentFolder(Path(incident))
    if folder.journal.is_file():
        here = folder.path.resolve()
        head = here.parent.parent / "heads" / f"{here.name}.json"
        return IncidentFolder(here), head if here.parent.name == "incidents" else None
    project = Project(root.resolve())
    if Path(incident).name == incident and project.incident(incident).journal.is_file():
        return project.incident(incident), project.heads / f"{incident}.json"
    return None


def as_json(folder: IncidentFolder, report: Report) -> str:
    """The report for a machine."""
    body = {
        "incident": folder.incident,
        "dir": str(folder.path),
        "ok": report.ok,
        "events": report.events,
        "head_hash": report.head_hash,
        "findings": report.findings,
        "notes": report.notes,
    }
    return json.dumps(body, indent=2)


def as_lines(folder: IncidentFolder, report: Report) -> str:
    """The report for a person: what is wrong first, the sum last."""
    lines = [one_line(f"× {finding}") for finding in report.findings]
    lines += [one_line(f"· {note}") for note in report.notes]
    if report.ok:
        lines.append(f"✓ {folder.incident}: {report.events} events, head {report.head_hash[:12]}")
    else:
        wrong = "1 finding" if len(report.findings) == 1 else f"{len(report.findings)} findings"
        lines.append(f"× {folder.incident}: not as its runner wrote it ({wrong})")
    return "\n".join(lines)
