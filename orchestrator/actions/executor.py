"""Carrying out an approved card exactly once, whatever dies in between.

The intent is in the journal before this is called. The executor looks before it acts: a result left
by an earlier runner is taken, a launcher still at work is waited for, and only where nobody has
claimed the folder is the command started, after approval, expiry and pre-state were checked again.
Where it cannot tell what happened it says so, and a human decides.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.actions import launch
from orchestrator.actions.card import Impossible, digest, edited, look
from orchestrator.actions.running import POLL_SECONDS, Out, ended, read
from orchestrator.clock import Clock
from orchestrator.environment import variables
from orchestrator.evidence.hygiene import clean
from orchestrator.evidence.redaction import redact
from orchestrator.model.events import Json
from orchestrator.model.state import State
from orchestrator.model.two_persons import needed
from orchestrator.project import write_private
from orchestrator.settings import Settings

STARTS_WITHIN = 15.0
"""Seconds a launcher has to claim its folder."""

CHANGE_KEY = "CHANGE_KEY"
"""Variable that every change finds in its environment: what names it to the outside."""

SHOWN = 4000
"""Characters of a command's output that its report carries."""

KEPT = 1 << 20
"""Bytes of a command's output that stay on the disk, its last ones."""

Started = Callable[[int, int, bool], Awaitable[None]]
"""pid, start ticks, and whether an earlier runner had started it"""

Fresh = Callable[[], State]
"""The incident as it stands when it is asked: a person may have stopped the line meanwhile."""


class Unclear(Exception):
    """It cannot be told whether the command ran; a human has to look."""


class Cancelled(Unclear):
    """A person cut it short, and it may have taken effect in part."""

    def __init__(self, why: str, report: dict[str, Any]) -> None:
        super().__init__(why)
        self.report = report


def _unheard(text: str) -> None:
    """Nobody watches what is printed."""


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
    run: Execution,
    settings: Settings,
    fresh: Fresh,
    clock: Clock,
    started: Started,
    out: Out = _unheard,
) -> dict[str, Any]:
    """Run it or find it. `{"exit", "output", "adopted", ...}`, or `{"drifted": True, "why"}`.

    What the command prints goes to `out` as it comes. Cancelled when a person cut it short.
    """
    run.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    claim = _claim(run)
    adopted, launcher = claim is not None, None
    if claim is None:
        drift = await _drift(run, settings, clock, fresh)
        claim = _claim(run)
        if drift and claim is None:
            return {"drifted": True, "why": drift}
        if claim is None:
            launcher = await _start(run)
            claim = await _claimed(
                run, launcher, clock, lambda: _not_covered(run, settings, fresh(), clock.now())
            )
        else:
            adopted = True
    await started(int(claim["pid"]), int(claim["ticks"]), adopted)
    timeout = float(run.card["timeout"])
    await ended(run.folder, claim, timeout, clock, lambda: bool(_cancel(run, fresh())), out)
    if launcher is not None:
        await launcher.wait()  # a child nobody waits for stays a zombie
    said = await asyncio.to_thread(_kept, run.folder)
    result = _of(run, read(run.folder / "result.json"), "result")
    cut = _cancel(run, fresh())
    if cut and (result is None or result.get("cancelled")):
        code = -1 if result is None else int(result["exit"])
        found = {"exit": code, "output": said, "adopted": adopted}
        return await _cancelled(run, settings, cut, found)
    if result is None:
        return await _look_for_the_effect(run, settings)
    shown = {key: value for key, value in result.items() if key not in ("approval", "sha256")}
    return {**shown, "output": said, "adopted": adopted}


def _cancel(run: Execution, state: State) -> str:
    """Who wants it cut short and why; empty when nobody does."""
    task = state.tasks.get(run.key.partition("/")[2])
    return (
        f"cancelled by {task.cancelled_by}: {task.cancel_why}" if task and task.cancel_why else ""
    )


async def _cancelled(
    run: Execution, settings: Settings, why: str, found: dict[str, Any]
) -> dict[str, Any]:
    """What a command that was cut short left behind, as far as the target tells.

    Where it is provably as it was, nothing was changed; else a human has to look.
    """
    before = str(run.card["pre_state"])
    try:
        after = await look(settings, run.root, run.card)
    except Impossible as error:
        after = f"unknown: {error}"
    report = {**found, "cancelled": True, "before": before, "after": after}
    if before and after == before:
        return {**report, "drifted": True, "why": f"{why}; the target is as it was"}
    was, now = (text.splitlines()[0] if text else "not known" for text in (before, after))
    raise Cancelled(
        f"{why}; state unknown, look at the target: it was {was}, it is {now} now", report
    )


def output(folder: Path) -> str:
    """What the command printed, its last part, without secrets and control characters."""
    return _safe(_printed(folder))[-SHOWN:].strip()


