"""The table of the flow: for every task an incident in which it runs and one in which it must not.

Where the task hands in a report, a told incident proves that it fits its schema and that the
document it goes into names every field that the flow asks for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from orchestrator.documents.render import render
from orchestrator.model import events as ev
from orchestrator.model.events import Event
from orchestrator.model.fold import fold_all
from orchestrator.model.reports import SCHEMAS
from orchestrator.model.state import State
from tests.flow.simulate import PASSED, War, indicators
from tests.unit.incident_escalated import escalated_story
from tests.unit.incident_others import control_story
from tests.unit.incident_story import story

Made = Callable[[], War]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    key: str
    role: str
    runs: Made
    not_runs: Made
    document: str = ""
    fields: tuple[str, ...] = ()


def clear() -> War:
    return _ran(War(), 500)


def waiting() -> War:
    return _ran(War(approves=False), 120)


def no_regression() -> War:
    war = War()
    war.answers["regression/verdict"] = {"indicators": indicators(worked_before="no")}
    war.answers["mitigation/strategy"] = {"selected": "none", "action": "", "params": {}}
    war.answers["mitigation/watch"] = PASSED
    return _ran(war, 60)


def skipping(step: str) -> Made:
    def made() -> War:
        war = War(durations={"detect/record": 5.0})
        war.open()
        war.give(war.human("step", step=step, what="skip", why="known"))
        war.run(until=300)
        return war

    return made


def skipped_at_once() -> War:
    """Detection begins with the first event; skipping it stops its second attempt."""
    war = War(approves=False)
    war.answers["detect/record"] = war.answers["detect/alert"] = {"__outcome__": "failed"}
    war.open()
    war.give(war.human("step", step="detection", what="skip", why="known"))
    war.run(until=300)
    war.state.tasks = {k: t for k, t in war.state.tasks.items() if t.attempt > 1}
    return war


def minor(severity: str) -> Made:
    def made() -> War:
        war = War(approves=False)
        share = {"P1": 0.3, "P2": 0.3, "P3": 0.01}[severity]
        urgency = {"P1": "HIGH", "P2": "MEDIUM", "P3": "LOW"}[severity]
        war.answers["triage/impact"] = {"affected_share": share, "data_loss": "no"}
        war.answers["triage/urgency"] = {"level": urgency}
        war = _ran(war, 120)
        assert war.state.severity == severity
        if severity == "P3":
            war.give(war.human("resolve", why="cosmetic"))
            war.run(until=300)
        return war

    return made


def no_reason() -> War:
    war = War(approves=False)
    war.answers["tier1/data"] = {"escalate": False, "reasons": []}
    return _ran(war, 600)


def vendor() -> War:
    war = War(approves=False)
    war.answers["tier2/analysis"] = {"hypotheses": [], "escalate": True, "reasons": ["vendor"]}
    return _ran(war, 300)


def searching() -> War:
    return _ran(War(bisects=("orders",)), 500)


def denied() -> War:
    war = _ran(War(approves=False), 60)
    war.give(war.human("deny", approval="rollback@1", why="not now"))
    war.run(until=300)
    return war


def failed() -> War:
    war = War()
    war.answers["mitigation/execute"] = {"exit": 1, "why": "broke"}
    return _ran(war, 300)


def breach() -> War:
    return _ran(War(approves=False, themes=({"name": "security", "effect": "joins"},)), 120)


def _ran(war: War, until: float) -> War:
    war.open()
    war.run(until=until)
    return war


REVIEW = "post-incident-review.md"
TABLE = [
    Row("detect/record", "incident-responder", clear, skipped_at_once, "incident-record.md",
        ("Incident id", "Detection time", "Reporter", "Detection method", "User impact",
         "Affected systems", "Affected users", "Impact start", "Severity", "Category",
         "commander", "On-call", "Status")),
    Row("detect/alert", "incident-responder", clear, skipped_at_once,
        "communications/initial-alert.md",
        ("Status", "Severity", "Time", "Issue", "impact", "Assigned", "Next update",
         "#incident-", "Dashboard")),
    Row("regression/verdict", "regression-analyst", clear, skipping("regression"),
        "regression-analysis.md", ("Verdict", "Confidence", "Rollback", "Action", "Urgency")),
    Row("regression/feasibility", "reliability-engineer", clear, no_regression,
        "regression-analysis.md", ("SAFE", "data", "Blast radius")),
    Row("regression/bisect", "regression-analyst", searching, clear, "regression-analysis.md",
        ("Bisect", "first of 6 commits", "Runs of the test", "exit code 1", "python3 checks")),
    Row("triage/impact", "incident-responder", clear, skipping("triage"), "triage-assessment.md",
        ("Impact", "Revenue", "Compliance", "Reputation", "safety", "Affected systems")),
    Row("triage/urgency", "reliability-engineer", clear, skipping("triage"),
        "triage-assessment.md", ("Urgency", "Trend", "availability", "target", "budget", "breach")),
    Row("tier1/data", "reliability-engineer", clear, skipping("tiers"),
        "diagnostics/tier1-data.md", ("runbook", "Escalat")),
    Row("tier2/analysis", "component-owner", clear, no_reason, "diagnostics/tier2-analysis.md",
        ("Hypothes", "Supporting", "Refuting", "Test", "Status")),
    Row("tier3/architecture", "architecture-designer", vendor, waiting,
        "diagnostics/tier3-architecture-assessment.md",
        ("Capacity", "Trade-offs", "Vendor", "emergency change", "hotfix outside the process")),
    Row("notify/management", "project-manager", waiting, minor("P2"),
        "communications/management-notification.md",
        ("Subject", "Severity", "Start", "Duration", "User impact", "Affected users",
         "Business impact", "status", "Root cause", "ETA", "ommander", "Next update")),
    Row("notify/executive", "project-manager", waiting, minor("P1"),
        "communications/executive-notification.md",
        ("Subject", "Revenue", "Compliance", "Reputation", "ction needed", "ETA", "Next update")),
    Row("notify/status-page", "incident-responder", waiting, minor("P2"),
        "communications/status-page-update.md", ("updates every",)),
    Row("rca/5whys", "incident-responder", clear, skipping("root-cause"),
        "root-cause-analysis.md", ("5 Whys", "Problem", "Root cause")),
    Row("rca/ishikawa", "reliability-engineer", clear, skipping("root-cause"),
        "root-cause-analysis.md", ("People", "Process", "Technology", "Environment", "uled out")),
    Row("mitigation/strategy", "incident-responder", clear, skipping("mitigation"),
        "mitigation-report.md",
        ("rollback", "hotfix", "configuration", "workaround", "scaling", "Selected", "Rationale")),
    Row("mitigation/prepare@1", "devops-engineer", clear, no_regression),
    Row("mitigation/execute@1", "devops-engineer", clear, denied, "mitigation-report.md",
        ("Command", "Undo", "SHA-256", "Execution")),
    Row("mitigation/validate@1", "reliability-engineer", clear, failed, "mitigation-report.md",
        ("traffic", "errors", "p95", "Limit")),
    Row("mitigation/watch@1", "reliability-engineer", no_regression, clear),
    Row("mitigation/resolution", "incident-responder", clear, waiting,
        "communications/resolution-notification.md",
        ("48 hours", "Time", "Duration", "Fix", "What users went through", "Review")),
    Row("security/preserve", "security-gatekeeper", breach, clear),
    Row("security/assessment", "security-gatekeeper", breach, clear),
    Row("review/pir", "incident-responder", clear, minor("P3"), REVIEW,
        ("summary", "Timeline", "Root cause", "Downtime", "Failed transactions", "Revenue",
         "Error budget", "went well", "could improve", "Technical", "Process", "Communication")),
    Row("review/actions", "project-manager", clear, minor("P3"), "preventive-actions.md",
        ("1 week", "1 month", "3 months", "Owner", "Due", "Status")),
    Row("review/runbook", "reliability-engineer", clear, minor("P3"),
        "runbook-update-recommendation.md",
        ("Symptoms", "Diagnosis", "Mitigation", "Escalation", "Prevention")),
    Row("review/knowledge", "reliability-engineer", clear, minor("P3"),
        "knowledge-base-article.md",
        ("Keywords", "Problem", "Root cause", "Resolution", "Prevention", "Related incidents")),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
def test_it_runs_where_the_flow_says_so_under_its_role(row: Row) -> None:
    task = row.runs().state.tasks.get(row.key)
    assert task is not None
    assert task.role == row.role


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.key)
def test_it_does_not_run_where_the_condition_is_missing(row: Row) -> None:
    assert row.key not in row.not_runs().state.tasks


@pytest.mark.parametrize("row", [r for r in TABLE if r.document], ids=lambda row: row.key)
def test_its_document_names_every_field(row: Row) -> None:
    state, events, _ = _told(row.key)
    text = render(row.document, state, events).lower()
    assert [field for field in row.fields if field.lower() not in text] == []


TOLD_ELSEWHERE = ("security/assessment",)
"""No document of its own; its report is validated in tests/unit/test_rules_security.py."""


@pytest.mark.parametrize(
    "key",
    [
        row.key
        for row in TABLE
        if row.key.split("@")[0] in SCHEMAS and row.key not in TOLD_ELSEWHERE
    ],
)
def test_its_report_fits_its_schema(key: str) -> None:
    SCHEMAS[key.split("@")[0]].model_validate(dict(_told(key)[2]))


def test_no_task_of_the_schemas_is_missing_from_the_table() -> None:
    assert {row.key.split("@")[0] for row in TABLE} >= set(SCHEMAS)


@cache
def _told(key: str) -> tuple[State, list[Event], ev.Json]:
    """The first story in which this task handed something in."""
    for tell in (story, escalated_story, control_story):
        events = tell()
        for event in events:
            data = event.data
            if (
                isinstance(data, ev.TaskFinished)
                and data.key.split("@")[0] == key.split("@")[0]
                and data.outcome == "done"
            ):
                return fold_all(State(), events), events, data.report
    raise AssertionError(f"no story tells {key}")
