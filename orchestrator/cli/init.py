"""`warroom init`: a first `warroom.toml`, written by looking at the project."""

import argparse
import getpass
import os
import tomllib
from pathlib import Path

from orchestrator.checkup import first_settings
from orchestrator.checkup.survey import Survey, survey
from orchestrator.cli import DONE, NOT_RESOLVED, WRONG_USE, Console, refuse
from orchestrator.project import Project


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(
        "init",
        help="write a warroom.toml by looking at the project",
        description="Look at a folder (git, logs, deploy logs, docker, Kubernetes, Procfile, open "
        "ports) and write a commented warroom.toml into it. Never overwrites one.",
    )
    parser.add_argument("dir", nargs="?", default="", help="the project's folder (default: here)")
    parser.add_argument("--project", default=".", help="the same, as the other verbs have it")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    root = Path(args.dir or args.project).resolve()
    if not root.is_dir():
        return refuse(f"{root}: no such folder", WRONG_USE)
    target = Project(root).settings
    if target.exists():
        why = f"{target} is there already and is left as it is; `warroom doctor` checks it"
        return refuse(why, WRONG_USE)
    found = survey(root)
    text = first_settings.written(found, _person(), os.getuid())
    tomllib.loads(text)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return refuse(f"{target} was written meanwhile and is left as it is", WRONG_USE)
    except OSError as error:
        return refuse(f"{target}: {error.strerror}", NOT_RESOLVED)
    print(f"wrote {target}")
    for line in _told(found):
        print(f"  {line}")
    print("next: read it, fill in what is commented, then `warroom doctor`")
    return DONE


def _person() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"


def _told(found: Survey) -> list[str]:
    named = ", ".join(name for name, _ in first_settings.services(found))
    return [
        f"services: {named}",
        f"repositories: {', '.join(found.repositories) or 'none found'}",
        f"logs: {', '.join(found.logs) or 'none found'}",
        f"deploy logs: {', '.join(found.deploy_logs) or 'none found'}",
        f"runbooks: {found.runbooks or 'none found'}",
    ]
