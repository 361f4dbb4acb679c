"""One task worked on by a model, turn by turn, until a report that holds, or a reason for none.

Nothing of a turn counts before it is whole: a cut answer runs no tool and is no report. Limits,
repeated calls and decisive evidence end the looking: one turn is left, in which the report is due.
"""

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from orchestrator.agents.claude.budget import Budget
from orchestrator.agents.claude.handing_in import Handed, Invalid, read, shape
from orchestrator.agents.claude.models import Choice, choice
from orchestrator.agents.claude.opening import of_people, opening, system, told_since, tools
from orchestrator.agents.claude.patience import Patience
from orchestrator.agents.claude.progress import Progress
from orchestrator.agents.claude.tools import NoAnswer, Toolbox
from orchestrator.agents.claude.turn import Block, Client, Reply, Turn, TurnFailed
from orchestrator.agents.contract import Bench, Stopped
from orchestrator.model.events import Json, TurnSpent
from orchestrator.model.records import Task

GROWTH = 0.15
"""Results of a turn may be this share of what was asked so far: the rest lies in the cache."""

LEAST_ROOM, MOST_ROOM = 3_000, 40_000
"""Characters the results of one turn may have in any case, and at most."""

DECISIVE = 0.9
"""Confidence of the ranking from which on evidence of two kinds read by the model settles it."""

MOST_CALLS = 8
"""Calls of one answer that are run: each may take seconds, and their results share one room."""

SHOWN = 300
"""Characters shown of a call."""

TOO_MANY = "too many calls in one turn, ask again"

HAND_IN = "Hand in your report now, as one JSON object. No tool can be called any more."


class NoReport(Exception):
    """The model gave no report that holds: why, in one line."""


