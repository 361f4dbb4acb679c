"""`warroom drill list|run|grade|from|clean`: practise on an outage, and see how well it went.

A drill's truth lies beside its project, where the war room does not look; it is read here alone,
after the end.
"""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from orchestrator.cli import BROKEN_INPUT, DONE, NOT_RESOLVED, WRONG_USE, Console, refuse
from orchestrator.drills.grade import Grade

MARKS = {"right": "✓", "wrong": "❌", "open": "⚠️"}


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        "drill",
        help="practise on an outage, and see how well it was handled",
        epilog="exit codes: 0 done or passed, 1 not passed, 2 wrong use, 3 broken input",
    )
    parser.add_argument("what", choices=("list", "run", "grade", "from", "clean"))
    parser.add_argument(
        "target",
        nargs="?",
        default="",
        help="run: a drill's name, or the folder of one; grade: a folder; from: an incident's",
    )
    parser.add_argument("--seed", type=int, default=7, help="run: what exactly breaks, and where")
    parser.add_argument("--root", default="", help="folder of the drills (default: your own)")
    parser.add_argument("--headless", action="store_true", help="run: no screen")
    parser.add_argument(
        "--autopilot", action="store_true", help="run: a simulated engineer decides"
    )
    parser.add_argument("--culprit", default="", help="from: the guilty commit, or none")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    from orchestrator.drills import DrillError
    from orchestrator.journal.read import JournalBroken

    verbs = {"list": _list, "run": _run, "grade": _grade, "from": _from, "clean": _clean}
    needs = {"run": "the name of a drill", "grade": "a drill's folder", "from": "an incident"}
    if args.what in needs and not args.target:
        return refuse(f"warroom drill {args.what} needs {needs[args.what]}", WRONG_USE)
    if args.what not in needs and args.target:
        return refuse(f"warroom drill {args.what} takes no name: {args.target}", WRONG_USE)
    try:
        return verbs[args.what](args)
    except JournalBroken as error:
        return refuse(str(error), BROKEN_INPUT)
    except (DrillError, OSError) as error:
        return refuse(str(error), WRONG_USE if args.what in needs else NOT_RESOLVED)


def _list(args: argparse.Namespace) -> int:
    from orchestrator.drills import homes, scenarios

    kept = [str(home.project) for home in homes(_root(args))]
    if args.json:
        print(json.dumps({"scenarios": scenarios(), "homes": kept}))
        return DONE
    for name, title in scenarios().items():
        print(f"{name:<18}{title}")
    for path in kept:
        print(f"  {path}")
    return DONE


def _clean(args: argparse.Namespace) -> int:
    from orchestrator.drills import clean

    removed = [str(path) for path in clean(_root(args))]
    print(json.dumps({"removed": removed}) if args.json else f"{len(removed)} removed")
    return DONE


def _run(args: argparse.Namespace) -> int | Console:
    folder = Path(args.target)
    if (folder / "truth.json").is_file():
        return _table_top(args, folder)
    from orchestrator.drills import reserve

    headless = args.headless or not (sys.stdout.isatty() and sys.stdin.isatty())
    home = reserve(args.target, args.seed, _root(args))
    words = argparse.Namespace(
        scenario=args.target,
        seed=args.seed,
        home=str(home.path),
        while_pid=0,
        autopilot=args.autopilot or headless,
        json=args.json,
        ascii=False,
        light=False,
    )
    if not headless:
        from orchestrator.cli.demo import console

        return console(words, home.project, f"  grade it     warroom drill grade {home.path}")
    from orchestrator.cli.demo import directed

    outcome = directed(words)
    marks = graded(home.path)
    if args.json:
        print(json.dumps({**outcome.body, "grade": marks.as_json()}))
    else:
        print(f"{outcome.text}\n{told(marks)}")
    return DONE if marks.passed else NOT_RESOLVED


def _table_top(args: argparse.Namespace, folder: Path) -> int | Console:
    """A drill made from a saved incident: nothing runs in it, there is its evidence to read."""
    from orchestrator.cli.respond import BadBundle, bundle_report, follow, opened
    from orchestrator.cli.runner_up import end_runner
    from orchestrator.drills.saved import SAVED
    from orchestrator.project import Project

    project, truth = Project(folder.resolve() / "project"), _truth(folder)
    if truth.get("scenario") != SAVED:
        return refuse(
            f"{folder} is a drill that has run: grade it, or run its name anew", WRONG_USE
        )
    try:
        incident = opened(project, bundle_report(project.root / "bundle"))
    except BadBundle as error:
        return refuse(str(error), BROKEN_INPUT)
    if isinstance(incident, int):
        return incident
    if not args.headless and sys.stdout.isatty() and sys.stdin.isatty():
        return Console(project, incident, f"grade it: warroom drill grade {folder}")
    try:
        asyncio.run(follow(project, incident, as_json=False))
    finally:
        end_runner(project)
    return _grade(args)


def _grade(args: argparse.Namespace) -> int:
    marks = graded(Path(args.target))
    print(json.dumps(marks.as_json()) if args.json else told(marks))
    return DONE if marks.passed else NOT_RESOLVED


def _from(args: argparse.Namespace) -> int:
    from orchestrator.drills.home import homes_root
    from orchestrator.drills.saved import convert
    from orchestrator.project import IncidentFolder

    source = Path(args.target).resolve()
    if not (source / "journal.jsonl").is_file():
        known = "the folder of an incident, .aiwg/incidents/INC-..."
        return refuse(f"{args.target} has no journal.jsonl: name {known}", WRONG_USE)
    target = (_root(args) or homes_root()) / f"saved-{source.name}"
    made = convert(IncidentFolder(source), target, args.culprit)
    if args.json:
        print(json.dumps({"drill": str(made)}))
    else:
        print(f"✓ {source.name} is a drill now; nothing in it tells how it ended")
        print(f"  warroom drill run {made}")
    return DONE


def graded(home: Path) -> Grade:
    """The marks of a drill. DrillError where there is nothing to grade."""
    from orchestrator.drills import DrillError
    from orchestrator.drills.grade import grade_all
    from orchestrator.drills.saved import SAVED
    from orchestrator.journal.read import load_state
    from orchestrator.project import Project

    truth = _truth(home)
    incidents = Project(home / "project").all_incidents()
    states = [load_state(folder.journal)[0] for folder in incidents]
    begun = [state for state in states if state.incident]
    if not begun:
        raise DrillError(f"{home}: no incident was opened in it, so there is nothing to grade")
    return grade_all(begun, truth, again=truth.get("scenario") == SAVED)


def told(marks: Grade) -> str:
    """The marks as lines, the most important last."""
    lines = [f"{MARKS[one.result]} {one.name:<12} {one.said}" for one in marks.marks]
    if marks.harm:
        lines.append(f"❌ harm         {', '.join(marks.harm)}")
    return "\n".join([*lines, "PASSED" if marks.passed else "NOT PASSED"])


def _truth(home: Path) -> dict[str, Any]:
    from orchestrator.drills import DrillError

    try:
        truth: Any = json.loads((home / "truth.json").read_text("utf-8"))
    except (OSError, ValueError):
        truth = None
    fits = isinstance(truth, dict) and isinstance(truth.get("culprit"), str)
    if not fits or not isinstance(truth.get("culprits", []), list):
        raise DrillError(f"{home} is no drill: it has no readable truth.json")
    known: dict[str, Any] = truth
    return known


def _root(args: argparse.Namespace) -> Path | None:
    return Path(args.root) if args.root else None
