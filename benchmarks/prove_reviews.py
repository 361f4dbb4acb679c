"""Ten times 50 generated incidents: every number of every review recounted from the raw journal.

Each seed's result lies in `.prove/reviews/`; a seed that has one is not run again.
"""

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.proof import KEPT
from benchmarks.recount.__main__ import recount
from tests.flow.reviewed import reviewed

SEEDS, EACH = range(1, 11), 50


def main() -> int:
    folder = KEPT / "reviews"
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for seed in SEEDS:
        path = folder / f"{seed:02d}.json"
        if not path.exists():
            path.write_text(json.dumps(_measured(seed), indent=1))
        result = json.loads(path.read_text())
        results.append(result)
        print(f"reviews {seed:02d}: {result['lines']} lines, {result['numbers']} numbers, "
              f"{len(result['problems'])} differences", flush=True)  # fmt: skip
    wrong = [problem for result in results for problem in result["problems"]]
    for problem in wrong[:20]:
        print(problem)
    return 1 if wrong else 0


def _measured(seed: int) -> dict[str, object]:
    lines, numbers, problems = 0, 0, []
    with tempfile.TemporaryDirectory(prefix="warroom-reviews-") as root:
        for one in reviewed(EACH, seed, Path(root)):
            found = recount(one.journal, one.review)
            lines, numbers = lines + found.lines.total(), numbers + found.numbers.total()
            problems += [f"{seed}/{one.journal.parent.name}: {told}" for told in found.problems]
    return {"lines": lines, "numbers": numbers, "problems": problems}


if __name__ == "__main__":
    sys.exit(main())
