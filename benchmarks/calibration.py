"""Whether the stated confidence can be believed: on recorded incidents, and on poorer records.

    python -m benchmarks.calibration [DIR]          judge it, each family by the two others
    python -m benchmarks.calibration [DIR] --fit    print the constants for confidence.py

A case that is judged by a curve is never of a family that the curve was fitted to. The rival is a
constant: the hit rate of the families fitted to. Of a case, the confidence of its answer is held
against whether it was right; of a candidate, its own against whether it is the culprit.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.degraded import held, variants
from orchestrator.evidence.bundle.analyze import analysed
from orchestrator.evidence.bundle.confidence import (
    FITTED,
    MOST_SURE,
    WEIGHED,
    Curve,
    Floats,
    confidence,
    features,
)
from orchestrator.evidence.bundle.read import read_bundle
from orchestrator.evidence.bundle.result import LIKELY, Analysis, Ranked

BUNDLES = Path(__file__).parents[2] / "shared" / "eval" / "bundles"
NONE_OF_THEM = -1
CASES, CANDIDATES = "cases", "candidates"


@dataclass(frozen=True, slots=True)
class Ranking:
    """One ranking of one analysis, with what would have been right."""

    id: str
    ways: tuple[str, ...]
    """how the record was degraded; empty for the incident as it was recorded"""
    asked: bool
    """whether it answers what the incident asks for"""
    strengths: tuple[float, ...]
    culprit: int
    """its place in the ranking, from 0; -1 where it is not there"""
    answer: int
    """the place of the one that is named; -1 for `none`"""
    verdict: str

    @property
    def family(self) -> str:
        return self.id.split("-")[0]

    @property
    def degraded(self) -> bool:
        return bool(self.ways)

    @property
    def right(self) -> bool:
        return self.culprit == self.answer and not self.silent

    @property
    def silent(self) -> bool:
        """Nothing was ranked and nothing found to be `none` of: no answer at all."""
        return not self.strengths and self.answer != NONE_OF_THEM


@dataclass(frozen=True, slots=True)
class Stated:
    """One confidence, whether what it was said of held, and what a constant would have said."""

    family: str
    value: float
    held: bool
    constant: float


def rankings(folder: Path) -> list[Ranking]:
    """Every incident of a folder, as it is and degraded."""
    truth = json.loads((folder / "truth.json").read_text())
    found: list[Ranking] = []
    for name in sorted(truth):
        bundle = held(read_bundle(folder / name))
        found += ranked(analysed(bundle), truth[name], ())
        for variant in variants(bundle, truth[name]):
            told = {**truth[name], "change": _left(truth[name], variant.bundle.changes.commits)}
            found += ranked(analysed(variant.bundle), told, variant.ways)
    return found


def _left(told: Mapping[str, Any], commits: Sequence[Any]) -> str:
    """The culprit as far as it is still there to be named."""
    sha = str(told.get("change", "none"))
    return sha if any(one.sha == sha for one in commits) else "none"


def ranked(found: Analysis, told: Mapping[str, Any], ways: tuple[str, ...]) -> Iterator[Ranking]:
    """The rankings of one analysis: its services, and its changes where these are asked for."""
    by_change = told["ask"] == "change"

    def ranking(ones: Sequence[Ranked], unit: float, culprit: str, answer: str | None) -> Ranking:
        names = [one.name for one in ones[:WEIGHED]]
        return Ranking(
            id=found.id,
            ways=ways,
            asked=by_change == (ones is found.changes),
            strengths=tuple(one.score / unit for one in ones[:WEIGHED]),
            culprit=names.index(culprit) if culprit in names else NONE_OF_THEM,
            answer=names.index(answer) if answer in names else NONE_OF_THEM if answer else 0,
            verdict=found.verdict,
        )

    first = found.services[0].name if found.services else None
    yield ranking(found.services, 1.0, told["service"], first)
    if by_change and found.bar:
        yield ranking(found.changes, found.bar, told["change"], found.culprit or "none")


def fit(known: Sequence[Ranking]) -> Curve:
    """The likeliest curve; families weigh alike, and in each what is degraded and what is not."""
    counts = Counter((one.family, one.degraded) for one in known)
    weights = np.array([1 / counts[one.family, one.degraded] for one in known])
    weights /= weights.sum()
    rows = np.zeros((len(known), WEIGHED + 1, 3))
    absent = np.zeros((len(known), WEIGHED + 1), dtype=bool)
    truth = np.array([one.culprit % (WEIGHED + 1) for one in known])
    rows[:, WEIGHED, 2] = 1.0
    for n, one in enumerate(known):
        rows[n, : len(one.strengths), :2] = features(one.strengths)
        absent[n, len(one.strengths) : WEIGHED] = True
    curve = np.zeros(3)
    for _ in range(100):
        step = _newton(rows, absent, truth, weights, curve)
        curve = curve + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return Curve(*(round(float(value), 2) for value in curve))


def _newton(rows: Floats, absent: Any, truth: Any, weights: Floats, curve: Floats) -> Floats:
    """One step towards the likeliest curve, held back a little where little is known."""
    least = 1e-3 * np.eye(3)
    worth = np.where(absent, -np.inf, rows @ curve)
    shares = np.exp(worth - worth.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    mean = np.einsum("nc,nck->nk", shares, rows)
    pull = ((rows[np.arange(len(rows)), truth] - mean) * weights[:, None]).sum(axis=0)
    bend = np.einsum("nc,nck,ncl,n->kl", shares, rows, rows, weights)
    bend -= np.einsum("nk,nl,n->kl", mean, mean, weights)
    found: Floats = np.linalg.solve(bend + least, pull - least @ curve)
    return found


def judged(known: Sequence[Ranking], of: str) -> list[Stated]:
    """Every family by the curve, and by the constant, of the others."""
    stated: list[Stated] = []
    for family in sorted({one.family for one in known}):
        others = [one for one in known if one.family != family]
        curve = fit(others)
        for degraded in (False, True):
            fitted = [pair for one in others if one.degraded is degraded
                      for pair in _stated(one, curve, of)]  # fmt: skip
            constant = float(np.mean([held for _, held in fitted]))
            stated += [
                Stated(f"{family} {'degraded' if degraded else ''}".strip(), value, held, constant)
                for one in known
                if one.family == family and one.degraded is degraded
                for value, held in _stated(one, curve, of)
            ]
    return stated


def _stated(one: Ranking, curve: Curve, of: str) -> list[tuple[float, bool]]:
    found = confidence(one.strengths, curve)
    if of == CANDIDATES:
        return [(value, place == one.culprit) for place, value in enumerate(found.each)]
    if not one.asked:
        return []
    if one.silent:
        return [(0.0, False)]
    value = found.none if one.answer == NONE_OF_THEM else found.each[one.answer]
    return [(min(MOST_SURE, value), one.right)]


def brier(stated: Sequence[Stated], value: Callable[[Stated], float]) -> float:
    return float(np.mean([(value(one) - one.held) ** 2 for one in stated]))


def thirds(stated: Sequence[Stated]) -> tuple[float, float]:
    """Share that held in the least sure third, and in the surest."""
    ordered = [one.held for one in sorted(stated, key=lambda one: one.value)]
    third = max(1, len(ordered) // 3)
    return float(np.mean(ordered[:third])), float(np.mean(ordered[-third:]))


def line(title: str, stated: Sequence[Stated]) -> str:
    low, high = thirds(stated)
    return (
        f"{title:<34}{len(stated):>5}  {brier(stated, lambda one: one.value):.3f}  "
        f"{brier(stated, lambda one: one.constant):.3f}   {low:.2f} {high:.2f}   "
        f"{np.mean([one.value for one in stated]):.2f} {np.mean([one.held for one in stated]):.2f}"
    )


def report(known: Sequence[Ranking]) -> list[str]:
    """Brier scores beside the constant's, hits by thirds of confidence, and both means."""
    lines = [
        f"{'confidence, each family by the others':<34}   n  Brier  const.  thirds      mean  hits"
    ]
    for of in (CASES, CANDIDATES):
        stated = judged(known, of)
        for degraded in (False, True):
            own = [one for one in stated if one.family.endswith("degraded") is degraded]
            lines.append(line(f"{of}, {'degraded' if degraded else 'as they are'}", own))
            for family in sorted({one.family for one in own}):
                lines.append(line(f"  {family}", [one for one in own if one.family == family]))
    asked = [one for one in known if one.asked]
    for degraded in (False, True):
        said = {
            verdict: [one.right for one in asked
                      if one.degraded is degraded and (one.verdict == LIKELY) is verdict]
            for verdict in (True, False)
        }  # fmt: skip
        told = ", ".join(
            f"{sum(said[v])}/{len(said[v])} right of {'LIKELY' if v else 'INCONCLUSIVE'}"
            for v in (True, False)
        )
        lines.append(f"verdicts, {'degraded' if degraded else 'as they are'}: {told}")
    return lines


def fitted(known: Sequence[Ranking]) -> list[str]:
    """The constants, and how much they hang on any one family."""
    lines = [f"confidence.py has     {FITTED}", f"fitted to all         {fit(known)}"]
    for family in sorted({one.family for one in known}):
        others = [one for one in known if one.family != family]
        lines.append(f"without {family:<13} {fit(others)}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=BUNDLES)
    parser.add_argument("--fit", action="store_true", help="print the constants instead")
    args = parser.parse_args()
    if not (args.folder / "truth.json").is_file():
        print(f"calibration: no truth.json in {args.folder}; name a folder of bundles",
              file=sys.stderr)  # fmt: skip
        return 2
    known = rankings(args.folder)
    print("\n".join(fitted(known) if args.fit else report(known)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
