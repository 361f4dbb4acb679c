"""20 kills -9 while a change is applied, 20 during its undo, and 20 during its validation.

Each on a service of its own that is one file (`small_world`). The target must be in the state that
was approved last, every change must have run exactly once by the script's own log, the attempt must
be judged once, and the journal must verify. Moments are seeded; a quarter is killed twice.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.small_world import BAD, GOOD, OTHER, World, pause, small_world
from orchestrator.clock import WallClock
from orchestrator.model.state import State

KEPT = Path(".prove")
SERIES = 20

Case = dict[str, Any]


def apply_killed(root: Path, seed: int) -> Case:
    """The runner dies between the approval and the end of the command: it runs once, or a human
    is asked and it runs no more. Every fourth time the command is killed with it."""
    chance = Random(seed)
    with small_world(root) as world:
        _chosen(world, GOOD)
        cut = _killed(world, chance, 0.9, _apply_runs, with_command=seed % 4 == 0)
        state = world.until(lambda s: not _apply_runs(s))
        world.until(lambda s: bool(s.attempts) and (bool(s.stopped) or s.resolution == "RESOLVED"))
        ended = state.tasks["mitigation/execute@1"]
        once = world.release == GOOD and world.changes == [GOOD]
        asked = len(world.changes) <= 1 and bool(state.stopped)
        done = ended.outcome == "done" and ended.report.get("exit") == 0
        case = _case(world, cut, right=once if done else asked)
        return {**case, "outcome": ended.outcome}


def _apply_runs(state: State) -> bool:
    task = state.tasks.get("mitigation/execute@1")
    return task is None or task.running


def validation_killed(root: Path, seed: int) -> Case:
    """A change heals the service; the runner dies while the looks go on."""
    chance = Random(seed)
    with small_world(root) as world:
        _chosen(world, GOOD)
        world.until(lambda s: "mitigation/validate@1" in s.tasks)
        cut = _killed(world, chance, 1.8, lambda s: s.tasks["mitigation/validate@1"].running)
        world.until(lambda s: s.resolution == "RESOLVED" and s.status != "MITIGATING")
        world.until(lambda s: bool(s.attempts))
        resolved = [one.resolution for one in world.types("resolution.decided")]
        return _case(
            world,
            cut,
            right=world.release == GOOD
            and world.changes == [GOOD]
            and resolved.count("RESOLVED") == 1
            and [one.effect for one in world.types("attempt.judged")] == ["restored"],
        )


def undo_killed(root: Path, seed: int) -> Case:
    """A change heals nothing and is taken back; the runner dies while it is."""
    chance = Random(seed)
    with small_world(root) as world:
        _chosen(world, OTHER)
        world.until(lambda s: s.report("mitigation/execute@1") is not None)
        told = world.tell("undo", action="mitigation/execute@1")
        if not told.accepted:
            raise RuntimeError(told.why)
        world.approve("undo@1")
        cut = _killed(world, chance, 0.9, _undo_runs)
        state = world.until(_undone)
        seen = world.until(lambda s: bool(s.attempts))
        tasks, judged = seen.tasks, seen.attempts
        watched = (
            tasks["mitigation/undo@1"].requested_at <= tasks["mitigation/validate@1"].finished_at
        )
        return _case(
            world,
            cut,
            right=world.release == BAD
            and world.changes == [OTHER, BAD]
            and state.tasks["mitigation/undo@1"].report.get("exit") == 0
            and [one.effect for one in judged.values()] == ["taken back" if watched else "none"]
            and not state.stopped,
        )


def _chosen(world: World, version: str) -> None:
    """A person chooses the change and approves its card."""
    world.until(lambda s: s.status == "INVESTIGATING")
    why = "the operators know this one"
    told = world.tell("choose", action="change", params={"version": version}, why=why)
    if not told.accepted:
        raise RuntimeError(told.why)
    world.approve("rollback@1")


def _killed(
    world: World,
    chance: Random,
    longest: float,
    open_: Callable[[State], bool],
    *,
    with_command: bool = False,
) -> Case:
    """Kill after a seeded pause and start anew; now and then once more while it comes up."""
    wait = round(chance.uniform(0.0, longest), 3)
    pause(wait)
    world.kill()
    if with_command:
        world.kill_commands()
    state = world.state()
    cut: Case = {"after": wait, "open": state is not None and open_(state), "kills": 1}
    world.restart()
    if chance.random() < 0.25:
        pause(chance.uniform(0.0, 0.5))
        world.restart()
        cut["kills"] = 2
    return cut


def _undo_runs(state: State) -> bool:
    task = state.tasks.get("mitigation/undo@1")
    return task is None or task.running


def _undone(state: State) -> bool:
    return state.report("mitigation/undo@1") is not None


def _case(world: World, cut: Case, *, right: bool) -> Case:
    wrong = world.settled()
    return {
        **cut,
        "right": right and not wrong,
        "changes": world.changes,
        "release": world.release,
        "journal": wrong or "verifies",
    }


def series(name: str, prove: Callable[[Path, int], Case]) -> list[Case]:
    """What has no result yet is run, one after the other; all results in order."""
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    cases = []
    for seed in range(1, SERIES + 1):
        path = folder / f"{seed:02d}.json"
        if not path.exists():
            clock = WallClock()
            begun = clock.now()
            with tempfile.TemporaryDirectory(prefix="warroom-prove-") as root:
                case = prove(Path(root), seed)
            took = round(clock.now() - begun, 1)
            path.write_text(json.dumps({"seed": seed, **case, "seconds": took}, indent=1))
        cases.append(json.loads(path.read_text()))
        print(f"{name} {seed:02d}: {json.dumps(cases[-1])}", flush=True)
    return cases


def main() -> int:
    wrong = 0
    proofs = (
        ("kill-apply", apply_killed),
        ("kill-validation", validation_killed),
        ("kill-undo", undo_killed),
    )
    for name, prove in proofs:
        cases = series(name, prove)
        right = sum(bool(case["right"]) for case in cases)
        cut = sum(bool(case["open"]) for case in cases)
        kills = sum(int(case["kills"]) for case in cases)
        print(f"{name}: {right}/{len(cases)} right, {kills} kills, {cut} cut what was open")
        wrong += len(cases) - right
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
