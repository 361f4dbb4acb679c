"""10,000 generated approval histories: what must not run never runs, and nothing runs twice.

`tests/flow/approval_histories.py` makes them from seeds 0 to 9,999, and audits each against its own
journal and what really ran. The first history that is wrong ends its part with the seed's number.
"""

import json
import subprocess
import sys
from collections import Counter

from benchmarks.proof import Case, series

MANY, A_PART, JOBS = 10_000, 500, 2

SHOWN = (
    *("ran", "ran by two persons", "adopted", "unclear", "drifted", "runner died"),
    *("approval.requested", "approval.granted", "approval.endorsed", "approval.denied"),
    *("approval.expired", "approval.voided", "command.refused"),
)


def part(first: int) -> Case:
    """One part in a process of its own; `wrong` holds the sentence of the first wrong history."""
    argv = [sys.executable, "-m", "benchmarks.prove_approvals", str(first)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"first": first, "wrong": (done.stderr.strip().splitlines() or ["no word"])[-1]}
    return {"first": first, "wrong": "", "told": json.loads(done.stdout)}


def main() -> int:
    firsts = range(0, MANY, A_PART)
    cases = [(f"{first:04d}", lambda first=first: part(first)) for first in firsts]
    parts = series("approvals", cases, JOBS, _line)
    told: Counter[str] = Counter()
    for one in parts:
        told.update(one.get("told", {}))
    wrong = [one["wrong"] for one in parts if one["wrong"]]
    print(f"approvals: {told['histories']} histories right, {len(wrong)} parts wrong")
    print(", ".join(f"{name} {told[name]}" for name in SHOWN))
    for why in wrong:
        print(f"wrong: {why}")
    return 1 if wrong else 0


def _line(result: Case) -> str:
    return str(result["wrong"] or f"{result['told']['histories']} right")


def _one_part(first: int) -> int:
    from tests.flow.approval_histories import histories

    print(json.dumps(histories(range(first, first + A_PART))))
    return 0


if __name__ == "__main__":
    sys.exit(_one_part(int(sys.argv[1])) if len(sys.argv) > 1 else main())