class Conversation:
    """The state of one task's talk with a model."""

    def __init__(
        self, client: Client, task: Task, bench: Bench, rules: Mapping[str, Any], backend: str
    ) -> None:
        self._backend = backend
        self._task = task
        self._key = task.key.partition("@")[0]
        self._bench = bench
        self._rules = rules
        table = bench.settings.model
        self._choice: Choice = choice(table, self._key)
        self._fallback = table.fallback
        self.budget = Budget(table, self._choice, bench, bench.clock.now())
        self._patience = Patience(client, bench.clock, bench.stopped, bench.warn)
        self._toolbox = Toolbox(task, bench)
        self._progress = Progress()
        state = bench.fresh()
        now = state.tasks.get(task.key, task)  # people may have steered it while the rules worked
        self._steered = len(now.steers)
        self._human = of_people(state)
        self._messages: list[Block] = list(opening(state, now, bench.settings, rules))
        self._kinds: set[str] = set()
        self._last = ""
        self._repaired = self._compacted = False

    @property
    def model(self) -> str:
        return self._choice.model

    async def run(self) -> Handed:
        """The report. NoReport, TurnFailed, or Stopped."""
        while True:
            if spent := self.budget.spent():
                raise NoReport(spent)
            self._tell(self._told())
            self._wrap_up()
            try:
                reply = await self._turn()
            except TurnFailed as error:
                if error.kind != "too-large":
                    raise
                self._compact()
                continue
            match reply.stop:
                case "tool_use" if reply.calls and not self._last:
                    await self._call(reply)
                case "end_turn" | "stop_sequence" | "tool_use":
                    handed = self._report(reply)
                    if handed is not None:
                        return handed
                case "pause_turn":
                    self._keep(reply)
                    self._tell(["Go on."])
                case "max_tokens":
                    self._mend(reply, "it was cut off: be much shorter")
                case "refusal":
                    await self._refused(reply)
                case "model_context_window_exceeded":
                    self._compact()
                case other:
                    raise NoReport(f"the model stopped with {other}")

    async def _turn(self) -> Reply:
        turn = Turn(
            task=self._task.key,
            number=self.budget.turns + 1,
            model=self._choice.model,
            system=system(self._task.role, self._key),
            tools=tools(),
            messages=tuple(self._messages),
            schema=_schema(self._key),
            most_output=min(self._choice.known.most_output, 16_000),
            effort=self._choice.effort,
            thinking=self._choice.known.thinking,
            last=bool(self._last),
        )
        began = self._bench.clock.now()
        reply = await self._patience.reply(turn, self._hear, self.budget.moment)
        usage, dollars = reply.usage, self.budget.price(reply.usage)
        self.budget.used(usage, dollars)
        await self._bench.spend(
            TurnSpent(
                key=self._task.key,
                attempt=self._task.attempt,
                turn=turn.number,
                model=turn.model,
                fresh=usage.fresh,
                cached=usage.cached,
                written=usage.written,
                output=usage.output,
                usd=dollars or 0.0,
                seconds=round(self._bench.clock.now() - began, 3),
                priced=dollars is not None,
            )
        )
        return reply

    def _hear(self, text: str) -> None:
        with contextlib.suppress(Stopped):  # whoever waits for the turn is told of a stop itself
            self._bench.note(text)

    def _wrap_up(self) -> None:
        """Say once that the report is due, and why."""
        why = self.budget.nearly() or self._progress.stuck or self._decisive()
        if why and not self._last:
            self._last = why
            self._bench.warn(f"asked to hand in: {why}")
            self._tell([f"{HAND_IN} ({why})"])

    def _decisive(self) -> str:
        """The ranking is sure, and the model has read evidence of two kinds itself."""
        sure = any(
            float(one["confidence"]) >= DECISIVE
            for name in ("suspects", "hypotheses")
            for one in self._rules.get(name, ())
        )
        return "the evidence is decisive" if sure and len(self._kinds) >= 2 else ""

    async def _call(self, reply: Reply) -> None:
        """Run what was called, as far as there is time, and answer all calls in one message."""
        results: list[Block] = []
        seen: list[str] = []
        left: list[str] = []
        room = self._room() // max(1, min(len(reply.calls), MOST_CALLS))
        for number, call in enumerate(reply.calls):
            # asked before each call and not during it: what is being journalled is not cut short
            if why := self.budget.late() if number < MOST_CALLS else TOO_MANY:
                left.append(why)
                said, wrong = f"not run: {why}", True
            else:
                said, wrong = await self._use(str(call["name"]), call["input"], room, seen)
            result: Block = {"type": "tool_result", "tool_use_id": call["id"], "content": said}
            results.append(result | {"is_error": True} if wrong else result)
        if left:
            why = "; ".join(dict.fromkeys(left))
            self._bench.warn(f"{len(left)} of {len(reply.calls)} calls were not run: {why}")
        self._progress.turned(seen)
        known = self._bench.fresh().evidence
        self._kinds |= {known[eid].kind for eid in seen if eid in known}
        self._messages.append({"role": "assistant", "content": list(reply.content)})
        self._messages.append({"role": "user", "content": results})

    async def _use(self, name: str, given: Json, room: int, seen: list[str]) -> tuple[str, bool]:
        shown = " ".join([name, *(f"{key}={value}" for key, value in given.items())])
        self._bench.call(" ".join(shown.split())[:SHOWN])
        if self._progress.again(name, given):
            self._bench.warn(f"{name} was called before with the same arguments: not run again")
            return "this call was made before; its result stands above", True
        try:
            result = await self._toolbox.use(name, given, room)
        except NoAnswer as error:
            self._bench.warn(str(error))
            return str(error), True
        seen.extend(result.evidence)
        return result.text, False

    def _report(self, reply: Reply) -> Handed | None:
        """The report of an answer; None when the model is to go on: people spoke, or to mend it."""
        told = self._told()
        if told and not (spent := self.budget.spent()):
            self._keep(reply)
            self._tell([*told, "Take that into account, then hand in your whole report."])
            return None
        if told:
            self._bench.warn(f"that came too late for this task: {spent}")
        evidence = self._bench.fresh().evidence
        sizes = {item.eid: item.lines for item in evidence.values()}
        try:
            return read(self._key, reply.text, self._bench.known(), sizes)
        except Invalid as error:
            self._mend(reply, str(error))
            return None

    def _mend(self, reply: Reply, why: str) -> None:
        """One more turn for a report that does not hold; a second one does not follow."""
        if self._repaired:
            raise NoReport(f"the report does not fit its schema: {why}")
        self._repaired = True
        self._last = self._last or "the report has to be mended"
        self._bench.warn(f"the report is not valid ({why}); asked once to mend it")
        if reply.stop != "max_tokens":  # a thought that was cut has no signature
            self._keep(reply)
        self._tell([f"Your report was not accepted: {why}. {HAND_IN}"])

    async def _refused(self, reply: Reply) -> None:
        """Shown, and asked of another model once: benign security logs can set a model off."""
        category = f" ({reply.why})" if reply.why else ""
        self._bench.warn(f"{self.model} refuses to answer{category}")
        if not self._fallback or self._fallback == self.model:
            raise NoReport(f"{self.model} refuses to answer{category}")
        self._choice = self._choice.instead(self._bench.settings.model, self._fallback)
        self.budget.choice = self._choice
        self._fallback = ""
        # thinking is bound to the model that thought it
        kept = [_without_thinking(message) for message in self._messages]
        self._messages = [message for message in kept if message["content"]]
        await self._bench.engage(self._backend, self.model)

    def _compact(self) -> None:
        """Keep the opening and the newest results; older ones can be read again by number."""
        short = [_shortened(message) for message in self._messages[1:-2]]
        if self._compacted or short == self._messages[1:-2]:
            raise NoReport("the evidence does not fit into the model's context")
        self._compacted = True
        self._progress.forget()
        self._bench.warn("the conversation is too long for the model: older results are left out")
        self._messages[1:-2] = short

    def _keep(self, reply: Reply) -> None:
        """What was answered goes back as it came: thinking is signed.

        Nothing of it does where it could not: no words, or a call that got no result.
        """
        if reply.text.strip() and not reply.calls:
            self._messages.append({"role": "assistant", "content": list(reply.content)})

    def _told(self) -> list[str]:
        state = self._bench.fresh()
        told = told_since(state, self._task, self._steered, self._human)
        if self._task.key in state.tasks:
            self._steered = len(state.tasks[self._task.key].steers)
        self._human = of_people(state)
        for one in told:
            self._bench.out(one)
        return told

    def _tell(self, texts: list[str]) -> None:
        """Add words of ours to the last message of the user's side, or begin one."""
        blocks: list[Block] = [{"type": "text", "text": text} for text in texts]
        if not blocks:
            return
        if self._messages[-1]["role"] == "user":
            self._messages[-1] = {
                "role": "user",
                "content": [*self._messages[-1]["content"], *blocks],
            }
        else:
            self._messages.append({"role": "user", "content": blocks})

    def _room(self) -> int:
        """Characters the results of this turn may have in all."""
        so_far = len(json.dumps([system(self._task.role, self._key), tools(), self._messages]))
        return int(min(MOST_ROOM, max(LEAST_ROOM, so_far * GROWTH)))


def _schema(task: str) -> dict[str, Any]:
    from anthropic import transform_schema

    return dict(transform_schema(shape(task)))


def _without_thinking(message: Block) -> Block:
    kept = [b for b in message["content"] if b["type"] not in ("thinking", "redacted_thinking")]
    return message | {"content": kept}


def _shortened(message: Block) -> Block:
    return message | {
        "content": [
            block | {"content": "(left out: read it again by its number)"}
            if block["type"] == "tool_result"
            else block
            for block in message["content"]
        ]
    }
