"""The hypotheses of an incident as documents: for, against, missing, and what would settle it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.model.differences import Difference, Side, differences
from orchestrator.model.state import State

Json = Mapping[str, Any]

CAPS = {
    "CONFIRMED": "two kinds of evidence, and the mitigation restored the metrics",
    "LIKELY": "evidence supports it, and not enough to call it confirmed",
    "INCONCLUSIVE": "no cause that evidence supports stands alone",
}
"""What each verdict means; the flow gives no other and none above what it allows."""

STATUS = {
    "supported": "supported by evidence",
    "confirmed": "confirmed by its mitigation",
    "refuted": "refuted",
    "untested": "not tested",
}


@dataclass(frozen=True, slots=True)
class Suspected:
    """One entry of the board, with its document."""

    id: str
    statement: str
    status: str
    """supported | confirmed | refuted | untested"""
    confidence: float
    speaks_for: int
    speaks_against: int
    text: str
    by: str = ""
    """`model` where a model suspects it; the rules' own say nothing"""


def board(state: State) -> list[Suspected]:
    """The hypotheses of the newest analysis in its order, those of a model after the others."""
    return [_suspected(state, one) for one in ordered(state)]


def ordered(state: State) -> list[Json]:
    """The same as they were reported."""
    report: Json = state.report("tier2/analysis") or {}
    return sorted(report.get("hypotheses", ()), key=lambda one: bool(one.get("by")))


def verdict(state: State) -> str:
    """What the flow concluded, why not more, and what was ruled out, as Markdown."""
    cause = state.cause
    lines = ["# Root cause", ""]
    if not cause:
        lines += ["No root cause is concluded yet.", ""]
    else:
        given = str(cause.get("verdict", "INCONCLUSIVE"))
        lines += [f"**{given}**: {CAPS.get(given, '')}.", ""]
        lines += [f"{cause.get('statement', 'UNKNOWN')} {_cited(cause.get('evidence', ()))}", ""]
        claimed = str(cause.get("claimed", given))
        why = str(cause.get("why", ""))
        if claimed != given:
            lines += [f"{claimed} was claimed; {given} is what the rules allow: {why}.", ""]
        elif why:
            lines += [f"{why[:1].upper()}{why[1:]}.", ""]
        test = str((state.report("rca/5whys") or {}).get("test", ""))
        lines += ["## What would settle it", "", test or "UNKNOWN", ""]
    for told in differences(state):
        lines += [f"## ▲ Methods differ: {told.name}", "", *_difference(told), ""]
    if beside := (state.report("rca/5whys") or {}).get("claims", ()):
        lines += ["## Said beside it", "", *_claims(beside, ""), ""]
    lines += ["## Ruled out, and how", ""]
    bones = state.report("rca/ishikawa") or {}
    lines += _claims(bones.get("ruled_out", ()), "nothing yet")
    return "\n".join(lines)


def _suspected(state: State, one: Json) -> Suspected:
    status = str(one.get("status", "untested"))
    culprit = str(one.get("culprit", ""))
    concluded = state.cause
    if culprit and concluded.get("verdict") == "CONFIRMED":
        status = "confirmed" if culprit == concluded.get("culprit") else status
    return Suspected(
        id=str(one.get("id", "")),
        statement=str(one.get("statement", "")),
        status=status,
        confidence=float(one.get("confidence", 0.0)),
        speaks_for=len(one.get("supporting", ())),
        speaks_against=len(one.get("refuting", ())),
        text=_document(one, status),
        by=str(one.get("by", "")),
    )


def _difference(told: Difference) -> list[str]:
    """Both sides with their evidence. It is a warning: which one stands is the code's to say."""
    return [_side("stands", told.stands), _side("does not", told.other)]


def _side(standing: str, side: Side) -> str:
    return f"- **{side.who}** ({standing}): {side.says} {_cited(side.evidence) or '(no evidence)'}"


def _document(one: Json, status: str) -> str:
    by = str(one.get("by", ""))
    sure = f"{100 * float(one.get('confidence', 0.0)):.0f} %"
    lines = [f"# {one.get('id', '')}: {one.get('statement', '')}", ""]
    measure = "its own estimate, which nothing measured" if by else "the rules' own measure"
    lines += [f"**{STATUS.get(status, status)}**, {sure} by {measure}.", ""]
    if by:
        lines += ["A model suspects this; the ranking does not rest on it.", ""]
    lines += ["## Speaks for it", "", *_claims(one.get("supporting", ()), "nothing that was found")]
    lines += ["", "## Speaks against it", ""]
    lines += _claims(one.get("refuting", ()), "nothing that was found")
    if missing := one.get("missing", ()):
        lines += ["", "## Missing", "", *(f"- {text}" for text in missing)]
    lines += ["", "## What would settle it", "", str(one.get("test", "")) or "UNKNOWN", ""]
    if culprit := str(one.get("culprit", "")):
        lines += [f"It blames commit `{culprit}`.", ""]
    return "\n".join(lines)


def _claims(claims: Iterable[Json], nothing: str) -> list[str]:
    said = [f"- {one.get('text', '')} {_cited(one.get('evidence', ()))}".rstrip() for one in claims]
    return said or [f"- {nothing}"]


def _cited(evidence: Sequence[str]) -> str:
    return " ".join(f"[{item}]" for item in evidence)
