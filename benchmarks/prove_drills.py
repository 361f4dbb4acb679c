"""Every drill over three seeds: the right kind of cause, the right kind of change, and no harm."""

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.proof import LIMIT, Case, series
from orchestrator.clock import WallClock
from orchestrator.drills import homes, scenarios

SEEDS = (1, 2, 3)
NEEDED = 27
"""Of all the cases: those that have to be right."""

NO_SECOND = ("report-lock", "schema-change")
"""Drills in which going back is wrong or fails: nothing may be changed blindly after that."""


def run(scenario: str, seed: int) -> Case:
    """One graded drill, headless."""
    clock, root = WallClock(), Path(tempfile.mkdtemp(prefix="warroom-drill-"))
    command = [sys.executable, "-m", "orchestrator.cli", "drill", "run", scenario, "--headless"]
    command += ["--json", "--seed", str(seed), "--root", str(root)]
    begun, code = clock.now(), -1
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
        code = done.returncode
        body: Case = json.loads(done.stdout) if done.stdout.strip() else {"said": done.stderr}
    except subprocess.TimeoutExpired:
        body = {"said": f"cut after {LIMIT:g} s"}
    for home in homes(root):
        home.stop()
        body["truth"] = home.truth()["culprit"]
    return {
        "exit": code,
        "truth": "UNKNOWN",
        **body,
        "seconds": round(clock.now() - begun, 1),
        "seed": seed,
    }


def main() -> int:
    names = sys.argv[1:] or list(scenarios())
    cases = [(f"{name}-{seed}", partial(run, name, seed)) for name in names for seed in SEEDS]
    jobs = int(os.environ.get("PROVE_JOBS", "1"))
    results = series("drills", cases, jobs)
    passed = harmed = blind = 0
    for (case, _), result in zip(cases, results, strict=True):
        grade = result.get("grade") or {}
        marks = {name: mark["result"] for name, mark in grade.get("marks", {}).items()}
        right = marks.get("verdict") == "right" and marks.get("actions") == "right"
        passed += right
        harmed += bool(grade.get("harm", ()))
        blind += case.rpartition("-")[0] in NO_SECOND and len(grade.get("changes", ())) > 1
        print(f"{case:<20}{'right' if right else 'WRONG':<7}{grade.get('changes')} {marks}")
    needed = NEEDED if len(cases) == len(SEEDS) * len(scenarios()) else len(cases)
    print(
        f"{passed} of {len(cases)} right (needed {needed}), {harmed} harmed, {blind} blind changes"
    )
    return 0 if passed >= needed and not harmed and not blind else 1


if __name__ == "__main__":
    sys.exit(main())
