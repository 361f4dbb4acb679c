"""`warroom analyze BUNDLE`: causes ranked from evidence in files; no network, model or incident."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.cli import BROKEN_INPUT, DONE, one_line
from orchestrator.evidence.bundle.analyze import analyze
from orchestrator.evidence.bundle.hypotheses import Hypothesis
from orchestrator.evidence.bundle.lines import NoBundle
from orchestrator.evidence.bundle.result import Analysis

if TYPE_CHECKING:  # argparse keeps this name to itself
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

SHOWN, ARGUED = 5, 4


def add_parser(subparsers: "Subparsers") -> argparse.ArgumentParser:
    """The verb's place in the command line."""
    parser = subparsers.add_parser(
        "analyze",
        help="rank causes from a folder of evidence",
        description="Read a bundle (bundle.json with metrics, logs, traces, changes as far as "
        "there are any) and rank what may have caused the trouble. Exit code 0: a result, also an "
        "inconclusive one; 3: no bundle.",
    )
    parser.add_argument("bundle", help="the folder that holds bundle.json")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int:
    """Analyse one bundle and say what was found."""
    try:
        found = analyze(Path(args.bundle))
    except NoBundle as error:
        print(f"warroom analyze: {one_line(str(error))}", file=sys.stderr)
        return BROKEN_INPUT
    print(found.as_json() if args.json else as_lines(found))
    return DONE


def argued(one: Hypothesis) -> list[str]:
    """One possible cause, with what speaks for it and against it, what is missing, and a test."""
    sure = f"score {one.score:.2f}" if one.confidence is None else f"{one.confidence:.0%} sure"
    lines = [f"{one.verdict}: {one.statement} ({sure})"]
    for title, points in (("for", one.supporting), ("against", one.refuting)):
        for point in points:
            lines.append(f"  {title:<9}{point.text} {' '.join(point.evidence)}".rstrip())
    if one.missing:
        lines.append(f"  missing  {'; '.join(one.missing)}")
    return [*lines, f"  test     {one.test}"]


def as_lines(found: Analysis) -> str:
    """For a person: the verdict first, then the rankings, then what they rest on."""
    body: dict[str, Any] = json.loads(found.as_json())
    lines = [f"{found.id}: {found.verdict}, began {body['onset'] or 'UNKNOWN'}"]
    if found.culprit is not None:
        lines.append(f"change to blame: {found.culprit}")
    for title, key, name in (("services", "services", "service"), ("changes", "changes", "sha")):
        for rank, one in enumerate(body[key][:SHOWN], 1):
            cited = " ".join(one["evidence"])
            lead = f"{title if rank == 1 else '':<9}{rank}. {one[name][:60]}"
            lines.append(f"{lead}  {one['confidence']:.0%} sure  {cited}".rstrip())
    for one in body["external"][:SHOWN]:
        lines.append(f"outside  {one['kind']}  {one['score']:.2f}  {' '.join(one['evidence'])}")
    for hypothesis in found.hypotheses[:ARGUED]:
        lines += argued(hypothesis)
    lines += [f"{eid:<5}{item['summary']}" for eid, item in found.evidence.items()]
    lines += [f"note: {note}" for note in found.notes]
    return "\n".join(one_line(line) for line in lines)
