"""`warroom demo`: a real small service breaks, and the war room responds to it.

On a terminal the war room opens at once while a director process beside it makes the drill, keeps
the runner up and sends the alert. Without one the director works in this process, with the
autopilot, and says so.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from orchestrator.cli import NOT_RESOLVED, WRONG_USE, Console, refuse

if TYPE_CHECKING:
    from orchestrator.cli.director import Outcome

DEFAULT = "leak"


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser("demo", help="break a real small service and respond to it")
    parser.add_argument("--scenario", default=DEFAULT, help="which drill (warroom drill list)")
    parser.add_argument("--seed", type=int, default=7, help="what exactly breaks, and where")
    parser.add_argument("--root", default="", help="folder for the drill (default: your own)")
    parser.add_argument("--headless", action="store_true", help="no screen: one line a step")
    parser.add_argument("--autopilot", action="store_true", help="a simulated engineer decides")
    parser.add_argument("--json", action="store_true", help="headless: one object at the end")
    parser.add_argument("--ascii", action="store_true", help="no glyphs beyond ASCII")
    parser.add_argument("--light", action="store_true", help="the light theme")
    parser.add_argument("--home", default="", help=argparse.SUPPRESS)
    parser.add_argument("--while-pid", type=int, default=0, help=argparse.SUPPRESS)
    return parser


def run(args: argparse.Namespace) -> int | Console:
    from orchestrator.drills import DrillError, reserve

    if args.home:
        return _direct(args)
    headless = args.headless or not (sys.stdout.isatty() and sys.stdin.isatty())
    if headless and not args.headless:
        args.autopilot = True
        print("no terminal here: the demo runs headless, with the autopilot", file=sys.stderr)
    try:
        home = reserve(args.scenario, args.seed, Path(args.root) if args.root else None)
    except DrillError as error:
        return refuse(str(error), WRONG_USE)
    args.home = str(home.path)
    if headless:
        return _direct(args)
    return console(args, home.project)


def console(args: argparse.Namespace, project: Path, more: str = "") -> Console:
    """The war room on a drill's project, with a director beside it; `more`: said at the end."""
    from orchestrator.project import Project

    return Console(
        Project(project),
        None,
        farewell="\n".join(filter(None, (_farewell(project), more))),
        starts_runner=False,
        after_first_frame=partial(_start_director, args),
        ascii_only=args.ascii,
        light=args.light,
    )


def _start_director(args: argparse.Namespace, leaving: Event) -> None:
    """Beside the console, and not before it shows: both would wait for the same processor."""
    words = ["demo", "--home", args.home, "--scenario", args.scenario, "--seed", str(args.seed)]
    words += ["--while-pid", str(os.getpid()), *(["--autopilot"] if args.autopilot else [])]
    log = Path(args.home) / "director.log"
    with log.open("ab") as out:
        log.chmod(0o600)
        director = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    leaving.wait()
    director.send_signal(signal.SIGTERM)
    director.wait()


def _farewell(project: Path) -> str:
    return (
        "The demo is over: service, load and runner are ended, the project stays.\n"
        f"  replay it    warroom replay --project {project}\n"
        f"  read it      {project}/.aiwg/incidents\n"
        "  remove it    warroom drill clean"
    )


def directed(args: argparse.Namespace) -> "Outcome":
    """One drill in its reserved folder, from its making to its end. DrillError in one line."""
    from orchestrator.cli.director import Director
    from orchestrator.clock import WallClock
    from orchestrator.drills import DrillError
    from orchestrator.drills.home import DrillHome, fill

    clock = WallClock()
    home = DrillHome(Path(args.home), args.scenario, args.seed, "")
    try:
        home = fill(home, clock)
        director = Director(home, clock, autopilot=args.autopilot, while_pid=args.while_pid)
        return asyncio.run(director.run())
    except DrillError:
        raise
    except Exception as error:
        # the console shows the lab's lines, and nobody reads a director's log at 3 a.m.
        home.say(clock.now(), f"the demo has failed: {type(error).__name__}: {error}")
        raise


def _direct(args: argparse.Namespace) -> int:
    from orchestrator.drills import DrillError

    try:
        outcome = directed(args)
    except DrillError as error:
        return refuse(str(error), NOT_RESOLVED)
    if args.json:
        print(json.dumps(outcome.body))
    elif not args.while_pid:
        print(outcome.text)
    return outcome.code
