"""What the long proofs share: run one headless demo in a folder of its own, and keep its result.

Results lie in `.prove/<series>/<case>.json`; a case that has one is not run again, so a series that
was cut goes on where it stopped. Delete the folder to measure anew.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from orchestrator.clock import WallClock
from orchestrator.drills import homes

KEPT = Path(".prove")
LIMIT = 300.0

Case = dict[str, Any]
Meanwhile = Callable[[Path], Case]
"""Called with the drill's root while the demo runs; what it returns joins the result."""


def demo(scenario: str, seed: int, meanwhile: Meanwhile | None = None) -> Case:
    """One headless demo with the autopilot: its object, its seconds, and the truth about it."""
    clock, root = WallClock(), Path(tempfile.mkdtemp(prefix="warroom-prove-"))
    command = [sys.executable, "-m", "orchestrator.cli", "demo", "--headless", "--autopilot"]
    command += ["--json", "--scenario", scenario, "--seed", str(seed), "--root", str(root)]
    begun = clock.now()
    with (
        (root / "said.txt").open("w") as said,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True
        ) as process,
    ):
        try:
            more = meanwhile(root) if meanwhile else {}
            out, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            out, more = process.communicate()[0], {"cut": True}
    home = homes(root)[0]
    result: Case = {
        **(json.loads(out) if out.strip() else {"said": (root / "said.txt").read_text()[-2000:]}),
        **more,
        "seed": seed,
        "exit": process.returncode,
        "seconds": round(clock.now() - begun, 1),
        "truth": home.truth()["culprit"],
        "deploys": _deploys(home.project),
    }
    if "dir" in result:
        result["verify"] = _verify(str(result["dir"]))
    result["approved"] = _approved(Path(str(result.get("dir") or root)))
    home.stop()
    if not os.environ.get("PROVE_KEEP"):
        shutil.rmtree(root, ignore_errors=True)
    return result


def series(
    name: str,
    cases: Iterable[tuple[str, Callable[[], Case]]],
    jobs: int = 1,
    line: Callable[[Case], str] | None = None,
) -> list[Case]:
    """Run what has no result yet, a line each; all results in order."""
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)

    def one(case: tuple[str, Callable[[], Case]]) -> Case:
        path = folder / f"{case[0]}.json"
        if not path.exists():
            path.write_text(json.dumps(case[1](), indent=1))
        result: Case = json.loads(path.read_text())
        print(f"{name} {case[0]}: {(line or _line)(result)}", flush=True)
        return result

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, cases))


def _line(result: Case) -> str:
    right = str(result.get("culprit_change")) == str(result["truth"])
    culprit = "culprit right" if right else f"culprit {result.get('culprit_change')}"
    return f"{result.get('resolution')} {result['seconds']} s, {culprit}, exit {result['exit']}"


def _deploys(project: Path) -> list[str]:
    lines = (project / "var" / "deploys.jsonl").read_text().splitlines()
    return [str(json.loads(line)["kind"]) for line in lines]


def _verify(folder: str) -> int:
    command = [sys.executable, "-m", "orchestrator.cli", "verify", folder, "--json"]
    return subprocess.run(command, capture_output=True, check=False).returncode


def _approved(folder: Path) -> list[str]:
    """Versions that an approval was granted for."""
    journal = folder / "journal.jsonl"
    if not journal.exists():
        return []
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    cards = {
        e["data"]["approval"]: e["data"]["card"]["params"].get("version", "")
        for e in events
        if e["type"] == "approval.requested"
    }
    granted = [e["data"]["approval"] for e in events if e["type"] == "approval.granted"]
    return [cards[approval] for approval in granted]
