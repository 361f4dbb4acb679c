"""`warroom runner`: be the project's runner until told to end, then print each journal's head."""

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import NoReturn

from orchestrator.cli import (
    BROKEN_INPUT,
    DONE,
    NOT_RESOLVED,
    WRONG_USE,
    Console,
    refuse,
    refused_folder,
)
from orchestrator.clock import WallClock
from orchestrator.project import Project


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser("runner", help="run the project's incidents in this process")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("install",),
        help="install: write a systemd user unit, so that it comes back after a reboot",
    )
    parser.add_argument("--project", default=".", help="the project's folder (default: here)")
    parser.add_argument("--name", default="", help="install: the unit's name, without warroom-")
    parser.add_argument("--dry-run", action="store_true", help="install: only print the unit")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    if args.what == "install":
        from orchestrator.cli.unit import install

        return install(Path(args.project).resolve(), args.name, args.dry_run)
    from orchestrator.conductor.runner import AlreadyRunning, run  # the engine is heavy
    from orchestrator.settings import SettingsError

    root = Path(args.project).resolve()
    code = refused_folder(Project(root))
    if code is not None:
        return code
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s"
    )
    try:
        run(Project(root), WallClock(), _end)
    except SettingsError as error:
        return refuse(str(error), BROKEN_INPUT)
    except AlreadyRunning as error:
        return refuse(f"{error}: one runner serves a project; use that one", WRONG_USE)
    except OSError as error:
        return refuse(f"{error.filename or root}: {error.strerror}", NOT_RESOLVED)
    return DONE


def _end(heads: dict[str, str]) -> NoReturn:
    """Say where each journal ends, and end as a kill would: nothing is torn down half-way."""
    for incident, head in heads.items():
        print(f"{incident} head {head}")
    sys.stdout.flush()
    os._exit(DONE)
