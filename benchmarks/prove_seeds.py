"""20 leak seeds and 5 controls: the leaking commit is named, and nobody innocent is rolled back."""

import sys

from benchmarks.proof import Case, demo, series

LEAKS, CONTROLS = range(1, 21), range(1, 6)


def main() -> int:
    leaks = series("leak", [(f"{n:02d}", lambda n=n: demo("leak", n)) for n in LEAKS])  # type: ignore[misc]
    spikes = series(
        "spike",
        [(f"{n:02d}", lambda n=n: demo("traffic-spike", n)) for n in CONTROLS],  # type: ignore[misc]
    )
    resolved = [r for r in leaks if r.get("resolution") == "RESOLVED"]
    named = [r for r in resolved if r["culprit_change"] == r["truth"]]
    wrong = [r for r in leaks if r.get("culprit_change") not in (r["truth"], "none")]
    offered = [r for r in spikes if r["approved"] or r.get("culprit_change") != "none"]
    slowest = max(r["seconds"] for r in leaks)
    print(f"leak: {len(resolved)}/20 resolved, {len(named)}/20 named, {len(wrong)} decoys blamed")
    print(f"leak: slowest {slowest} s; spike: {len(offered)}/5 blamed or rolled back")
    return 0 if _holds(named, wrong, offered, slowest) else 1


def _holds(named: list[Case], wrong: list[Case], offered: list[Case], slowest: float) -> bool:
    return len(named) >= 19 and not wrong and not offered and slowest <= 150


if __name__ == "__main__":
    sys.exit(main())
