"""Step 1.5, regression triage: did a change bring this, and can it be taken back."""

from orchestrator.flow.decide import Incident, cited
from orchestrator.model import events as ev
from orchestrator.model import regression as rule
from orchestrator.model.events import Json

PROVISIONAL_IMPACT = {"P0": "HIGH", "P1": "MEDIUM", "P2": "LOW", "P3": "LOW", "": "HIGH"}
"""User impact before triage, from the severity as reported; unsure means higher."""


def regression(i: Incident) -> None:
    if i.skipped("regression"):
        judge(i, "skipped", {}, None, "HIGH")
        return
    verdict = i.task("regression/verdict", "regression-analyst", "changes and suspects")
    if verdict is None:
        i.question("regression", "No analysis of the changes could be made. What changed lately?")
        judge(i, "1", {}, None, "HIGH")
        return
    feasibility: Json | None = None
    if rule.verdict(verdict["indicators"]) in ("CONFIRMED", "LIKELY", "POSSIBLE"):
        feasibility = i.task(
            "regression/feasibility", "reliability-engineer", "rollback feasibility"
        )
    judge(i, "1", verdict, feasibility, PROVISIONAL_IMPACT[i.state.severity])


def judge_again(i: Incident) -> None:
    """The row of the matrix is looked up again once triage knows the real impact."""
    verdict = i.state.report("regression/verdict")
    if verdict is not None and i.state.impact != i.state.regression.get("impact"):
        judge(i, "2", verdict, i.state.report("regression/feasibility"), i.state.impact)


def judge(
    i: Incident, occurrence: str, report: Json, feasibility: Json | None, impact: str
) -> None:
    indicators = report.get("indicators", ())
    verdict, part = rule.verdict(indicators), rule.share(indicators)
    rollback = _feasible(feasibility)
    action, urgency = rule.action(verdict, rollback, impact)
    suspect = next(iter(report.get("suspects", ())), None)
    blamed = suspect if verdict in ("CONFIRMED", "LIKELY") else None
    i.emit(
        i.nth(f"regression/judged/{occurrence}"),
        ev.RegressionJudged(
            verdict=verdict,
            confidence=rule.confidence(part),
            share=part,
            rollback=rollback,
            impact=impact,
            action=action,
            urgency=urgency,
            culprit=str(blamed["sha"]) if blamed else "",
            culprit_confidence=float(blamed["confidence"]) if blamed else 0.0,
            good_version=str(report.get("good_version", "UNKNOWN")),
            bad_version=str(report.get("bad_version", "UNKNOWN")),
            evidence=cited(item["why"] for item in indicators if item["holds"] == "yes"),
        ),
    )


def _feasible(feasibility: Json | None) -> str:
    """Feasibility of a full rollback; one whose reason did not hold counts as BLOCKED."""
    for option in (feasibility or {}).get("options", ()):
        if option["name"] == "rollback":
            return str(option["feasibility"]) if option["why"]["text"] != "UNKNOWN" else "BLOCKED"
    return "BLOCKED"
