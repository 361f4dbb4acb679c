"""What the answers of the intake change: severity, pace, preference, depth, a guidance text. Pure.

The answers are joined into one text, and that text is read for themes like any other guidance: so
there is one way in which words have effects, and the journal shows it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.intake.guidance import EFFECTS, themes
from orchestrator.model.business import topics
from orchestrator.model.deadlines import update_interval
from orchestrator.model.policy import Policy, impact_level, priority

TIGHT_BUDGET, TIGHT_TIME = 25.0, 3600.0
"""Percent of the error budget left, and seconds to the breach, from which on the SLA is tight."""

GUIDANCE_LIMIT = 2000
"""Letters an incident takes."""

_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Effects:
    """What follows from the answers, and the text they are joined into."""

    severity: str
    """P0..P3, provisional; empty while nobody knows how many users are hit"""
    urgency: str
    """of escalation: HIGH | MEDIUM | LOW"""
    mitigation: str
    """rollback | investigation"""
    update_seconds: float | None
    """between two updates, as the clocks of the incident will have it; None: none are promised"""
    depth: str
    """of the documents: standard | comprehensive"""
    themes: tuple[str, ...]
    guidance: str


def effects(
    answers: Mapping[str, str],
    guidance: str = "",
    policy: Policy | None = None,
    given: str = "",
    seen: Iterable[str] = (),
) -> Effects:
    """What follows from the answers and what else was said. A `given` severity is not changed.

    `seen`: themes somebody has read in the words already, beside those that are read here.
    """
    policy = policy or Policy()
    text = " ".join(part for part in (guidance.strip(), joined(answers)) if part)
    text = text[:GUIDANCE_LIMIT]
    read = {theme.name for theme in themes(text)} | set(seen)
    found = tuple(name for name in EFFECTS if name in read)
    severity = given or _severity(answers, found, policy)
    harm = {"security", "data-loss", "compliance"} & set(found)
    pressing = harm or {"revenue", "tight-sla"} & set(found) or severity == "P0"
    calm = answers.get("q1") == "no impact seen yet" or severity in ("P2", "P3")
    return Effects(
        severity=severity,
        urgency="HIGH" if pressing else "LOW" if calm else "MEDIUM",
        mitigation="rollback" if "tight-sla" in found else "investigation",
        update_seconds=update_interval(policy, severity, found),
        depth="comprehensive" if harm or "new-team" in found else "standard",
        themes=found,
        guidance=text,
    )


def reported(
    answers: Mapping[str, str], guidance: str = "", severity: str = "", seen: Iterable[str] = ()
) -> dict[str, Any]:
    """The fields of a report that the intake fills. A severity somebody gave is not changed."""
    known = effects(answers, guidance, given=severity, seen=seen)
    return {
        "severity": known.severity,
        "guidance": known.guidance,
        "answers": dict(answers),
        "themes": list(known.themes),
    }


def joined(answers: Mapping[str, str]) -> str:
    """The answers as a guidance text; what was skipped is not in it."""
    return " ".join(write(answers[key]) for key, write in _SENTENCES.items() if answers.get(key))


def tight(sla: str) -> bool:
    """True when an answer about the SLA says that there is no time to lose."""
    if sla in ("at risk", "breached"):
        return True
    if sla == "not at risk":
        return False
    percent = re.search(r"(\d{1,3}(?:\.\d+)?)\s*%", sla)
    rest = sla.replace(percent[0], " ") if percent else sla
    span = re.search(
        r"(\d{1,4}(?:\.\d)?)\s*(s|m|h|d)(?:ec|in|r|ours?|ays?|inutes?|econds?|s)*\b", rest
    )
    little = percent is not None and float(percent[1]) <= TIGHT_BUDGET
    soon = span is not None and float(span[1]) * _SECONDS[span[2]] <= TIGHT_TIME
    return little or soon or any(theme.name == "tight-sla" for theme in themes(sla))


def _severity(answers: Mapping[str, str], found: tuple[str, ...], policy: Policy) -> str:
    """The matrix with the share of users as impact, and urgency as nobody knows it: HIGH."""
    percent = answers.get("q2")
    lost = "data-loss" in found
    if percent is None and not lost:
        return ""
    share = float(percent) / 100 if percent is not None else None
    return priority(impact_level(policy, share, lost), "HIGH")


def _changes(answer: str) -> str:
    return f"Changed in the last 24 h: {'nothing known' if answer == 'none' else answer}."


def _security(answer: str) -> str:
    if answer == "unknown":
        return "Whether anything was broken into or destroyed is an open question."
    return "No security breach, no data loss." if answer == "no" else f"Suspected: {answer}."


def _business(answer: str) -> str:
    text = f"Business impact: {answer}."
    money = "revenue" in topics(answer) and all(one.name != "revenue" for one in themes(text))
    return f"{text} Revenue is at stake." if money else text


def _team(answer: str) -> str:
    return "New team, first P0." if answer.startswith("new") else f"Team on call: {answer}."


def _sla(answer: str) -> str:
    if tight(answer):
        return f"Tight SLA: {answer}."
    return f"Time is left: {'nothing is at risk' if answer == 'not at risk' else answer}."


_SENTENCES = {
    "q1": lambda answer: f"Users see: {answer}.",
    "q2": lambda answer: f"Affected: {answer} % of users.",
    "q3": lambda answer: f"It began at {answer}.",
    "q4": _changes,
    "q5": _security,
    "q6": _business,
    "q7": _team,
    "q8": _sla,
}
