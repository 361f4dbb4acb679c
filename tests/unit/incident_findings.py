"""The later reports of the told incident: tiers, cause, mitigation and review."""

from tests.unit.incident_claims import UNKNOWN, Report, c
from tests.unit.incident_evidence import CULPRIT, GOOD, T0

TIER1: Report = {
    "summary": c("The process is up, its pool is full; no runbook covers it.", "E10", "E12"),
    "claims": [c("The failures are one error: PoolTimeout.", "E11")],
    "unknown": [],
    "confirmed": "yes",
    "runbook": "UNKNOWN",
    "checks": [
        {
            "name": "health",
            "state": "ok",
            "finding": c("/healthz answers 200 in 4 ms.", "E10"),
        },
        {
            "name": "deployments",
            "state": "bad",
            "finding": c("b7e23c1 went live 69 s before detection.", "E3"),
        },
        {
            "name": "logs",
            "state": "bad",
            "finding": c("431 of the last 500 lines belong to PoolTimeout.", "E11"),
        },
        {
            "name": "metrics",
            "state": "bad",
            "finding": c("84 % errors, p95 0.71 s, 22 requests a second.", "E8"),
        },
        {
            "name": "database",
            "state": "bad",
            "finding": c("8 of 8 connections in use since 13:59:20.", "E12"),
        },
        {"name": "hosts", "state": "unknown", "finding": UNKNOWN},
    ],
    "escalate": True,
    "reasons": ["no runbook covers it", "a code change is suspected"],
}

TIER2: Report = {
    "summary": c(
        "summary.py returns without giving its connection back when there are no rows.",
        "E14",
        "E15:4",
    ),
    "claims": [],
    "unknown": [],
    "patterns": [c("388 of 412 PoolTimeouts come through summary.py:41.", "E14")],
    "code_review": [
        c("9c41d7e replaced a with block by acquire and release.", "E5"),
        c("The early return at line 40 skips the release.", "E15:4"),
    ],
    "dependencies": [c("The database itself answers; only the pool is empty.", "E10", "E12")],
    "hypotheses": [
        {
            "id": "H1",
            "statement": "9c41d7e leaks a connection for every empty summary",
            "supporting": [
                c("release() is skipped on the early return", "E15:4"),
                c("connections in use never fall after the deploy", "E12"),
            ],
            "refuting": [],
            "test": "roll back to 4d81f0a: connections in use must fall below 8",
            "status": "supported",
            "culprit": CULPRIT,
            "confidence": 0.88,
        },
        {
            "id": "H2",
            "statement": "a slow query holds the connections",
            "supporting": [],
            "refuting": [c("p95 was 0.021 s until the pool was full", "E1")],
            "test": "compare query times before and after 13:59:22",
            "status": "refuted",
            "culprit": "",
            "confidence": 0.04,
        },
        {
            "id": "H3",
            "statement": "more traffic than the pool can serve",
            "supporting": [],
            "refuting": [c("requests stayed at 22 a second", "E1")],
            "test": "compare requests a second before and after",
            "status": "refuted",
            "culprit": "",
            "confidence": 0.03,
        },
    ],
    "escalate": False,
    "reasons": [],
}

STRATEGY: Report = {
    "summary": c("Roll back: the last version worked and going back is safe.", "E3", "E7"),
    "claims": [],
    "unknown": [],
    "options": [
        {
            "name": "rollback",
            "available": True,
            "why": c("4d81f0a is on the machine and worked.", "E3"),
            "minutes": "5-15",
            "risk": "low",
        },
        {
            "name": "hotfix",
            "available": True,
            "why": c("One line in summary.py, untested.", "E5"),
            "minutes": "30-120",
            "risk": "medium",
        },
        {
            "name": "configuration",
            "available": False,
            "why": c("A larger pool would only fill later.", "E12"),
            "minutes": "10-30",
            "risk": "low-medium",
        },
        {
            "name": "workaround",
            "available": False,
            "why": c("Users have no other way to the summary."),
            "minutes": "0",
            "risk": "low",
        },
        {
            "name": "scaling",
            "available": False,
            "why": c("Every instance would leak the same way.", "E5"),
            "minutes": "10-20",
            "risk": "low-medium",
        },
    ],
    "selected": "rollback",
    "rationale": c("It removes the suspected change within a minute.", "E3", "E5", "E7"),
    "action": "rollback",
    "params": {"version": GOOD},
    "plan": [
        "dry run of the deploy of 4d81f0a",
        "approval by a person",
        "deploy 4d81f0a",
        "watch traffic, errors, p95 and connections for 15 minutes",
    ],
    "rollback_plan": ["deploy b7e23c1 again: about a minute, brings the leak back"],
}

