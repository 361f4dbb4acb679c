"""The deterministic responder: reads real evidence, works without a network, always runs."""

from collections.abc import Awaitable, Callable

from orchestrator.agents.contract import Answer, Bench
from orchestrator.agents.rules import (
    architecture_designer,
    component_owner,
    feasibility,
    follow_up,
    incident_responder,
    project_manager,
    public,
    regression_analyst,
    reliability_engineer,
    resolution,
    review,
    root_cause,
    security_gatekeeper,
    strategy,
)
from orchestrator.agents.rules.desk import Desk
from orchestrator.model.records import Task
from orchestrator.model.reports import Report

TASKS: dict[str, Callable[[Desk], Awaitable[Report]]] = {
    "detect/record": incident_responder.record,
    "detect/alert": incident_responder.alert,
    "regression/verdict": regression_analyst.verdict,
    "regression/feasibility": feasibility.feasibility,
    "triage/impact": incident_responder.impact,
    "triage/urgency": reliability_engineer.urgency,
    "tier1/data": reliability_engineer.tier1,
    "tier2/analysis": component_owner.tier2,
    "tier3/architecture": architecture_designer.architecture,
    "security/assessment": security_gatekeeper.assessment,
    "notify/management": project_manager.message,
    "notify/executive": project_manager.message,
    "notify/status-page": public.status_page,
    "rca/5whys": root_cause.whys,
    "rca/ishikawa": root_cause.ishikawa,
    "mitigation/strategy": strategy.strategy,
    "mitigation/resolution": resolution.resolution,
    "review/pir": review.review,
    "review/actions": project_manager.actions,
    "review/runbook": follow_up.runbook,
    "review/knowledge": follow_up.knowledge,
}
"""Who does what, by task key without its repeat mark."""


class RulesBackend:
    """A backend that answers by rules alone."""

    name = "rules"

    async def perform(self, task: Task, bench: Bench) -> Answer:
        """The report for a task. KeyError for a task that no rule knows."""
        report = await TASKS[task.key.partition("@")[0]](Desk(task, bench))
        return Answer(report.model_dump(mode="json"))
