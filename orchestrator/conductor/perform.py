"""Doing what the journal asks for: an agent's report, a card, an approved action, the probes.

Every effect ends in a report, whatever happens; otherwise its task would be running for ever.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError

from orchestrator.actions.card import Impossible, build
from orchestrator.actions.executor import Execution, Unclear, execute
from orchestrator.actions.probes import BASELINE_SECONDS, validate
from orchestrator.agents.contract import Backend, Stopped
from orchestrator.clock import Clock
from orchestrator.conductor.bench import Apply, WorkBench
from orchestrator.conductor.preserve import preserve
from orchestrator.conductor.room import Room
from orchestrator.evidence.safe import safe
from orchestrator.evidence.sources.ring import Sample, read_ring
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER, ActionStarted, Json, TaskFinished
from orchestrator.model.reports import SCHEMAS, Report, checked
from orchestrator.model.state import State, Task
from orchestrator.project import sha256_file
from orchestrator.settings import Settings

log = logging.getLogger(__name__)


class Performer:
    """Performs one task at a time per call; holds nothing between calls."""

    def __init__(self, settings: Settings, backend: Backend, clock: Clock) -> None:
        self._settings = settings
        self._backend = backend
        self._clock = clock

    async def perform(self, room: Room, task: Task, apply: Apply) -> dict[str, Any]:
        """The arguments of the `report` command that ends this attempt."""
        backend = self._backend.name if task.kind == "agent" else "code"
        dropped: tuple[str, ...] = ()
        report: dict[str, Any] = {}
        path = digest = ""
        try:
            bench = WorkBench(room, task, self._settings, self._clock, apply)
            try:
                report, dropped = await _KINDS[task.kind](self, room, task, bench, apply)
            except Exception as error:
                bench.warn(_reason(error))
                raise
            finally:
                path, digest = bench.close()
            outcome, why = "done", ""
        except Stopped:
            report, outcome, why = {}, "stopped", "a person stopped it"
        except Unclear as error:
            report, outcome, why = {}, "unknown", str(error)
        except Exception as error:  # an agent's bug must end its task, not the incident
            log.exception("%s of %s failed", task.id, room.incident)
            report, outcome, why = {}, "failed", _reason(error)
        finished = TaskFinished(
            key=task.key,
            attempt=task.attempt,
            outcome=outcome,
            report=report,
            backend=backend,
            why=why,
            transcript=path,
            transcript_sha256=digest,
            dropped=dropped,
        )
        return dict(encode(finished))

    async def _agent(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        raw = await self._backend.perform(task, bench)
        schema = SCHEMAS[task.key.split("@")[0]]
        return sound(room, schema.model_validate(dict(raw)))

    async def _prepare(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        bench.say("Reading the target's state and trying the change without doing it.\n")
        try:
            card = await build(self._settings, room.project.root, room.state, task.inputs)
        except Impossible as error:
            bench.warn(str(error))
            return {"possible": False, "why": str(error)}, ()
        bench.call(" ".join(card["argv"]))
        if card["dry_run"]:
            bench.out(f"dry run: exit {card['dry_run']['exit']}\n{card['dry_run']['output']}")
        bench.say(f"Ready for a decision: {card['title']}.\n")
        return {"possible": True, "why": "", "card": card}, ()

    async def _action(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        card: Json = task.inputs["card"]
        if room.state.forked_from:
            return _simulated(card, bench), ()
        run = Execution(
            folder=room.folder.actions / task.key.replace("/", "-"),
            root=room.project.root,
            card=card,
            approval=str(task.inputs["approval"]),
            key=f"{room.incident}/{task.key}",
        )
        bench.call(" ".join(str(part) for part in card["argv"]))

        async def started(pid: int, ticks: int, adopted: bool) -> None:
            fact = ActionStarted(task.key, pid, ticks, adopted)
            command_id = f"{task.id}/started/{pid}.{ticks}"
            now = self._clock.now()
            await apply(Command(command_id, "action-started", now, RUNNER, encode(fact)))

        done = await execute(run, self._settings, room.state, self._clock, started)
        if done.get("output"):
            bench.out(str(done["output"]))
        bench.say(_ended(done))
        return done, ()

    async def _probe(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        def samples(since: float) -> list[Sample]:
            return read_ring(room.project, room.state.service, since)

        impact = room.state.impact_started_at or room.state.detected_at
        policy = room.state.policy.validation
        bench.say(f"Watching {room.state.service} every {policy.interval:g} s.\n")
        seen = await validate(samples, impact, policy, self._clock, bench.say)
        ring = room.project.metrics / f"{room.state.service}.ndjson"
        return await _with_claim(
            seen, bench, str(ring.name), samples(impact - BASELINE_SECONDS)
        ), ()

    async def _preserve(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        bench.say("Copying the logs as they are now, before anything is changed.\n")
        kept = await asyncio.to_thread(preserve, room.folder, self._settings, room.project.root)
        for item in kept["files"]:
            bench.out(f"{item['sha256'][:12]}  {item['size']} bytes  {item['path']}")
        bench.say(f"{len(kept['files'])} files kept with a manifest of their hashes.\n")
        for item in kept["missing"]:
            bench.warn(f"not kept: {item['source']} ({item['why']})")
        return kept, ()


Worked = tuple[dict[str, Any], tuple[str, ...]]
"""A report and the claims that were dropped from it."""

_KINDS: Mapping[str, Callable[[Performer, Room, Task, WorkBench, Apply], Awaitable[Worked]]] = {
    "agent": Performer._agent,
    "prepare": Performer._prepare,
    "action": Performer._action,
    "probe": Performer._probe,
    "preserve": Performer._preserve,
}


def sound(room: Room, report: Report) -> Worked:
    """The report without what its evidence does not carry."""
    kept, dropped = checked(report, resolvable(room, room.state))
    return safe(kept.model_dump(mode="json")), dropped


def resolvable(room: Room, state: State) -> set[str]:
    """The evidence whose content is really there, as it was when it was journalled."""
    found: set[str] = set()
    for item in state.evidence.values():
        path = room.folder.path / item.path
        if path.exists() and sha256_file(path) == item.sha256:
            found.add(item.eid)
    return found


async def _with_claim(
    seen: dict[str, Any], bench: WorkBench, name: str, samples: list[Sample]
) -> dict[str, Any]:
    """The probes' numbers become evidence, and their summary cites it."""
    from orchestrator.agents.contract import Observation

    text = "".join(sample.line() for sample in samples)
    if seen["gave_up"]:
        summary = f"not well again: {seen['passes']} of {seen['needed']} looks in a row passed"
    else:
        summary = f"{seen['passes']} looks in a row passed, well for {seen['stable_for']:.0f} s"
    eid = await bench.observe(
        Observation("metric", "ring", f"read {name}", summary, text, taint="outside")
    )
    claim = {"text": summary, "evidence": [eid], "assumption": False}
    return {**seen, "summary": claim, "claims": [], "unknown": []}


def _simulated(card: Json, bench: WorkBench) -> dict[str, Any]:
    """A fork is about what people decide: what they approve is said and not carried out."""
    bench.call(" ".join(str(part) for part in card["argv"]))
    why = "simulated: this drill was forked from an incident, nothing was run"
    bench.say(f"{why}.\n")
    return {"exit": 0, "output": "", "adopted": False, "simulated": True, "why": why}


def _ended(done: dict[str, Any]) -> str:
    if done.get("drifted"):
        return f"Nothing was run: {done['why']}.\n"
    found = " (started by an earlier runner)" if done.get("adopted") else ""
    return f"Ended with {done['exit']}{found}. {done.get('why', '')}\n"


def _reason(error: Exception) -> str:
    if isinstance(error, Stopped):
        return "a person stopped it"
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"the report does not fit its schema: {where}: {first['msg']}"
    return f"{type(error).__name__}: {error}"
