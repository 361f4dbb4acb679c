"""The small shop's incident carried on to its resolution: every rule asked in the flow's order."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

from orchestrator.agents.rules import RulesBackend
from orchestrator.clock import FakeClock
from orchestrator.model import regression as rule
from orchestrator.model.records import Approval
from orchestrator.model.reports import SCHEMAS, checked
from orchestrator.project import Project
from orchestrator.settings import load
from tests.unit.fake_bench import FakeBench, task
from tests.unit.small_shop import DETECTED, SETTINGS, Shop, open_shop

PEOPLE = """\
[[people]]
name = "r.diaz"
roles = ["component-owner", "tier2"]
[[people]]
name = "m.boss"
roles = ["commander", "deployment-manager", "tier3"]
[[people]]
name = "l.law"
roles = ["legal"]
"""
RUNBOOK = """\
---
title: Shop in trouble
services: [shop]
---
# Shop

## Restart

- ask first"""

EARLY = (
    "detect/record",
    "detect/alert",
    "regression/verdict",
    "regression/feasibility",
    "triage/impact",
    "triage/urgency",
)
MESSAGES = ("notify/management", "notify/executive", "notify/status-page")
DEEP = ("tier1/data", "tier2/analysis", "tier3/architecture", "rca/5whys", "rca/ishikawa")
LATE = ("mitigation/resolution", "review/actions", "review/runbook", "review/knowledge")
NEW = ("tier3/architecture", "security/assessment", *MESSAGES, *LATE)
"""What this release added; `mitigation/strategy` and the review were there."""


def staffed(root: Path, leak: bool = True, more: str = "", service: str = "") -> Shop:
    """The shop with people, and what else the settings of a test say."""
    shop = open_shop(root, leak)
    text = SETTINGS.replace('name = "shop"\n', f'name = "shop"\n{service}') + PEOPLE
    (root / "warroom.toml").write_text(more + text)
    return dataclasses.replace(shop, settings=load(Project(root)))


def bench_of(shop: Shop) -> FakeBench:
    return FakeBench(shop.root, shop.settings, shop.state, FakeClock(DETECTED + 1))


def perform(bench: FakeBench, key: str) -> dict[str, Any]:
    """One task to its end: valid, nothing dropped, filed in the state as the runner would."""
    report = dict(asyncio.run(RulesBackend().perform(task(key), bench)).report)
    valid = SCHEMAS[key].model_validate(report)
    _, dropped = checked(valid, bench.state.evidence.keys())
    assert dropped == ()
    done = dataclasses.replace(
        task(key), outcome="done", report=report, finished_at=bench.clock.now()
    )
    bench.state.tasks[key] = done
    return report


def judged(bench: FakeBench) -> None:
    """Up to the priority, as the flow's code would set it."""
    for key in EARLY:
        perform(bench, key)
    state = bench.state
    record, verdict = state.report("detect/record"), state.report("regression/verdict")
    assert record is not None
    assert verdict is not None
    state.impact_started_at = record["impact_started_at"] or 0.0
    state.impact_evidence = tuple(record["impact_evidence"])
    state.method, state.severity, state.status = "automated-alert", "P0", "TRIAGED"
    state.regression = {"verdict": rule.verdict(verdict["indicators"])}
    state.regression_at = state.triaged_at = DETECTED + 2
    state.roles["commander"] = "m.boss"


def investigated(bench: FakeBench) -> None:
    """Up to the root cause, capped as the flow's code caps it."""
    judged(bench)
    for key in (*DEEP, "mitigation/strategy"):
        perform(bench, key)
    whys = bench.state.report("rca/5whys")
    assert whys is not None
    cause = whys["root_cause"]
    bench.state.cause = {
        "verdict": "LIKELY" if cause["evidence"] else "INCONCLUSIVE",
        "statement": cause["text"],
        "culprit": whys["culprit"],
        "evidence": tuple(cause["evidence"]),
    }


def resolved(bench: FakeBench, action: str = "roll shop back to 0123456789ab") -> None:
    """Approved, carried out and well again."""
    investigated(bench)
    state = bench.state
    card = {"title": action, "argv": ["bin/deploy", "shop", "0123456789ab"]}
    if action:
        state.approvals["rollback@1"] = Approval(
            approval="rollback@1",
            action="back",
            title=action,
            risk="medium",
            sha256="",
            expires=DETECTED + 900,
            card=card,
            evidence=(),
            requested_at=DETECTED + 3,
            decision="granted",
            decided_at=DETECTED + 100,
            by="m.boss",
        )
        execute = task("mitigation/execute@1", outcome="done", report={"exit": 0})
        execute = dataclasses.replace(execute, inputs={"card": card}, kind="action")
        state.tasks[execute.key] = execute
        state.cause = {**state.cause, "verdict": "CONFIRMED"}
    eid = state.impact_evidence[0]
    seen = {"text": "4 looks in a row passed", "evidence": [eid], "assumption": False}
    key = f"mitigation/{'validate' if action else 'watch'}@1"
    state.tasks[key] = task(key, outcome="done", report={"summary": seen})
    state.status, state.resolution, state.resolution_action = "RESOLVED", "RESOLVED", action
    state.restored_at, state.resolved_at = DETECTED + 120, DETECTED + 140


def claims(data: Any) -> list[dict[str, Any]]:
    """Every claim of a report, at any depth."""
    if isinstance(data, dict):
        mine = [data] if {"text", "evidence", "assumption"} <= data.keys() else []
        return mine + [one for value in data.values() for one in claims(value)]
    return [one for value in data for one in claims(value)] if isinstance(data, list) else []
