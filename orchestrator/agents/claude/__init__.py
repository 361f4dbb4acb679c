"""Claude as a responder: the deterministic one works first, then a model reads what it found.

The rules' report exists before the model is asked, so nothing ever waits for a model: where it
cannot be reached, runs out of its limits or hands in nothing that holds, the rules' report stands,
and that is said.
"""

import logging
from collections.abc import Mapping
from typing import Any

from orchestrator.agents.claude.choosing import chosen
from orchestrator.agents.claude.conversation import Conversation, NoReport
from orchestrator.agents.claude.handing_in import Handed, Invalid
from orchestrator.agents.claude.owners import owned
from orchestrator.agents.claude.sdk import warm
from orchestrator.agents.claude.turn import AGAIN, Client, TurnFailed
from orchestrator.agents.claude.weighing import weighed
from orchestrator.agents.contract import Answer, Backend, Bench, Stopped
from orchestrator.model.records import Task
from orchestrator.model.reports import SCHEMAS
from orchestrator.model.reports.claims import UNKNOWN

log = logging.getLogger(__name__)

REST = 30.0
"""Seconds for which a model that could not be reached is not asked again, by any task."""


class ClaudeBackend:
    """A backend that lets a model work on what the rules found."""

    def __init__(self, client: Client, rules: Backend, name: str = "claude") -> None:
        self.name = name
        self.client = client
        self._rules = rules
        self._rests_until = 0.0
        self._rests_why = ""

    async def perform(self, task: Task, bench: Bench) -> Answer:
        """The joined report, or the rules' alone where no report of the model holds.

        Stopped while the rules work; a model that is stopped leaves the rules' report.
        """
        await bench.engage("rules")
        found = await self._rules.perform(task, bench)
        own = bench.settings.model.tasks.get(task.key.partition("@")[0])
        if own is not None and not own.ask:
            return found
        if bench.clock.now() < self._rests_until:
            return await self._taken_over(bench, found, self.name, self._rests_why)
        who = self.name
        try:
            await warm()
            talk = Conversation(self.client, task, bench, found.report, self.name)
            who = talk.model
            await bench.engage(self.name, who)
            handed = await talk.run()
            answer = await self._settled(task, bench, found.report, handed)
            _show(bench, answer)
        except Stopped:
            return await self._taken_over(bench, found, talk.model, "a person stopped it")
        except (NoReport, TurnFailed, Invalid) as error:
            if isinstance(error, TurnFailed) and _nobody_there(error, talk):
                self._rests_until = bench.clock.now() + REST
                self._rests_why = str(error)
            return await self._taken_over(bench, found, talk.model, str(error))
        except Exception as error:  # a bug of ours costs the model's words, not the task
            log.exception("the model's part of %s failed", task.id)
            why = f"its part failed ({type(error).__name__})"
            return await self._taken_over(bench, found, who, why)
        return answer

    async def _settled(
        self, task: Task, bench: Bench, rules: Mapping[str, Any], handed: Handed
    ) -> Answer:
        state = bench.fresh()
        result = weighed(task, rules, handed, state)
        report, dropped = result.report, handed.dropped
        if task.key.partition("@")[0] == "mitigation/strategy":
            report, unfit = chosen(rules, handed, report, bench.settings, state)
            dropped = (*dropped, *unfit)
        if task.key.partition("@")[0] == "review/actions":
            report, strangers = owned(rules, report, bench.settings)
            dropped = (*dropped, *strangers)
        SCHEMAS[task.key.partition("@")[0]].model_validate(report)
        if result.differed is not None:
            await bench.differ(result.differed)
            bench.warn(
                f"the ranking says: {result.differed.rules}; "
                f"the model says: {result.differed.model}; {result.differed.stands} stands"
            )
        return Answer(report, dropped)

    async def _taken_over(self, bench: Bench, found: Answer, model: str, why: str) -> Answer:
        bench.warn(f"{model}: {why}; the rules' report stands")
        await bench.engage("rules", why=f"{model}: {why}")
        return found


def _nobody_there(error: TurnFailed, talk: Conversation) -> bool:
    """Whether the next task need not ask: the model fails, or said nothing whole all the time."""
    return error.kind in AGAIN or (error.kind == "deadline" and not talk.budget.turns)


def _show(bench: Bench, answer: Answer) -> None:
    """The report as it was checked: what is said on a screen is what holds."""
    for text in answer.dropped:
        bench.warn(f"dropped: {text}")
    summary = answer.report["summary"]
    if summary["text"] != UNKNOWN:
        cited = "".join(f" [{eid}]" for eid in summary["evidence"])
        bench.say(f"\n{summary['text']}{cited}\n")
