"""What each subagent task must hand in, as pydantic schemas: the trust boundary for agents.

A model or a rule fills them; code validates them, drops claims whose evidence does not exist, and
decides. `SCHEMAS` maps a task key (without a repeat mark such as `@2`) to its schema.
"""

from orchestrator.model.reports.claims import Claim, OpenQuestion, Report, checked
from orchestrator.model.reports.communication import MessageReport, ResolutionReport
from orchestrator.model.reports.detection import AlertReport, RecordReport
from orchestrator.model.reports.follow_up import ActionsReport, KnowledgeReport, RunbookReport
from orchestrator.model.reports.mitigation import StrategyReport, ValidationReport
from orchestrator.model.reports.regression import (
    BisectReport,
    FeasibilityReport,
    VerdictReport,
)
from orchestrator.model.reports.review import ReviewReport
from orchestrator.model.reports.root_cause import FishboneReport, WhysReport
from orchestrator.model.reports.security import SecurityReport
from orchestrator.model.reports.tiers import Tier1Report, Tier2Report, Tier3Report
from orchestrator.model.reports.triage import ImpactReport, UrgencyReport

SCHEMAS: dict[str, type[Report]] = {
    "detect/record": RecordReport,
    "detect/alert": AlertReport,
    "regression/verdict": VerdictReport,
    "regression/feasibility": FeasibilityReport,
    "regression/bisect": BisectReport,
    "triage/impact": ImpactReport,
    "triage/urgency": UrgencyReport,
    "tier1/data": Tier1Report,
    "tier2/analysis": Tier2Report,
    "tier3/architecture": Tier3Report,
    "security/assessment": SecurityReport,
    "notify/management": MessageReport,
    "notify/executive": MessageReport,
    "notify/status-page": MessageReport,
    "rca/5whys": WhysReport,
    "rca/ishikawa": FishboneReport,
    "mitigation/strategy": StrategyReport,
    "mitigation/validate": ValidationReport,
    "mitigation/watch": ValidationReport,
    "mitigation/resolution": ResolutionReport,
    "review/pir": ReviewReport,
    "review/actions": ActionsReport,
    "review/runbook": RunbookReport,
    "review/knowledge": KnowledgeReport,
}

__all__ = ["SCHEMAS", "Claim", "OpenQuestion", "Report", "checked"]
