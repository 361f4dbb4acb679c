"""Carrying out an approved card exactly once, whatever dies in between.

The intent is in the journal before this is called. The executor looks before it acts: a result left
by an earlier runner is taken, a launcher still at work is waited for, and only where nobody has
claimed the folder is the command started, after approval, expiry and pre-state were checked again.
Where it cannot tell what happened it says so, and a human decides.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.actions import launch
from orchestrator.actions.card import Impossible, digest, look
from orchestrator.actions.environment import environment
from orchestrator.clock import Clock
from orchestrator.model.events import Json
from orchestrator.model.state import State
from orchestrator.settings import Settings

POLL_SECONDS = 0.1

Started = Callable[[int, int, bool], Awaitable[None]]
"""pid, start ticks, and whether an earlier runner had started it"""


class Unclear(Exception):
    """It cannot be told whether the command ran; a human has to look."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One approved card, and where its traces go."""

    folder: Path
    """actions/<key> of the incident"""
    root: Path
    card: Json
    approval: str
    key: str
    """what the outside may recognise it by: `INC-42/mitigation/execute@1`"""


async def execute(
    run: Execution, settings: Settings, state: State, clock: Clock, started: Started
) -> dict[str, Any]:
    """Run it or find it. `{"exit", "output", "adopted", ...}`, or `{"drifted": True, "why"}`."""
    run.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    claim = _claim(run.folder)
    adopted, launcher = claim is not None, None
    if claim is None:
        drift = await _drift(run, settings, state, clock)
        claim = _claim(run.folder)
        if drift and claim is None:
            return {"drifted": True, "why": drift}
        if claim is None:
            launcher = await _start(run)
            claim = await _claimed(run, clock)
        else:
            adopted = True
    await started(int(claim["pid"]), int(claim["ticks"]), adopted)
    result = await _result(run, claim, clock)
    if launcher is not None:
        await launcher.wait()  # it ends with its result; a child nobody waits for stays a zombie
    if result is None:
        return await _look_for_the_effect(run, settings)
    return {**result, "output": output(run.folder), "adopted": adopted}


def output(folder: Path) -> str:
    """What the command printed, its last part."""
    try:
        return (folder / "output.txt").read_text("utf-8", "replace")[-4000:].strip()
    except FileNotFoundError:
        return ""


async def _drift(run: Execution, settings: Settings, state: State, clock: Clock) -> str:
    """Why the approval no longer covers what would happen; empty when it does."""
    approval = state.approvals.get(run.approval)
    if approval is None or approval.decision != "granted":
        return "there is no approval for it"
    if clock.now() > approval.expires:
        return "the approval ran out before it could be carried out"
    if digest(run.card) != approval.sha256:
        return "the card is not the one that was approved"
    try:
        before = await look(settings, run.root, run.card)
    except Impossible as error:
        return str(error)
    if before != run.card["pre_state"]:
        return f"the target has moved: {before.splitlines()[0] if before else 'empty'}"
    return ""


async def _start(run: Execution) -> asyncio.subprocess.Process:
    """Start the launcher in a session of its own: it outlives us when we are killed."""
    script = Path(launch.__file__)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(script), str(run.folder)),
        *(str(run.root / str(run.card["cwd"])), str(run.card["timeout"])),
        *(str(part) for part in run.card["argv"]),
        cwd=run.root,
        env=environment(WARROOM_KEY=run.key),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )


async def _claimed(run: Execution, clock: Clock) -> dict[str, Any]:
    begun = clock.now()
    while (claim := _claim(run.folder)) is None:
        if clock.now() - begun > 15.0:
            raise Unclear("the launcher did not start; nothing was run as far as can be seen")
        await clock.sleep(POLL_SECONDS)
    return claim


async def _result(run: Execution, claim: dict[str, Any], clock: Clock) -> dict[str, Any] | None:
    """The result once there is one; None when the launcher is gone without leaving any."""
    while True:
        gone = launch.ticks(int(claim["pid"])) != int(claim["ticks"])
        found = _read(run.folder / "result.json")
        if found is not None:
            return found
        if gone:
            return None
        await clock.sleep(POLL_SECONDS)


async def _look_for_the_effect(run: Execution, settings: Settings) -> dict[str, Any]:
    """Nobody saw it end: the target itself says whether it happened, or nobody can."""
    wanted = run.card["params"].get("version")
    with contextlib.suppress(Impossible):
        now = await look(settings, run.root, run.card)
        if wanted and now.splitlines()[:1] == [wanted]:
            return {
                "exit": 0,
                "output": output(run.folder),
                "adopted": True,
                "found": "by its effect",
            }
    raise Unclear("the command was started and cut short; whether it took effect cannot be told")


def _claim(folder: Path) -> dict[str, Any] | None:
    return _read(folder / "claim.json")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return body
