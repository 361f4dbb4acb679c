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
from typing import Any

import numpy as np

from orchestrator.evidence.bundle.analyze import analyze
from orchestrator.evidence.bundle.read import Bundle, read_bundle
from orchestrator.evidence.bundle.result import Analysis
from orchestrator.evidence.bundle.windows import windows

BUNDLES = Path(__file__).parents[2] / "shared" / "eval" / "bundles"
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
    seconds: float

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

    @property
    def confidence(self) -> float:
        """How sure the answer was; of `none`, how little the best commit was believed."""
        ranked = self.found.changes if self.asks_for_change else self.found.services
        first = ranked[0].confidence if ranked else 0.0
        return 1.0 - first if self.asks_for_change and self.found.culprit == "none" else first


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
        begun = time.perf_counter()
        answer = analyze(folder / name)
        took = time.perf_counter() - begun
        bundle = read_bundle(folder / name)
        found.append(Case(name, truth[name], answer, n_sigma(bundle), latest_deploy(bundle), took))
    return found


def at(ranks: Sequence[int], depth: int) -> float:
    """Share of cases whose answer is among the first `depth`."""
    return sum(rank <= depth for rank in ranks) / len(ranks)


def averaged(ranks: Sequence[int]) -> float:
    return sum(at(ranks, depth) for depth in range(1, DEEPEST + 1)) / DEEPEST


def rank(names: Sequence[str], wanted: str) -> int:
    return list(names).index(wanted) + 1 if wanted in names else sys.maxsize


def report(found: Sequence[Case]) -> list[str]:
    lines = []
    for family in sorted({case.family for case in found}):
        own = [case for case in found if case.family == family]
        slowest = max(case.seconds for case in own)
        if own[0].asks_for_change:
            decoys = sum(c.found.culprit in c.truth.get("decoys", ()) for c in own)
            nones = [c for c in own if c.truth["change"] == "none"]
            right_nones = sum(c.found.culprit == "none" for c in nones)
            by_time = sum(c.latest == c.truth["change"] for c in own)
            lines.append(
                f"{family:<8} {sum(c.right for c in own)}/{len(own)} exact, {decoys} decoys, "
                f"{right_nones}/{len(nones)} right `none`; latest deploy {by_time}/{len(own)}; "
                f"slowest {slowest:.2f} s"
            )
            continue
        ours = [rank([s.name for s in c.found.services], c.truth["service"]) for c in own]
        theirs = [rank(c.sigmas, c.truth["service"]) for c in own]
        lines.append(
            f"{family:<8} AC@1 {at(ours, 1):.2f}  AC@3 {at(ours, 3):.2f}  "
            f"Avg@5 {averaged(ours):.2f}; N-sigma {at(theirs, 1):.2f}  {at(theirs, 3):.2f}  "
            f"{averaged(theirs):.2f}; slowest {slowest:.2f} s"
        )
    return [*lines, *confidence(found)]


def confidence(found: Sequence[Case]) -> list[str]:
    """Whether the stated confidence tells anything: Brier score, and hits by thirds of it."""
    hits = np.array([case.right for case in found], dtype=float)
    stated = np.array([case.confidence for case in found])
    brier, base = float(np.mean((stated - hits) ** 2)), float(hits.mean() * (1 - hits.mean()))
    ordered = hits[np.argsort(stated, kind="stable")]
    third = len(ordered) // 3
    return [
        f"confidence: Brier {brier:.3f}, of the constant rate {base:.3f}; hits in the least sure "
        f"third {ordered[:third].mean():.2f}, in the surest {ordered[-third:].mean():.2f}",
        *(f"missed: {case.id}, {case.found.verdict}" for case in found if not case.right),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rca", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BUNDLES)
    folder = parser.parse_args().folder
    if not (folder / "truth.json").is_file():
        print(f"bench-rca: no truth.json in {folder}; name a folder of bundles", file=sys.stderr)
        return 2
    print("\n".join(report(cases(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
