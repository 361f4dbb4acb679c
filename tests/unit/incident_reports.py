"""The first reports of the told incident (record to urgency), as the JSON their schemas accept."""

from tests.unit.incident_claims import UNKNOWN, Report, c
from tests.unit.incident_evidence import BAD, CULPRIT, GOOD, T0
from tests.unit.incident_findings import (
    FISHBONE,
    REVIEW,
    STRATEGY,
    TIER1,
    TIER2,
    VALIDATION,
    WHYS,
)
from tests.unit.incident_follow_up import (
    ACTIONS,
    EXECUTIVE,
    KNOWLEDGE,
    MANAGEMENT,
    RESOLUTION,
    RUNBOOK,
    SECURITY,
    STATUS_PAGE,
    TIER3,
)

RECORD: Report = {
    "summary": c("Since 13:59:22 most requests to orders fail with PoolTimeout.", "E1", "E2"),
    "claims": [],
    "unknown": [{"field": "affected users", "question": "How many users are hit?"}],
    "user_impact": c("Order pages and summaries answer 503 after half a second.", "E1", "E2:2"),
    "affected_systems": ["orders"],
    "affected_users": "UNKNOWN",
    "category": "availability",
    "impact_started_at": T0 - 38,
    "impact_started_how": "first of the samples with failed requests that never went back to zero",
    "impact_evidence": ["E1"],
}

ALERT: Report = {
    "summary": c("94 % of requests to orders fail.", "E1"),
    "claims": [],
    "unknown": [],
    "issue": "orders answers 503 to most requests",
    "impact": c("Customers cannot open orders or summaries.", "E1"),
    "channel": "#incident-2025-11-23-INC-2031",
    "dashboard": "UNKNOWN",
}

VERDICT: Report = {
    "summary": c(
        "The errors began 31 s after b7e23c1 went live; 9c41d7e in it stopped giving connections "
        "back.",
        "E3",
        "E5",
        "E6",
    ),
    "claims": [],
    "unknown": [],
    "indicators": [
        {
            "name": "worked-before",
            "holds": "yes",
            "why": c("4d81f0a ran for two days without a PoolTimeout.", "E3", "E6"),
        },
        {
            "name": "after-deployment",
            "holds": "yes",
            "why": c("First failure 31 s after b7e23c1 was deployed.", "E1", "E3"),
        },
        {
            "name": "correlates-with-change",
            "holds": "yes",
            "why": c("The new error comes through summary.py, which 9c41d7e changed.", "E5", "E6"),
        },
        {"name": "seen-in-staging", "holds": "unknown", "why": UNKNOWN},
        {
            "name": "metrics-inflect",
            "holds": "yes",
            "why": c("Connections in use climb from the deploy on.", "E1"),
        },
    ],
    "deploys": [
        {"at": T0 - 190_040, "version": GOOD, "previous": "", "by": "ci", "kind": "deploy"},
        {"at": T0 - 69, "version": BAD, "previous": GOOD, "by": "ci", "kind": "deploy"},
    ],
    "suspects": [
        {
            "sha": CULPRIT,
            "author": "r.diaz",
            "at": T0 - 72_711,
            "subject": "reuse the connection for the summary query",
            "score": 0.91,
            "confidence": 0.88,
            "why": [
                c("acquire() without release() when there are no rows", "E5:14"),
                c("388 of 412 new errors come through summary.py:41", "E6:2"),
            ],
        },
        {
            "sha": "51f6c07e93b1d24a80c65f17e2094bd3a8170cfe",
            "author": "m.sato",
            "at": T0 - 81_580,
            "subject": "pool: export db_pool_in_use",
            "score": 0.22,
            "confidence": 0.07,
            "why": [c("touches pool.py, adds a gauge only", "E4:4")],
        },
    ],
    "external": [
        {"kind": "traffic", "score": 0.03, "why": c("Requests stayed at 22 a second.", "E1")}
    ],
    "bad_version": BAD,
    "good_version": GOOD,
    "bad_since": T0 - 69,
}

CHANGES: list[Report] = [
    {
        "at": VERDICT["bad_since"] - 3600,
        "kind": "feature-flag",
        "what": "quick-totals",
        "before": "off",
        "after": "on",
        "by": "",
        "said": c("the flag quick-totals went from off to on, 61 min before.", "E4"),
        "nearest": False,
    },
    {
        "at": VERDICT["bad_since"],
        "kind": "deploy",
        "what": VERDICT["bad_version"],
        "before": VERDICT["good_version"],
        "after": VERDICT["bad_version"],
        "by": "r.diaz",
        "said": c("deploy of b7e23c1, 31 s before the trouble began.", "E3"),
        "nearest": True,
    },
]
"""What other sources than the deploy log know of; the escalated incident tells them."""

