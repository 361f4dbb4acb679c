"""Generated histories of approvals: the pure flow, the real cards and executor, and bad luck.

One seed, one history: two persons with their credentials (and some who pretend) decide on what is
offered, while the catalogue is edited, others deploy, changes are frozen, the line is stopped, the
clock jumps, the runner is killed at any point and folds its journal again, and reports get lost or
come twice.
"""

import asyncio
import heapq
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from orchestrator.actions.card import Impossible, build
from orchestrator.actions.executor import Execution, Unclear, execute
from orchestrator.flow.handle import handle
from orchestrator.model import events as ev
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor, Event
from orchestrator.model.fold import fold_all
from orchestrator.model.policy import Policy
from orchestrator.model.records import Approval, Task
from orchestrator.model.state import State
from tests.flow.approval_world import BAD, EDITS, GOOD, OTHER, Died, World, catalogue
from tests.flow.simulate import FAILED, PASSED, PEOPLE, SHA, T0, answers, claim, indicators

KIM = Actor("human", "a.kim", "uid:1000")
ORTIZ = Actor("human", "j.ortiz", "token:0badcafe")
KIM_AGAIN = Actor("human", "a.kim", "token:deadbeef")
SAME_ACCOUNT = Actor("human", "m.sato", "uid:1000")
AUTOPILOT = Actor("drill-autopilot", "drill-autopilot")
WHO = (KIM, KIM, KIM, ORTIZ, ORTIZ, KIM_AGAIN, SAME_ACCOUNT, AUTOPILOT)

WHY = {"why": "because it has to be"}
HAPPENS: tuple[str, ...] = (
    *("halt", "freeze", "assess", "lift", "undo", "undo", "undo", "skip", "repeat", "resolve"),
    *("reopen", "reopen", "signed", "severity", "crash", "crash", "jump", "jump back"),
    *("deployed by others", "edited", "edited back", "decide", "decide", "choose", "choose"),
)

STEPS = 160
"""Inputs of one history, at most."""


