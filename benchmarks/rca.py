"""`make bench-rca`: the analysis of recorded incidents with known answers, beside simple rivals.

The incidents are no part of the project: the folder is `../shared/eval/bundles`, or the one that is
named. Each family is told apart by the part of an id before its dash.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from benchmarks import calibration
from benchmarks.calibration import BUNDLES
from orchestrator.evidence.bundle.analyze import analyze
from orchestrator.evidence.bundle.read import Bundle, read_bundle
from orchestrator.evidence.bundle.result import Analysis
from orchestrator.evidence.bundle.windows import windows

DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Case:
    """One incident: what was right, and what each method said."""

    id: str
    truth: Mapping[str, Any]
    found: Analysis
    sigmas: Sequence[str]
    """services by N-sigma"""
    latest: str
    """the last commit deployed before the alert"""
    wall: float
    cpu: float
    """seconds that the analysis took"""

    @property
    def family(self) -> str:
        return self.id.split("-")[0]

    @property
    def asks_for_change(self) -> bool:
        return bool(self.truth.get("ask") == "change")

    @property
    def right(self) -> bool:
        if self.asks_for_change:
            return bool(self.found.culprit == self.truth["change"])
        return bool(self.found.services) and self.found.services[0].name == self.truth["service"]


def n_sigma(bundle: Bundle) -> list[str]:
    """Services by the largest rise of any series, in standard deviations of its past."""
    found, best = windows(bundle), dict[str, float]()
    for one in bundle.series:
        before = one.values[one.times < found.incident[0]]
        inside = (one.times >= found.incident[0]) & (one.times <= found.incident[1])
        if len(before) < 2 or not inside.any():
            continue
        width = float(np.std(before)) or 1e-9
        score = float((one.values[inside].max() - before.mean()) / width)
        best[one.service] = max(best.get(one.service, 0.0), score)
    return sorted(best, key=lambda name: (-best[name], name))


def latest_deploy(bundle: Bundle) -> str:
    """What was deployed last before the alert."""
    before = [one for one in bundle.changes.deploys if one.at <= bundle.alert.at]
    return before[-1].sha if before else "none"


def cases(folder: Path) -> list[Case]:
    truth = json.loads((folder / "truth.json").read_text())
    found = []
    for name in sorted(truth):
        begun, busy = time.perf_counter(), time.process_time()
        answer = analyze(folder / name)
        wall, cpu = time.perf_counter() - begun, time.process_time() - busy
        bundle = read_bundle(folder / name)
        rivals = n_sigma(bundle), latest_deploy(bundle)
        found.append(Case(name, truth[name], answer, *rivals, wall, cpu))
    return found


def at(ranks: Sequence[int], depth: int) -> float:
    """Share of cases whose answer is among the first `depth`."""
    return sum(rank <= depth for rank in ranks) / len(ranks)


def averaged(ranks: Sequence[int]) -> float:
    return sum(at(ranks, depth) for depth in range(1, DEEPEST + 1)) / DEEPEST


def rank(names: Sequence[str], wanted: str) -> int:
    return list(names).index(wanted) + 1 if wanted in names else sys.maxsize


HEAD = "family    n  method          AC@1  AC@3  Avg@5  exact  decoys  none   wall s (worst)  CPU s"


def report(found: Sequence[Case]) -> list[str]:
    """One line a family and method; then the misses."""
    lines = [HEAD]
    for family in sorted({case.family for case in found}):
        own = [case for case in found if case.family == family]
        cost = (
            f"{mean([c.wall for c in own]):.3f} ({max(c.wall for c in own):.2f})    "
            f"{mean([c.cpu for c in own]):.3f}"
        )
        wanted = [c.truth["service"] for c in own]
        named = [[one.name for one in c.found.services] for c in own]
        by_change, blank = own[0].asks_for_change, "-      -       -   "
        ours = changes(own, [c.found.culprit or "" for c in own]) if by_change else blank
        lines.append(row(family, len(own), "warroom", named, wanted, ours) + cost)
        lines.append(row("", len(own), "N-sigma", [c.sigmas for c in own], wanted, blank))
        if by_change:
            lines.append(f"{'':<8}{len(own):>3}  {'latest deploy':<16}{'-     -     -':<19}"
                         f"{changes(own, [c.latest for c in own])}")  # fmt: skip
    missed = [f"missed: {case.id}, {case.found.verdict}" for case in found if not case.right]
    return [*(line.rstrip() for line in lines), *missed]


def row(
    family: str,
    count: int,
    method: str,
    named: Sequence[Sequence[str]],
    wanted: Sequence[str],
    rest: str,
) -> str:
    ranks = [rank(names, right) for names, right in zip(named, wanted, strict=True)]
    return (
        f"{family:<8}{count:>3}  {method:<16}{at(ranks, 1):.2f}  {at(ranks, 3):.2f}  "
        f"{averaged(ranks):.2f}   {rest}"
    )


def changes(own: Sequence[Case], named: Sequence[str]) -> str:
    """Exact answers, decoys that were blamed, and right `none`."""
    pairs = list(zip(own, named, strict=True))
    exact = sum(name == case.truth["change"] for case, name in pairs)
    decoys = sum(name in case.truth.get("decoys", ()) for case, name in pairs)
    nones = [name for case, name in pairs if case.truth["change"] == "none"]
    return f"{exact:>2}/{len(own):<4}{decoys:<8}{nones.count('none')}/{len(nones)}    "


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rca", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BUNDLES)
    parser.add_argument("--quick", action="store_true", help="without the degraded variants")
    args = parser.parse_args()
    folder = args.folder
    if not (folder / "truth.json").is_file():
        print(f"bench-rca: no truth.json in {folder}; name a folder of bundles", file=sys.stderr)
        return 2
    print("\n".join(report(cases(folder))), flush=True)
    if not args.quick:
        print("\n".join(calibration.report(calibration.rankings(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