def _kept(folder: Path) -> str:
    """Once nobody writes it any more: what was printed goes without its secrets on the disk too."""
    path, printed = folder / "output.txt", _printed(folder)
    text = _safe(printed)
    if path.exists() and (path.stat().st_size != len(printed) or text.encode() != printed):
        # no room for the copy is said by the heartbeat; the outcome must not be lost with it
        with contextlib.suppress(OSError):
            write_private(path, text)
    return text[-SHOWN:].strip()


def _safe(printed: bytes) -> str:
    return redact(clean(printed.decode("utf-8", "replace")))[0]


def _printed(folder: Path) -> bytes:
    try:
        with (folder / "output.txt").open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - KEPT))
            body = file.read(KEPT)
    except FileNotFoundError:
        return b""
    # half a line could be half a secret
    return body if size <= KEPT else b"[beginning left out]" + body[max(0, body.find(b"\n")) :]


async def _drift(run: Execution, settings: Settings, clock: Clock, fresh: Fresh) -> str:
    """Why the approval no longer covers what would happen; empty when it does.

    What the journal says is asked last, because looking at the target takes time.
    """
    if why := _unwanted(run, settings, fresh(), clock.now()):
        return why
    try:
        before = await look(settings, run.root, run.card)
    except Impossible as error:
        return str(error)
    if before != run.card["pre_state"]:
        return f"the target has moved: {before.splitlines()[0] if before else 'empty'}"
    return _unwanted(run, settings, fresh(), clock.now())


def _unwanted(run: Execution, settings: Settings, state: State, now: float) -> str:
    """A person cancelled it before it began, or it is not covered."""
    if cut := _cancel(run, state):
        return f"{cut}; it had not begun"
    return _not_covered(run, settings, state, now)


def _not_covered(run: Execution, settings: Settings, state: State, now: float) -> str:
    """The same, as far as journal, clock and catalogue tell."""
    approval = state.approvals.get(run.approval)
    if approval is None or approval.decision != "granted":
        return "there is no approval for it"
    if len({*approval.endorsed_by, approval.by}) < needed(run.card, state.policy):
        return "fewer persons approved it than it needs"
    if max(now, state.last_at) > approval.expires:  # a clock that was set back revives nothing
        return "the approval ran out before it could be carried out"
    if digest(run.card) != approval.sha256:
        return "the card is not the one that was approved"
    if state.stopped:
        return f"the line was stopped meanwhile: {state.stopped}"
    if state.frozen:
        return f"changes were frozen meanwhile: {state.frozen}"
    return edited(settings, run.card)


async def _start(run: Execution) -> asyncio.subprocess.Process:
    """Start the launcher in a session of its own: it outlives us when we are killed."""
    script = Path(launch.__file__)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(script), str(run.folder), run.approval, digest(run.card)),
        *(str(run.root / str(run.card["cwd"])), str(run.card["timeout"])),
        *(str(part) for part in run.card["argv"]),
        cwd=run.root,
        env=variables(run.card.get("env", ()), **{CHANGE_KEY: run.key}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )


async def _claimed(
    run: Execution,
    launcher: asyncio.subprocess.Process,
    clock: Clock,
    not_covered: Callable[[], str],
) -> dict[str, Any]:
    """The launcher's claim. Unclear when there is none, and then there never will be."""
    begun = clock.now()
    while (claim := _claim(run)) is None:
        late = launcher.returncode is not None or clock.now() - begun > STARTS_WITHIN
        if late or not_covered():
            await _close(run, launcher)
            claim = _claim(run)
            if claim is None:
                raise Unclear("claim.json cannot be read; whether the command ran cannot be told")
            break
        await clock.sleep(POLL_SECONDS)
    return claim


async def _close(run: Execution, launcher: asyncio.subprocess.Process) -> None:
    """Put our own claim where the launcher's should be: one that comes late finds the door shut."""
    with contextlib.suppress(OSError):  # a full disk; ending the launcher then has to do
        if not launch.claim(run.folder, {**_whose(run), "pid": 0, "ticks": 0, "shut": True}):
            return
    with contextlib.suppress(ProcessLookupError):
        launcher.kill()
    await launcher.wait()


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


def _claim(run: Execution) -> dict[str, Any] | None:
    claim = _of(run, read(run.folder / "claim.json"), "claim")
    if claim is not None and claim.get("shut"):
        raise Unclear("the launcher did not start; nothing was run, and nothing will be")
    return claim


def _of(run: Execution, found: dict[str, Any] | None, what: str) -> dict[str, Any] | None:
    """What was found, when it is this approval's; another's success proves nothing here."""
    if found is not None and any(found.get(key) != value for key, value in _whose(run).items()):
        raise Unclear(
            f"the {what} in {run.folder.name} is of another approval; nothing was started now"
        )
    return found


def _whose(run: Execution) -> dict[str, object]:
    return {"approval": run.approval, "sha256": digest(run.card)}
