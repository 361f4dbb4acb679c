"""The told incident's texts to people outside, tier 3, security, and what follows the incident."""

from tests.unit.incident_claims import UNKNOWN, Report, c


def _message(summary: str, action: str, symptom: str) -> Report:
    return {
        "summary": c(summary, "E1", "E3"),
        "claims": [],
        "unknown": [],
        "user_impact": c("Customers cannot open orders or summaries.", "E1", "E8"),
        "business_impact": c("Nobody can order while it lasts; revenue lost is not known.", "E8"),
        "cause": c("A connection is lost on every empty summary since b7e23c1.", "E3", "E5"),
        "eta": "15 min after a rollback is approved",
        "compliance": "no sign of a breach or of lost data",
        "reputation": "UNKNOWN",
        "action_needed": action,
        "public_symptom": symptom,
    }


MANAGEMENT: Report = _message(
    "orders has failed for most users since 13:59:22; a rollback waits for approval.",
    "AWARENESS ONLY",
    "pages of their orders do not open",
)
EXECUTIVE: Report = _message(
    "Most users cannot use orders since 13:59:22. The change that brought it is known.",
    "AWARENESS ONLY",
    "pages of their orders do not open",
)
STATUS_PAGE: Report = _message(
    "Users see errors instead of their orders.", "NONE", "pages of their orders do not open"
)

RESOLUTION: Report = {
    "summary": c("The rollback brought orders back; 60 looks in a row passed.", "E16", "E17"),
    "claims": [],
    "unknown": [],
    "public_cause": "a faulty release used up the connections to our database",
    "fix": c("orders went back to the release before.", "E16"),
    "experience": c("For ten minutes most pages of orders answered with an error.", "E8", "E17"),
}

TIER3: Report = {
    "summary": c("The pool has no guard against a caller that keeps a connection.", "E12", "E15"),
    "claims": [],
    "unknown": [],
    "design": [c("acquire() lends a connection without a time limit.", "E5", "E12")],
    "capacity": [c("8 connections serve 22 requests a second as long as all come back.", "E1")],
    "trade_offs": [c("A limit on lending breaks reports that run long.")],
    "vendor": [],
    "decisions": [
        {
            "subject": "emergency change",
            "decision": "approve with conditions",
            "conditions": ["only after a dry run", "watched for 15 minutes"],
            "why": c("Going back is safe and quick.", "E3", "E7"),
        },
        {
            "subject": "vendor escalation",
            "decision": "not needed",
            "conditions": [],
            "why": c("The database itself answers.", "E10"),
        },
        {
            "subject": "hotfix outside the process",
            "decision": "reject",
            "conditions": [],
            "why": c("A rollback is safer than an untested line.", "E5", "E7"),
        },
        {
            "subject": "workaround or full fix",
            "decision": "approve",
            "conditions": ["the full fix follows within a week"],
            "why": c("The rollback gives time for a fix with a test.", "E7"),
        },
    ],
}

SECURITY: Report = {
    "summary": c("No sign of a breach or of lost data.", "E6", "E11"),
    "claims": [],
    "unknown": [],
    "suspected": "neither",
    "exposed": [],
    "isolation": [],
    "preserve": ["var/log/orders.log"],
    "disclosure": [],
}

ACTIONS: Report = {
    "summary": c("A test, an alert and a runbook were missing.", "E7", "E12"),
    "claims": [],
    "unknown": [],
    "immediate": [
        {"action": c("Give 9c41d7e's connection back on every path.", "E15:4"), "owner": "j.ortiz"},
        {"action": c("Write a runbook for an exhausted pool.", "E12"), "owner": "a.kim"},
    ],
    "short_term": [
        {"action": c("Test an empty summary before each release.", "E7"), "owner": "j.ortiz"},
        {"action": c("Alert when the pool is full for a minute.", "E12"), "owner": "a.kim"},
    ],
    "long_term": [
        {"action": c("Release single changes instead of six at once.", "E4"), "owner": "m.sato"},
    ],
}

RUNBOOK: Report = {
    "summary": c("The runbook says nothing of an exhausted pool.", "E12"),
    "claims": [],
    "unknown": [],
    "scenario": "connections of orders run out",
    "symptoms": [c("PoolTimeout in the log, 503 after half a second.", "E2", "E6")],
    "diagnosis": ["curl -s localhost/metrics", "git log 4d81f0a..b7e23c1"],
    "immediate": c("Roll back to the release before.", "E16"),
    "short_term": c("Restart the service when no release was made.", "E12"),
    "long_term": c("Lend connections in with blocks only.", "E5"),
    "escalation": "tier 2 after 15 min at P0",
    "prevention": [c("An alert on the pool.", "E12")],
    "existing": "runbooks/orders.md",
    "diff": (
        "--- a/runbooks/orders.md\n+++ b/runbooks/orders.md\n@@ -10,1 +10,3 @@\n"
        " ## Known troubles\n+### Connections run out\n+Roll back the last release first.\n"
    ),
}

KNOWLEDGE: Report = {
    "summary": c("How to tell a leaking pool from too much traffic.", "E1", "E12"),
    "claims": [],
    "unknown": [],
    "title": "How to troubleshoot PoolTimeout in orders",
    "keywords": ["PoolTimeout", "connections", "503"],
    "problem": c("Pages answer 503 although the process is up.", "E2", "E10"),
    "cause": c("A code path keeps its connection.", "E5", "E15:4"),
    "steps": ["compare requests a second before and after", "look for a deploy", "roll it back"],
    "prevention": [c("An alert on the pool.", "E12")],
    "related": [],
}

UNSURE: Report = {**ACTIONS, "summary": UNKNOWN, "immediate": [], "short_term": []}
"""Actions of a project manager who knows little."""
