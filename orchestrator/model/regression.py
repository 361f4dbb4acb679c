"""Regression verdict, confidence and the decision matrix: numbers in, words out, no opinion.

The verdict comes from the analyst's indicators, the action from the matrix in the incident flow
(verdict × rollback feasibility × user impact).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.model.events import Json

WEIGHTS = {
    "worked-before": 0.20,
    "after-deployment": 0.30,
    "correlates-with-change": 0.25,
    "metrics-inflect": 0.20,
    "seen-in-staging": 0.05,
}
"""What each indicator is worth when it holds; an unknown one counts for nothing either way."""

OFFERED = ("ROLLBACK", "ROLLBACK_AFTER_VALIDATION")
"""Actions that put a rollback before a human without waiting for the investigation."""


def share(indicators: Iterable[Json]) -> float:
    """Weight of the indicators that hold, of those anyone could answer, 0..1."""
    held = asked = 0.0
    for indicator in indicators:
        weight = WEIGHTS.get(str(indicator["name"]), 0.0)
        answer = _answer(indicator)
        if answer != "unknown":
            asked += weight
            held += weight if answer == "yes" else 0.0
    return round(held / asked, 3) if asked else 0.0


def verdict(indicators: Iterable[Json]) -> str:
    """CONFIRMED | LIKELY | POSSIBLE | UNLIKELY | NOT_REGRESSION."""
    answers = _answers(indicators)
    if answers.get("worked-before") == "no":
        return "NOT_REGRESSION"
    telling = ("after-deployment", "correlates-with-change", "metrics-inflect")
    if all(answers.get(name, "unknown") == "unknown" for name in telling):
        return "POSSIBLE"  # where nobody could look, nothing is ruled out
    deployed = answers.get("after-deployment") == "yes"
    linked = answers.get("correlates-with-change") == "yes"
    bent = answers.get("metrics-inflect") == "yes"
    if deployed and linked and bent:
        return "CONFIRMED"
    if deployed and (linked or bent) and answers.get("correlates-with-change") != "no":
        return "LIKELY"
    if deployed and (linked or bent):
        return "POSSIBLE"
    if linked and _timing_open(answers):
        return "POSSIBLE"  # a change fits, and when it began tells nothing: that clears nothing
    return "UNLIKELY" if deployed or linked else "NOT_REGRESSION"


def timing_open(indicators: Iterable[Json]) -> bool:
    """Whether nobody could say if it came by a deployment: too little to see, or too long after."""
    return _timing_open(_answers(indicators))


def confidence(part: float) -> str:
    """HIGH >90 %, MEDIUM 70-90 %, LOW below."""
    return "HIGH" if part > 0.9 else "MEDIUM" if part >= 0.7 else "LOW"


def action(verdict: str, rollback: str, impact: str) -> tuple[str, str]:
    """The matrix row: what to do, and how urgently."""
    if verdict == "CONFIRMED":
        if rollback == "SAFE":
            if impact == "LOW":
                return "INVESTIGATE_ROLLBACK_PREPARED", "NORMAL"
            return "ROLLBACK", "IMMEDIATE" if impact == "HIGH" else "URGENT"
        if rollback == "BLOCKED":
            return "HOTFIX", "IMMEDIATE" if impact == "HIGH" else "URGENT"
        if impact == "HIGH":
            return "HOTFIX", "URGENT"
        return "INVESTIGATE_AND_HOTFIX", "NORMAL"
    if verdict == "LIKELY":
        if rollback != "SAFE":
            return "INVESTIGATE_AND_HOTFIX", "URGENT" if impact == "HIGH" else "NORMAL"
        if impact == "HIGH":
            return "ROLLBACK_AFTER_VALIDATION", "URGENT"
        return "INVESTIGATE_ROLLBACK_PREPARED", "NORMAL"
    if verdict == "POSSIBLE" and impact == "HIGH":
        return "INVESTIGATE_ROLLBACK_PREPARED", "URGENT"
    return "STANDARD_TRIAGE", "NORMAL"


def _timing_open(answers: Mapping[str, str]) -> bool:
    return answers.get("after-deployment", "unknown") == "unknown"


def _answers(indicators: Iterable[Json]) -> dict[str, str]:
    return {str(item["name"]): _answer(item) for item in indicators}


def _answer(indicator: Mapping[str, Any]) -> str:
    """An indicator whose reason was dropped for lack of evidence is one nobody answered."""
    why = indicator.get("why") or {}
    return str(indicator["holds"]) if why.get("evidence") else "unknown"
