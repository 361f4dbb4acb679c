"""20 kills -9 of the runner: 10 at random moments, 10 between an intent and its recorded effect.

Each incident must still be RESOLVED with exactly one rollback in the deploy script's own log, and
its journal must verify. A kill is aimed by watching the journal: the intent of the rollback
(`mitigation/execute` requested) or the report of any earlier effect that is still missing.
"""

import json
import os
import signal
import sys
from pathlib import Path
from random import Random

from benchmarks.proof import Case, demo, series
from orchestrator.client import heartbeat
from orchestrator.clock import WallClock
from orchestrator.project import Project

POLL = 0.002
AIMED = (
    "mitigation/execute@1#1",
    "mitigation/execute@1#1",
    "mitigation/execute@1#1",
    "mitigation/execute@1#1",
    "mitigation/prepare@1#1",
    "mitigation/validate@1#1",
    "regression/verdict#1",
    "tier2/analysis#1",
    "rca/5whys#1",
    "review/pir#1",
)
"""Whose effect is cut: asked for in the journal, not ended in the journal."""


def random_kill(number: int) -> Case:
    """Kill once, some seconds after detection."""
    wait = Random(number).uniform(0.0, 14.0)

    def meanwhile(root: Path) -> Case:
        journal = _journal(root)
        clock = WallClock()
        until = clock.now() + wait
        while clock.now() < until:
            _pause()
        return {"killed": _kill(root), "after": round(wait, 2), "at_event": _last(journal)}

    return demo("leak", 100 + number, meanwhile)


def aimed_kill(number: int) -> Case:
    """Kill while the effect runs: at once when its intent shows, or some milliseconds later."""
    task, delay = AIMED[number - 1], Random(number).choice((0.0, 0.05, 0.15, 0.4))

    def meanwhile(root: Path) -> Case:
        journal = _journal(root)
        while f'"{task}/requested"' not in journal.read_text():
            _pause()
        clock = WallClock()
        until = clock.now() + delay
        while clock.now() < until:
            _pause()
        killed = _kill(root)
        cut = f'"{task}/finished"' not in journal.read_text()
        return {"killed": killed, "task": task, "delay": delay, "effect_was_open": cut}

    return demo("leak", 200 + number, meanwhile)


def _journal(root: Path) -> Path:
    """The journal, once there is one."""
    while True:
        found = list(root.glob("*/project/.aiwg/incidents/*/journal.jsonl"))
        if found and found[0].stat().st_size:
            return found[0]
        _pause()


def _kill(root: Path) -> int:
    project = Project(next(root.glob("*/project")))
    beat = heartbeat(project.runner)
    assert beat is not None, "there is no runner to kill"
    os.kill(beat.pid, signal.SIGKILL)
    return beat.pid


def _last(journal: Path) -> str:
    lines = journal.read_text().splitlines()
    return str(json.loads(lines[-1])["id"]) if lines else ""


def _pause() -> None:
    signal.sigtimedwait([], POLL)


def main() -> int:
    cases = series("kill-random", [(f"{n:02d}", lambda n=n: random_kill(n)) for n in range(1, 11)])  # type: ignore[misc]
    cases += series("kill-aimed", [(f"{n:02d}", lambda n=n: aimed_kill(n)) for n in range(1, 11)])  # type: ignore[misc]
    wrong = [case for case in cases if not _right(case)]
    cut = sum(bool(case.get("effect_was_open")) for case in cases)
    print(
        f"kills: {len(cases) - len(wrong)}/{len(cases)} right; {cut}/10 aimed kills cut an effect"
    )
    for case in wrong:
        print(f"wrong: seed {case['seed']}: {json.dumps(case)[:400]}")
    return 1 if wrong else 0


def _right(case: Case) -> bool:
    return (
        case.get("resolution") == "RESOLVED"
        and case["deploys"].count("rollback") == 1
        and case.get("verify") == 0
    )


if __name__ == "__main__":
    sys.exit(main())
