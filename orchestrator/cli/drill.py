"""`warroom drill list|clean`: which drills there are, and removing the folders of past ones."""

import argparse
import json
from pathlib import Path

from orchestrator.cli import DONE, NOT_RESOLVED, Console, refuse


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser("drill", help="list or clean the built-in drills")
    parser.add_argument("what", choices=("list", "clean"))
    parser.add_argument("--root", default="", help="folder of the drills (default: your own)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    return parser


def run(args: argparse.Namespace) -> int | Console:
    from orchestrator.drills import DrillError, clean, homes, scenarios

    root = Path(args.root) if args.root else None
    try:
        if args.what == "clean":
            removed = [str(path) for path in clean(root)]
            print(json.dumps({"removed": removed}) if args.json else f"{len(removed)} removed")
            return DONE
        kept = [str(home.project) for home in homes(root)]
    except (DrillError, OSError) as error:
        return refuse(str(error), NOT_RESOLVED)
    if args.json:
        print(json.dumps({"scenarios": scenarios(), "homes": kept}))
        return DONE
    for name, title in scenarios().items():
        print(f"{name:<16}{title}")
    for path in kept:
        print(f"  {path}")
    return DONE
