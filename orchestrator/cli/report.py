"""`warroom report`: the metrics over all incidents of the project, as text, JSON or one page."""

import argparse
import json
import sys
from dataclasses import asdict
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
from orchestrator.clock import WallClock, iso
from orchestrator.journal.measuring import measured
from orchestrator.model.metrics import MET, MISSED, Metric
from orchestrator.model.metrics_report import BY, Group, Report, period, report
from orchestrator.model.metrics_words import (
    counted_words,
    course,
    sample_words,
    spark,
    target_words,
    value_words,
)
from orchestrator.project import Project

MARKS, ASCII_MARKS = {MET: "✓", MISSED: "❌"}, {MET: "+", MISSED: "x"}
SHOWN = 12
"""Months of the course beside a metric, and overdue actions, that the text shows."""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    purpose = "the metrics over all incidents against their targets"
    parser = subparsers.add_parser("report", help=purpose, description=purpose)
    parser.add_argument("--since", default="", help="only incidents of the last 90d, 12w, 36h")
    parser.add_argument("--by", default="", choices=BY, help="the same figures for each of these")
    parser.add_argument("--drills", action="store_true", help="count drills and forks too")
    parser.add_argument("--html", default="", metavar="FILE", help="write one page instead")
    parser.add_argument("--ascii", action="store_true", help="plain signs only")
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    project, now = Project(Path(args.project).resolve()), WallClock().now()
    code = refused_folder(project)
    if code is not None:
        return code
    try:
        since = now - period(args.since) if args.since else 0.0
    except ValueError as error:
        return refuse(f"--since {error}", WRONG_USE)
    read = measured(project)
    made = report(
        read.measured, now, since=since, by=args.by, drills=args.drills, broken=read.broken
    )
    if args.html:
        code = _page(made, project, Path(args.html))
        if code is not None:
            return code
    if args.json:
        print(json.dumps(body(made), ensure_ascii=False))
    elif not args.html:
        plain = args.ascii or "utf" not in (sys.stdout.encoding or "").lower()
        for line in text(made, plain):
            print(one_line(line) if line else "")
    for line in made.broken:
        refuse(line, BROKEN_INPUT)
    return BROKEN_INPUT if made.broken else DONE


def _page(made: Report, project: Project, path: Path) -> int | None:
    from orchestrator.documents.metrics_page import page  # jinja2 is not needed for the text

    try:
        path.write_text(page(made, project.root.name), encoding="utf-8")
    except OSError as error:
        return refuse(f"{path}: cannot be written ({error.strerror})", NOT_RESOLVED)
    print(f"✓ {path}", file=sys.stderr)
    return None


def text(made: Report, ascii_only: bool = False) -> list[str]:
    """The report as lines; at most 100 cells wide with the names we give."""
    begun = f"since {iso(made.since)[:10]}" if made.since else "of all time"
    lines = [f"report {iso(made.at)[:10]}, {begun}: {counted_words(made)}", ""]
    lines.append(_row("metric", "value", "target", "n", "", "by month"))
    months = made.months[-SHOWN:]
    for metric in made.metrics:
        line = spark(course(months, metric.id), ascii_only)
        lines.append(_metric(metric, line, ascii_only))
    for group in made.groups:
        lines += ["", f"{made.by} {group.name}: {group.incidents} incident(s)"]
        known = [metric for metric in group.metrics if metric.value is not None]
        lines += [_metric(metric, "", ascii_only) for metric in known] or ["  no data"]
    if made.overdue:
        lines += ["", f"{len(made.overdue)} preventive action(s) overdue"]
        for item in made.overdue[:SHOWN]:
            lines.append(f"  {item.id:<18}{iso(item.due)[:10]}  {item.owner:<14}{item.text}")
        if len(made.overdue) > SHOWN:
            lines.append(f"  and {len(made.overdue) - SHOWN} more: warroom actions --overdue")
    return lines


def _metric(metric: Metric, line: str, ascii_only: bool) -> str:
    mark = (ASCII_MARKS if ascii_only else MARKS).get(metric.verdict, " ")
    said = f"{mark} {metric.verdict}"
    return _row(
        metric.name, value_words(metric), target_words(metric), sample_words(metric), said, line
    )


def _row(name: str, value: str, target: str, n: str, said: str, line: str) -> str:
    return f"  {name:<23}{value:<15}{target:<17}{n:<11}{said:<12}{line}".rstrip()


def body(made: Report) -> dict[str, Any]:
    """Every figure, with times in UTC."""
    return {
        "at": iso(made.at),
        "since": iso(made.since) if made.since else None,
        "incidents": made.incidents,
        "drills": made.drills,
        "forks": made.forks,
        "drills_counted": made.with_drills,
        "metrics": [figures(metric) for metric in made.metrics],
        "months": [_group(month) for month in made.months],
        "by": made.by or None,
        "groups": [_group(group) for group in made.groups],
        "overdue": [
            {
                "action": item.id,
                "owner": item.owner,
                "due": iso(item.due),
                "late_seconds": round(made.at - item.due, 3),
                "text": item.text,
                "ticket": item.ticket or None,
            }
            for item in made.overdue
        ],
        "broken": list(made.broken),
    }


def figures(metric: Metric) -> dict[str, Any]:
    """One metric with all its numbers."""
    return asdict(metric) | {"verdict": metric.verdict}


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "incidents": group.incidents,
        "metrics": [figures(metric) for metric in group.metrics],
    }