BISECT: Report = {
    "summary": c("9c41d7e is the first of 6 commits that fails the test, seen twice.", "E5"),
    "claims": [],
    "unknown": [],
    "result": "found",
    "culprit": VERDICT["suspects"][0]["sha"],
    "author": "r.diaz",
    "at": VERDICT["suspects"][0]["at"],
    "subject": VERDICT["suspects"][0]["subject"],
    "good": VERDICT["good_version"],
    "bad": VERDICT["bad_version"],
    "commits": 6,
    "runs": [
        {
            "sha": VERDICT["suspects"][0]["sha"],
            "verdict": "bad",
            "why": "exit code 1",
            "seconds": 2.1,
        },
        {"sha": VERDICT["good_version"], "verdict": "good", "why": "exit code 0", "seconds": 2.4},
    ],
    "left": [],
    "test": "python3 checks/pool.py",
    "seconds": 14.2,
}

FEASIBILITY: Report = {
    "summary": c("A rollback to 4d81f0a is safe: no migration, no contract changed.", "E7"),
    "claims": [],
    "unknown": [],
    "options": [
        {
            "name": "rollback",
            "feasibility": "SAFE",
            "why": c("Six commits back, no migration among them.", "E3", "E7"),
            "minutes": "1",
            "data_loss": "none",
        },
        {
            "name": "revert",
            "feasibility": "RISKY",
            "why": c("Needs a build and a review first.", "E4"),
            "minutes": "20-40",
            "data_loss": "none",
        },
        {
            "name": "feature-flag",
            "feasibility": "BLOCKED",
            "why": c("The change is not behind a flag.", "E5"),
            "minutes": "UNKNOWN",
            "data_loss": "none",
        },
        {
            "name": "hotfix",
            "feasibility": "RISKY",
            "why": c("One line, but untested under load.", "E5"),
            "minutes": "30-60",
            "data_loss": "none",
        },
    ],
    "blast_radius": "MEDIUM",
    "blast_why": c("One service, one instance; six files differ.", "E7"),
}

IMPACT: Report = {
    "summary": c("84 % of requests fail: a severe degradation of orders.", "E8"),
    "claims": [],
    "unknown": [{"field": "revenue", "question": "What does an hour without orders cost?"}],
    "effect": "severe degradation",
    "affected_share": 0.84,
    "affected_users": "UNKNOWN",
    "data_loss": "no",
    "revenue": "UNKNOWN",
    "compliance": "UNKNOWN",
    "reputation": "UNKNOWN",
    "safety": "UNKNOWN",
    "affected_systems": ["orders"],
    "why": c("6617 of 7876 requests failed since 13:59:22.", "E8", "E9"),
}

URGENCY: Report = {
    "summary": c("The error budget of 30 days lasts 45 minutes at this rate.", "E9"),
    "claims": [],
    "unknown": [],
    "trend": "stable",
    "level": "HIGH",
    "why": c("Breach of the availability target within the hour.", "E9:4"),
    "availability": 0.16,
    "sla_target": 0.999,
    "budget_left": 0.0,
    "breach_in": 2724.0,
}

REPORTS: dict[str, Report] = {
    "detect/record": RECORD,
    "detect/alert": ALERT,
    "regression/verdict": VERDICT,
    "regression/feasibility": FEASIBILITY,
    "regression/bisect": BISECT,
    "triage/impact": IMPACT,
    "triage/urgency": URGENCY,
    "tier1/data": TIER1,
    "tier2/analysis": TIER2,
    "rca/5whys": WHYS,
    "rca/ishikawa": FISHBONE,
    "mitigation/strategy": STRATEGY,
    "mitigation/validate": VALIDATION,
    "mitigation/watch": VALIDATION,
    "review/pir": REVIEW,
    "tier3/architecture": TIER3,
    "security/assessment": SECURITY,
    "notify/management": MANAGEMENT,
    "notify/executive": EXECUTIVE,
    "notify/status-page": STATUS_PAGE,
    "mitigation/resolution": RESOLUTION,
    "review/actions": ACTIONS,
    "review/runbook": RUNBOOK,
    "review/knowledge": KNOWLEDGE,
}