class History:
    """One incident from its detection until nothing more comes, or there were enough inputs."""

    def __init__(self, seed: int, root: Path, loop: asyncio.Runner) -> None:
        self.random = Random(seed)
        self.journal: list[Event] = []
        self.state = State()
        self.told: Counter[str] = Counter()
        self.sworn_off: dict[str, int] = {}
        self._root, self._loop = root, loop
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._started: set[str] = set()
        self._due: float | None = None
        self._plain: dict[str, Any] = self.random.choice(({}, {}, *EDITS[3:5]))
        settings = catalogue(self._plain)
        self.world = World(self.random, settings, lambda: len(self.journal), self._meanwhile, T0)
        self._answers = self._reports()

    def run(self) -> "History":
        self._open()
        for _ in range(self.random.randint(3, 12)):
            self._later(self._soon(), self._happening(self.random.choice(HAPPENS)))
        for _ in range(STEPS):
            at = self._heap[0][0] if self._heap else float("inf")
            due = self._due if self._due is not None else float("inf")
            if min(at, due) > T0 + 4 * 3600:
                break
            self.world.time = round(max(self.world.time, min(at, due)), 3)
            if at <= due:
                heapq.heappop(self._heap)[2]()
            else:
                self.give(None)
        return self

    def give(self, command: Command | None) -> None:
        """One input, as the runner takes it; a person's may be lost with the runner."""
        if command is not None:
            command = replace(command, at=command.at or self.world.time)
        handled = handle(self.state, command, self.world.time)
        if command is not None and command.actor.kind == "human" and self.random.random() < 0.01:
            self._crash()
            return
        self.journal += handled.events
        self.state, self._due = handled.state, handled.next_due
        for task in self.state.outstanding():
            if task.id not in self._started:
                self._started.add(task.id)
                slow = task.key.startswith("mitigation/watch")
                self._later(900.0 if slow else self.random.uniform(0.5, 4.0), self._effect(task))
        for event in handled.events:
            if isinstance(event.data, ev.ApprovalRequested):
                for _ in range(self.random.choice((0, 1, 1, 2, 3))):
                    self._later(self._decides(), self._decision(event.data.approval))

    def said(self, actor: Actor, name: str, /, **args: Any) -> Command:
        return Command(f"cmd/{next(self._number)}/{name}", name, self.world.time, actor, args)

    def _open(self) -> None:
        expires = self.random.choice((30.0, 900.0, 900.0))
        both = self.random.random() < 0.3
        policy = replace(Policy(), approval_expires=expires, two_person_destructive=both)
        security = self.random.random() < 0.15
        detected = ev.IncidentDetected(
            incident="INC-1",
            title="orders: error ratio high",
            service="orders",
            symptoms="errors",
            reporter="alertmanager",
            method="automated-alert",
            severity=self.random.choice(("", "P0", "P1", "P2")),
            category="availability",
            project="shop",
            alert={},
            policy=encode(policy),
            people=PEOPLE,
            themes=({"name": "security", "effect": "as the flow says"},) if security else (),
            answers={},
        )
        self.give(self._command("open", "open", Actor("alert", "am"), encode(detected)))
        for eid, kind in (("E1", "metric"), ("E2", "code")):
            facts = {"kind": kind, "source": kind, "command": f"read {kind}", "summary": "seen"}
            facts |= {"path": "evidence/x.txt", "sha256": SHA, "taint": "outside"}
            stored = {**facts, "size": 1, "lines": 1}
            self.give(self._command(f"evidence/{eid}", "evidence", ev.RUNNER, stored))

    def _reports(self) -> dict[str, Any]:
        """What agents say here: mostly a clear regression, on one source or on two."""
        said: dict[str, Any] = dict(answers())
        cited = ("E1", "E2") if self.random.random() < 0.7 else ("E1",)
        names = ("worked-before", "after-deployment", "correlates-with-change", "metrics-inflect")
        clear = [{"name": name, "holds": "yes", "why": claim(name, *cited)} for name in names]
        suspect = {"sha": "c0ffee1", "confidence": 0.8, "why": [claim("it leaks", *cited)]}
        said["regression/verdict"] |= {"indicators": clear, "suspects": [suspect]}
        if self.random.random() < 0.1:
            said["regression/verdict"] = {"indicators": indicators(worked_before="no")}
        said["mitigation/strategy"] = {
            **said["mitigation/strategy"],
            "rationale": claim("the release did it", *cited),
        }
        said["security/assessment"] = {"summary": claim("an address took data", *cited)}
        said["mitigation/validate"] = self.random.choice((PASSED, FAILED))
        said["mitigation/watch"] = self.random.choice((PASSED, FAILED, FAILED))
        return said

    # --- effects ----------------------------------------------------------------------------------

    def _effect(self, task: Task) -> Callable[[], None]:
        def work() -> None:
            now = self.state.tasks.get(task.key)
            if now is None or now.attempt != task.attempt or not now.running:
                return
            try:
                outcome, report = self._loop.run(self._perform(now))
            except Died:
                self._crash()
                return
            self._reported(now, outcome, report)

        return work

    async def _perform(self, task: Task) -> tuple[str, dict[str, Any]]:
        with self.world.in_place():
            if task.kind == "prepare":
                try:
                    card = await build(self.world.settings, self._root, self.state, task.inputs)
                except Impossible as error:
                    return "done", {"possible": False, "why": str(error)}
                return "done", {"possible": True, "why": "", "card": card}
            if task.kind == "action":
                return await self._carry_out(task)
        key = task.key.split("@")[0]
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[task.kind]
        return "done", dict(answer)

    async def _carry_out(self, task: Task) -> tuple[str, dict[str, Any]]:
        """As the performer does it; now and then two of them are at it at once."""
        run = Execution(
            folder=self._root / task.key.replace("/", "-"),
            root=self._root,
            card=task.inputs["card"],
            approval=str(task.inputs["approval"]),
            key=f"INC-1/{task.key}",
        )

        async def started(pid: int, ticks: int, adopted: bool) -> None:
            self.told["adopted"] += adopted
            fact = encode(ev.ActionStarted(task.key, pid, ticks, adopted))
            name = f"{task.id}/started/{pid}.{ticks}"
            self.give(self._command(name, "action-started", ev.RUNNER, fact))
            if self.random.random() < 0.05:
                raise Died
            if self.random.random() < 0.05:
                self.told["cancel"] += 1
                self.give(self.said(ORTIZ, "cancel", key=task.key, **WHY))

        async def once() -> tuple[str, dict[str, Any]]:
            try:
                done = await execute(
                    run, self.world.settings, lambda: self.state, self.world, started
                )
            except Unclear as error:
                self.told["unclear"] += 1
                if "nothing will be" in str(error):
                    self.sworn_off[run.approval] = len(self.world.ran)
                return "unknown", {"why": str(error), **getattr(error, "report", {})}
            self.told["drifted"] += bool(done.get("drifted"))
            return "done", done

        beside = 2 if self.random.random() < 0.1 else 1
        ended = await asyncio.gather(*(once() for _ in range(beside)), return_exceptions=True)
        for one in ended:
            if isinstance(one, BaseException):
                raise one
        return self.random.choice([one for one in ended if not isinstance(one, BaseException)])

    def _reported(self, task: Task, outcome: str, report: dict[str, Any]) -> None:
        """The report arrives, arrives twice, or is lost with or without its runner."""
        well = 8 if task.kind in ("action", "prepare") else 80
        fate = self.random.choice(("arrives",) * well + ("twice", "lost", "lost with the runner"))
        finished = ev.TaskFinished(
            task.key, task.attempt, outcome, report, why=str(report.get("why", ""))
        )
        name = f"{task.id}/finished"
        command = self._command(name, "report", Actor("agent", "rules"), encode(finished))
        if fate == "lost with the runner":
            self._crash()
        elif fate == "lost":
            self._later(10.0, self._effect(task))
        else:
            self.give(command)
            if fate == "twice":
                self.give(command)

    # --- people and bad luck ----------------------------------------------------------------------

    def _decision(self, key: str) -> Callable[[], None]:
        def decide() -> None:
            approval = self.state.approvals.get(key)
            if approval is None or (not approval.open and self.random.random() < 0.7):
                return
            actor = self.random.choice([one for one in WHO if one.name not in approval.endorsed_by])
            if self.random.random() < 0.2:
                actor = self.random.choice(WHO)
            if self.random.random() < 0.15:
                self.give(self.said(actor, "deny", approval=key, **WHY))
                return
            if self.random.random() < 0.6:  # most know what the card asks of them
                self._approve(approval, actor)
            else:
                self.give(self.said(actor, "approve", approval=key, sha256=self._some_sha()))
            self._later(self._decides(), self._decision(key))

        return decide

    def _approve(self, approval: Approval, actor: Actor) -> None:
        args = {"approval": approval.approval, "sha256": approval.sha256}
        args["text"] = str(approval.card.get("confirm", ""))
        if approval.card.get("rests", {}).get("single_tainted"):
            args["override"] = "seen by myself"
        self.give(self.said(actor, "approve", **args))

    def _some_sha(self) -> str:
        """The hash of any card there was: the one on an old screen, perhaps."""
        known = [one.sha256 for one in self.state.approvals.values()]
        return self.random.choice([*known, "f" * 64])

    def _happening(self, what: str) -> Callable[[], None]:
        def happen() -> None:
            self.told[what] += 1
            if what == "crash":
                self._crash()
            elif what == "jump":
                self.world.time = round(self.world.time + self.random.choice((20.0, 1000.0)), 3)
            elif what == "jump back":
                self.world.time = round(
                    self.world.time - self.random.choice((5.0, 60.0, 1200.0)), 3
                )
            elif what == "deployed by others":
                self.world.current = self.random.choice((GOOD, BAD, OTHER))
            elif what == "edited":
                edit = self.random.choice((None, *EDITS))
                self.world.settings = catalogue(None if edit is None else {**self._plain, **edit})
            elif what == "edited back":
                self.world.settings = catalogue(self._plain)
            elif what == "decide":
                for key in list(self.state.approvals)[-1:]:
                    self._decision(key)()
            else:
                name, args = _WORDS.get(what, (what, WHY))
                self.give(self.said(self.random.choice((KIM, ORTIZ)), name, **args))
            if what in _ENDED_BY and self.random.random() < 0.7:
                self._later(self.random.uniform(5, 60), self._happening(_ENDED_BY[what]))

        return happen

    def _meanwhile(self) -> None:
        """Something may come between two steps of the executor."""
        if self.random.random() < 0.15:
            died = self.told["runner died"]
            what = ("halt", "freeze", "deployed by others", "jump", "decide", "resolve")
            self._happening(self.random.choice(what))()
            if self.told["runner died"] > died:
                raise Died  # and the executor with it

    def _crash(self) -> None:
        """Whatever was in memory is gone; the journal is folded again some time later."""
        self.told["runner died"] += 1
        self.world.time = round(self.world.time + self.random.choice((0.5, 5.0, 60.0, 1000.0)), 3)
        self.state = fold_all(State(), self.journal)
        self._started.clear()
        self._heap = [one for one in self._heap if not _is_effect(one[2])]
        heapq.heapify(self._heap)
        if self.state.incident:
            self.give(None)

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.world.time + seconds, next(self._number), what))

    def _soon(self) -> float:
        return self.random.choice((self.random.uniform(0, 60), self.random.uniform(0, 1500)))

    def _decides(self) -> float:
        """Seconds until somebody decides; now and then far too late."""
        return self.random.choice((self.random.uniform(0, 25), self.random.uniform(0, 1100)))

    @staticmethod
    def _command(name: str, kind: str, actor: Actor, args: Any) -> Command:
        return Command(name, kind, 0.0, actor, args)


def _is_effect(what: Callable[[], None]) -> bool:
    return what.__qualname__.startswith("History._effect")


_ENDED_BY = {"halt": "assess", "freeze": "lift", "skip": "repeat", "resolve": "reopen"}

_WORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "assess": ("assess", {"text": "looked at, the target is known"}),
    "undo": ("undo", {"action": ""}),
    "choose": ("choose", {"action": "rollback", "params": {"version": GOOD}, **WHY}),
    "skip": ("step", {"step": "mitigation", "what": "skip", **WHY}),
    "repeat": ("step", {"step": "mitigation", "what": "start", **WHY}),
    "signed": ("answer", {"field": "forensic sign-off", "text": "by s.lee"}),
    "severity": ("severity", {"severity": "P1", **WHY}),
}


def histories(seeds: range) -> Counter[str]:
    """Runs one history a seed and audits each; what happened in all of them, counted."""
    from tests.flow.approval_audit import audit

    shared = Path("/dev/shm")
    told: Counter[str] = Counter()
    with asyncio.Runner() as loop:
        for seed in seeds:
            root = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
            try:
                history = History(seed, root, loop).run()
                told += audit(seed, history) + history.told
            finally:
                shutil.rmtree(root)
    return told
