"""Whether the ranking hangs on its constants: the recorded incidents with all of them moved.

    python -m benchmarks.perturbed [DIR] [--draws 20] [--by 0.3]

Every weight, scale and bar of the engine is multiplied by its own factor from 1 - by to 1 + by, all
at once, by a generator seeded with the draw; what comes out is told as the worst, the middle and
the best of all draws.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

from benchmarks.calibration import BUNDLES
from benchmarks.degraded import held
from benchmarks.rca import at, averaged, rank
from orchestrator.evidence.bundle import (
    analyze,
    calls,
    diff_risk,
    external_causes,
    flow,
    likeness,
    reach,
    services,
    sources,
    suspects,
)
from orchestrator.evidence.bundle.read import Bundle, read_bundle

ENGINE: tuple[ModuleType, ...] = (
    analyze, calls, diff_risk, external_causes, flow, likeness, reach, services, sources, suspects,
)  # fmt: skip


def constants() -> dict[str, list[ModuleType]]:
    """Every fraction that is a constant of the engine, with the modules that know it."""
    found: dict[str, list[ModuleType]] = {}
    for module in ENGINE:
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, float):
                found.setdefault(name, []).append(module)
    return found


@contextmanager
def moved(draw: int, by: float) -> Iterator[None]:
    """All constants moved while it lasts; draw 0 leaves them as they are."""
    chance = random.Random(draw)
    kept = [(module, name, getattr(module, name))
            for name, modules in sorted(constants().items()) for module in modules]  # fmt: skip
    try:
        for name, modules in sorted(constants().items()):
            factor = chance.uniform(1 - by, 1 + by) if draw else 1.0
            for module in modules:
                setattr(module, name, getattr(module, name) * factor)
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)


def figures(bundles: Sequence[Bundle], truth: Mapping[str, Any]) -> dict[str, float]:
    """By family: services at the first place and Avg@5; of changes, exact answers and decoys."""
    ranks: dict[str, list[int]] = {}
    exact, decoys = 0, 0
    for bundle in bundles:
        told, found = truth[bundle.id], analyze.analysed(bundle)
        family = bundle.id.split("-")[0]
        if told["ask"] == "change":
            exact += found.culprit == told["change"]
            decoys += found.culprit in told.get("decoys", ())
            continue
        place = rank([one.name for one in found.services], told["service"])
        ranks.setdefault(family, []).append(place)
    found_by = {"change exact": float(exact), "change decoys": float(decoys)}
    for family, places in sorted(ranks.items()):
        found_by |= {f"{family} AC@1": at(places, 1), f"{family} Avg@5": averaged(places)}
    return found_by


def report(folder: Path, draws: int, by: float) -> list[str]:
    """Each figure as it is, and its worst, middle and best over the draws."""
    truth = json.loads((folder / "truth.json").read_text())
    bundles = [held(read_bundle(folder / name)) for name in sorted(truth)]
    runs = []
    for draw in range(draws + 1):
        with moved(draw, by):
            runs.append(figures(bundles, truth))
    lines = [f"{len(constants())} constants, each by up to {by:.0%}, {draws} draws",
             f"{'':<16}as it is    least  middle  most"]  # fmt: skip
    for name, value in runs[0].items():
        drawn = [run[name] for run in runs[1:]]
        lines.append(f"{name:<16}{value:>8.2f}    {min(drawn):>5.2f}  {median(drawn):>6.2f}  "
                     f"{max(drawn):.2f}")  # fmt: skip
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.perturbed", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BUNDLES)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--by", type=float, default=0.3)
    args = parser.parse_args()
    if not (args.folder / "truth.json").is_file():
        print(f"perturbed: no truth.json in {args.folder}; name a folder of bundles",
              file=sys.stderr)  # fmt: skip
        return 2
    print("\n".join(report(args.folder, args.draws, args.by)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
