"""Doing what the journal asks for: an agent's report, a card, an approved action, the probes.

Every effect ends in a report, whatever happens; otherwise its task would be running for ever.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError

from orchestrator.actions.after import probes
from orchestrator.actions.card import Impossible, build
from orchestrator.actions.executor import Cancelled, Execution, Unclear, execute
from orchestrator.actions.inspecting import ended_well, patched
from orchestrator.actions.journeys import walk
from orchestrator.actions.looking import BASELINE_SECONDS, nothing
from orchestrator.actions.options import options
from orchestrator.actions.probes import Subject, stays, validate
from orchestrator.actions.vendors import question
from orchestrator.agents.contract import Backend, Stopped
from orchestrator.agents.rules.bisect import bisect
from orchestrator.agents.rules.desk import Desk
from orchestrator.clock import Clock
from orchestrator.comms.deliver import InDoubt
from orchestrator.comms.page import Apprise, Page, Pager, page
from orchestrator.comms.post import post
from orchestrator.conductor.bench import Apply, WorkBench, resolvable
from orchestrator.conductor.preserve import preserve
from orchestrator.conductor.printed import printed
from orchestrator.conductor.room import Room
from orchestrator.evidence.safe import safe, safe_reason
from orchestrator.evidence.sources.ring import Sample, read_ring
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import RUNNER, ActionStarted, Json, TaskFinished
from orchestrator.model.records import Task
from orchestrator.model.reports import SCHEMAS, Report, checked
from orchestrator.settings import Settings

log = logging.getLogger(__name__)


class Performer:
    """Performs one task at a time per call; holds nothing between calls but whose turn it is."""

    def __init__(
        self, settings: Settings, backend: Backend, clock: Clock, pager: Pager | None = None
    ) -> None:
        self._pager = pager or Apprise()
        self._settings = settings
        self._backend = backend
        self._clock = clock
        self._targets: dict[str, asyncio.Lock] = {}

    async def perform(self, room: Room, task: Task, apply: Apply) -> dict[str, Any]:
        """The arguments of the `report` command that ends this attempt."""
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
        except Cancelled as error:
            report, outcome, why = error.report, "unknown", str(error)
        except (Unclear, InDoubt) as error:
            report, outcome, why = {}, "unknown", str(error)
        except Exception as error:  # an agent's bug must end its task, not the incident
            log.exception("%s of %s failed", task.id, room.incident)
            report, outcome, why = {}, "failed", _reason(error)
        finished = TaskFinished(
            key=task.key,
            attempt=task.attempt,
            outcome=outcome,
            report=report,
            backend=self._answered(room, task),
            why=safe_reason(why),
            transcript=path,
            transcript_sha256=digest,
            dropped=dropped,
        )
        return dict(encode(finished))

    def _answered(self, room: Room, task: Task) -> str:
        """Who answered it: whoever was engaged last."""
        if task.kind != "agent":
            return "code"
        return room.state.tasks[task.key].backend or self._backend.name

    async def _agent(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        before = room.state.tasks[task.key]
        if self._backend.name == "rules" and before.backend not in ("", "rules"):
            why = "its runner ended, and the one that goes on asks no model"
            await bench.engage("rules", why=f"{before.model or before.backend}: {why}")
        answer = await self._backend.perform(task, bench)
        schema = SCHEMAS[task.key.split("@")[0]]
        report, dropped = sound(room, schema.model_validate(dict(answer.report)))
        return report, (*safe(answer.dropped), *dropped)

    async def _bisect(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        """A test is run and no opinion asked for, so this is never a model's task."""
        return sound(room, await bisect(Desk(task, bench)))

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

        # what two incidents change of one target goes one after the other: the second looks anew
        turn = self._targets.setdefault(str(card["target"]), asyncio.Lock())
        if turn.locked():
            bench.say(f"Waits: another change of {card['target']} is under way.\n")
        try:
            async with turn:
                done = await execute(
                    run, self._settings, bench.fresh, self._clock, started, bench.out
                )
        except Cancelled as error:
            error.report |= await printed(bench, card, error.report)
            raise
        if done.get("exit") == 0:
            done["probes"] = await probes(self._settings, run.root, card, self._clock)
            for one in done["probes"]:
                bench.out(f"{one['state']:<8}{one['name']}: {one['said']}\n")
        bench.say(_ended(done))
        if not done.get("drifted") and done.get("exit") != 0 and card.get("undo"):
            back = f"warroom undo {room.incident} {task.key}"
            bench.warn(f"it failed; what it changed can be taken back: U, or {back}")
        return {**done, **await printed(bench, card, done), "kind": card.get("kind", "")}, ()

    async def _probe(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        def samples(since: float) -> list[Sample]:
            return read_ring(room.project, room.state.service, since)

        impact = room.state.impact_started_at or room.state.detected_at
        policy = room.state.policy.validation
        bench.say(f"Watching {room.state.service} every {policy.interval:g} s.\n")
        service = self._settings.service(room.state.service)
        walked = service is not None and bool(service.journeys or service.health)
        subject = Subject(
            samples,
            impact,
            policy,
            (lambda: walk(service)) if walked and service is not None else nothing,
            measured=not walked or (service is not None and service.measured),
        )
        if "until" in task.inputs:
            seen = await stays(subject, self._clock, bench.say, float(task.inputs["until"]))
        else:
            of = [float(task.inputs.get(name, 0.0)) for name in ("started", "ended")]
            seen = await validate(subject, self._clock, bench.say, *of)
        ring = room.project.metrics / f"{room.state.service}.ndjson"
        return await _with_claim(
            seen, bench, str(ring.name), samples(impact - BASELINE_SECONDS)
        ), ()

    async def _options(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        found = await options(self._settings, room.project.root, room.state)
        for one in found:
            bench.out(f"{'yes' if one['available'] else 'no':<4}{one['name']}: {one['why']}")
        bench.say("None is chosen by itself: assess first, then choose an action.\n")
        return {"options": found}, ()

    async def _inspect(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        if task.inputs["what"] == "patch":
            seen = await patched(self._settings, room.project.root, room.state, task.inputs)
        else:
            named = str(task.inputs["named"])
            seen = ended_well(await asyncio.to_thread(bench.read, named), named)
        bench.say(f"{seen['fact']}\n")
        return seen, ()

    async def _vendor(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        service = self._settings.service(room.state.service)
        asked = question(room.state, service, str(task.inputs["why"]))
        bench.out(str(asked["text"]))
        return asked, ()

    async def _preserve(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        bench.say("Copying the logs as they are now, before anything is changed.\n")
        kept = await asyncio.to_thread(preserve, room.folder, self._settings, room.project.root)
        for item in kept["files"]:
            bench.out(f"{item['sha256'][:12]}  {item['size']} bytes  {item['path']}")
        bench.say(f"{len(kept['files'])} files kept with a manifest of their hashes.\n")
        for item in kept["missing"]:
            bench.warn(f"not kept: {item['source']} ({item['why']})")
        return kept, ()

    async def _page(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        folder = room.folder.actions / task.key.replace("/", "-")
        if room.state.forked_from:  # asked for before the fork: nobody is woken by a drill of it
            why = "simulated: this drill was forked from an incident, nobody was paged"
            return {"delivered": True, "why": why, "repeated": False}, ()
        bench.say(f"Paging {task.inputs['person']}.\n")
        said = await page(Page.of(room.state, task, folder), self._settings, self._pager)
        bench.say(f"{said['why']}\n" if said["why"] else "The page went out.\n")
        return said, ()

    async def _deliver(self, room: Room, task: Task, bench: WorkBench, apply: Apply) -> "Worked":
        return await post(room.folder, room.state, task, self._settings, self._clock, bench.out), ()


Worked = tuple[dict[str, Any], tuple[str, ...]]
"""A report and the claims that were dropped from it."""

_KINDS: Mapping[str, Callable[[Performer, Room, Task, WorkBench, Apply], Awaitable[Worked]]] = {
    "agent": Performer._agent,
    "bisect": Performer._bisect,
    "prepare": Performer._prepare,
    "action": Performer._action,
    "probe": Performer._probe,
    "preserve": Performer._preserve,
    "options": Performer._options,
    "inspect": Performer._inspect,
    "vendor": Performer._vendor,
    "page": Performer._page,
    "deliver": Performer._deliver,
}


def sound(room: Room, report: Report) -> Worked:
    """The report without what its evidence does not carry."""
    kept, dropped = checked(report, resolvable(room, room.state))
    return safe(kept.model_dump(mode="json")), dropped


async def _with_claim(
    seen: dict[str, Any], bench: WorkBench, name: str, samples: list[Sample]
) -> dict[str, Any]:
    """The probes' numbers become evidence, and their summary cites it."""
    from orchestrator.agents.contract import Observation

    text = "".join(sample.line() for sample in samples)
    text += "".join(f"{json.dumps(row)}\n" for row in seen["checks"])
    if "relapsed" in seen:
        ill = ", ".join(row["name"] for row in seen["checks"] if row["state"] == "fail")
        summary = "it stayed well" if seen["told"] else "nobody saw whether it stayed well"
        if seen["relapsed"]:
            summary = f"{seen['fails']} looks in a row fail: {ill}"
    elif seen["gave_up"]:
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
    if done.get("cancelled"):
        return f"{done['why'].capitalize()}.\n"
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