WHYS: Report = {
    "summary": c("A connection is lost on every empty summary since 9c41d7e.", "E5", "E15"),
    "claims": [],
    "unknown": [{"field": "review of 9c41d7e", "question": "Who reviewed 9c41d7e, and how?"}],
    "problem": "orders answered 503 to most requests from 13:59:22",
    "whys": [
        {
            "question": "Why did requests fail?",
            "answer": c("No connection was free: PoolTimeout.", "E2", "E6"),
        },
        {
            "question": "Why was no connection free?",
            "answer": c("8 of 8 were in use and never came back.", "E12"),
        },
        {
            "question": "Why did they never come back?",
            "answer": c("summary() returns without release on one path.", "E15:4"),
        },
        {
            "question": "Why does it return without release?",
            "answer": c("9c41d7e replaced the with block.", "E5:9"),
        },
        {"question": "Why did nobody see it before release?", "answer": UNKNOWN},
    ],
    "root_cause": c(
        "9c41d7e takes a connection in summary() and loses it when there are no rows.",
        "E5",
        "E12",
        "E14",
    ),
    "culprit": CULPRIT,
    "verdict": "CONFIRMED",
    "evidence_kinds": ["code", "metric", "log"],
    "test": "after the rollback connections in use fall below 8 and stay there",
}

FISHBONE: Report = {
    "summary": c("One code change, not caught by a test, met a small pool.", "E5", "E7", "E12"),
    "claims": [],
    "unknown": [],
    "bones": [
        {"category": "People", "factors": []},
        {
            "category": "Process",
            "factors": [c("The release had no test of an empty summary.", "E7")],
        },
        {
            "category": "Technology",
            "factors": [
                c("acquire() can be used without a with block.", "E5"),
                c("The pool has 8 connections and no leak detection.", "E12"),
            ],
        },
        {"category": "Environment", "factors": [c("Six commits went out at once.", "E4")]},
    ],
    "primary": c("9c41d7e loses connections in summary().", "E5", "E15"),
    "ruled_out": [
        c("Traffic: it stayed at 22 requests a second.", "E1"),
        c("Migration: none in the range.", "E7"),
    ],
}

CHECKS: list[Report] = [
    {
        "name": "traffic",
        "state": "pass",
        "value": 22.4,
        "baseline": 22.1,
        "limit": 11.05,
        "unit": "requests/s",
    },
    {
        "name": "errors",
        "state": "pass",
        "value": 0.0,
        "baseline": 0.0,
        "limit": 0.05,
        "unit": "share",
    },
    {
        "name": "p95",
        "state": "pass",
        "value": 0.022,
        "baseline": 0.021,
        "limit": 0.042,
        "unit": "s",
    },
    {
        "name": "saturation",
        "state": "pass",
        "value": 0.25,
        "baseline": 0.25,
        "limit": 0.9,
        "unit": "share",
    },
]

VALIDATION: Report = {
    "summary": c("60 looks in a row passed; the service is as it was before.", "E17"),
    "claims": [],
    "unknown": [],
    "checks": CHECKS,
    "passes": 60,
    "needed": 4,
    "stable_for": 900.0,
    "window": 900.0,
    "restored_at": T0 + 549,
    "gave_up": False,
}

REVIEW: Report = {
    "summary": c(
        "A release lost database connections; it was rolled back nine minutes after detection.",
        "E5",
        "E16",
        "E17",
    ),
    "claims": [],
    "unknown": [],
    "root_cause": c("9c41d7e loses a connection on every empty summary.", "E5", "E15"),
    "resolution": c("Rollback of orders to 4d81f0a.", "E16"),
    "symptoms": c("503 after half a second on most pages.", "E2", "E8"),
    "went_well": [
        c("The alert came 38 s after users were hit.", "E1"),
        c("The guilty commit was named within four minutes.", "E5", "E6"),
        c("The first rollback brought the service back.", "E16", "E17"),
    ],
    "could_improve": [
        c("No runbook covers an exhausted pool.", "E12"),
        c("No test requests an empty summary.", "E7"),
        c("The pool does not say who holds its connections.", "E12"),
    ],
    "technical": [c("Connections belong in with blocks.", "E5")],
    "process": [c("A release of six commits is harder to judge than six releases.", "E4")],
    "communication": [c("Nobody outside the team was told until the end.")],
}
