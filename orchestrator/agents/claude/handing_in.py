"""The report a model hands in: what it may fill, how that is checked, how it joins the rules' own.

Figures and judgements that code computes are not the model's to set: `COMPUTED` names them, its
schema does not have them, and they stand as the deterministic responder found them. What the model
says counts where its evidence exists; where it does not, the rules' own words stand.
"""

import json
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, get_origin

from pydantic import BaseModel, Field, ValidationError, create_model

from orchestrator.model.reports import SCHEMAS
from orchestrator.model.reports.claims import UNKNOWN, Claim, Report, Strict, checked

COMPUTED: dict[str, tuple[str, ...]] = {
    "detect/record": (
        "affected_systems",
        "affected_users",
        "impact_started_at",
        "impact_started_how",
        "impact_evidence",
    ),
    "detect/alert": ("channel", "dashboard"),
    "regression/verdict": (
        "indicators",
        "deploys",
        "suspects",
        "external",
        "bad_version",
        "good_version",
        "bad_since",
        "changes",
    ),
    "regression/feasibility": ("options", "way", "blast_radius", "blast_why"),
    "triage/impact": (
        "effect",
        "affected_share",
        "affected_users",
        "data_loss",
        "revenue",
        "compliance",
        "reputation",
        "safety",
        "affected_systems",
    ),
    "triage/urgency": (
        "trend",
        "level",
        "availability",
        "sla_target",
        "budget_left",
        "breach_in",
    ),
    "tier1/data": ("confirmed", "runbook", "checks"),
    "security/assessment": ("suspected", "action", "kind", "params"),
    "notify/management": ("eta", "compliance", "reputation", "action_needed"),
    "notify/executive": ("eta", "compliance", "reputation", "action_needed"),
    "notify/status-page": ("eta", "compliance", "reputation", "action_needed"),
    "rca/5whys": ("evidence_kinds", "by"),
    "mitigation/strategy": ("options",),
    "review/runbook": ("escalation", "existing", "diff"),
    "review/knowledge": ("related", "regressions"),
}
"""By task key: the fields of its report that only code may set: a model is not heard on them."""

OPINIONS = ("regression/verdict",)
"""Tasks whose report has no place of its own for the cause as the model sees it."""


COUNTED = {"rca/5whys": ("whys", 5)}
"""By task key: the list of its report that has a fixed length."""


class Opinion(Strict):
    """What the model holds to be the cause, by its own reading."""

    culprit: str
    """the commit that introduced it, or empty where no change did"""
    cause: Claim


class Pair(Strict):
    """One named value: a schema that models are held to knows no free mappings."""

    name: str
    value: str


class Invalid(Exception):
    """The answer is no report; the text says what to mend, for the model to read."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A valid answer: the fields the model filled, what it holds to be the cause, what fell."""

    fields: dict[str, Any]
    opinion: Opinion | None
    dropped: tuple[str, ...]


@cache
def shape(task: str) -> type[Report]:
    """The schema of what a model may fill of a task's report."""
    whole = SCHEMAS[task]
    computed = COMPUTED.get(task, ())
    fields: dict[str, Any] = {}
    for name, field in whole.model_fields.items():
        if name not in computed:
            free = get_origin(field.annotation) is dict
            kind: Any = tuple[Pair, ...] if free else field.annotation
            fields[name] = (kind, Field(description=field.description or None))
    if task in OPINIONS:
        fields["opinion"] = (Opinion, Field())
    made: type[Report] = create_model(f"{whole.__name__}OfModel", __base__=Report, **fields)
    return made


def read(task: str, text: str, known: Set[str], lines: Mapping[str, int]) -> Handed:
    """An answer's text as a report whose statements rest on `known` evidence. Invalid says why.

    `lines` says how many lines each item has: a line that is not there carries nothing.
    """
    try:
        body = json.loads(_object(text), parse_constant=_no_number)
        for name in COMPUTED.get(task, ()) if isinstance(body, dict) else ():
            body.pop(name, None)
        report = shape(task).model_validate(body)
        _count(task, report)
    except (ValueError, RecursionError) as error:
        raise Invalid(_mend(error)) from None
    held = _without_lines_that_are_not(report, lines)
    kept, dropped = checked(held, known)
    filled = kept.model_dump(mode="json")
    opinion = filled.pop("opinion", None)
    for name, field in SCHEMAS[task].model_fields.items():
        if name in filled and get_origin(field.annotation) is dict:
            filled[name] = {pair["name"]: pair["value"] for pair in filled[name]}
    held_opinion = Opinion.model_validate(opinion) if opinion else None
    if held_opinion is not None and held_opinion.cause.text == UNKNOWN:
        held_opinion = None
    return Handed({n: v for n, v in filled.items() if not _says_nothing(v)}, held_opinion, dropped)


def joined(task: str, rules: Mapping[str, Any], handed: Handed) -> dict[str, Any]:
    """The rules' report with the model's words where it has some; code's fields stay code's."""
    theirs = {name: value for name, value in handed.fields.items() if name in rules}
    both = {**rules, **theirs}
    if "escalate" in both:  # a model may call for the next tier, it cannot call it off
        both["escalate"] = bool(rules["escalate"]) or bool(theirs.get("escalate"))
        both["reasons"] = list(dict.fromkeys([*rules["reasons"], *theirs.get("reasons", ())]))
    both["unknown"] = [*rules["unknown"], *_new_questions(rules, theirs)]
    return both


def _new_questions(rules: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Any]:
    asked = {item["field"] for item in rules["unknown"]}
    return [item for item in theirs.get("unknown", ()) if item["field"] not in asked]


def _says_nothing(value: Any) -> bool:
    if isinstance(value, dict) and "text" in value:
        return bool(value["text"] == UNKNOWN)
    return value is None or value in ("", [], {})


def _object(text: str) -> str:
    """The JSON object in an answer: models like to wrap it into a fence or a sentence."""
    found = re.search(r"\{.*\}", text, re.DOTALL)
    return found.group() if found else text


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _count(task: str, report: Report) -> None:
    name, wanted = COUNTED.get(task, ("", 0))
    given = len(getattr(report, name)) if name else 0
    if given not in (0, wanted):
        raise Invalid(f"{name}: exactly {wanted} are wanted, not {given}")


def _mend(error: Exception) -> str:
    if isinstance(error, ValidationError):
        said = [
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors(include_url=False)[:8]
        ]
        return "; ".join(said)
    return f"it is no JSON object: {error}"


def _without_lines_that_are_not(report: Report, lines: Mapping[str, int]) -> Report:
    """The report with every citation of a line past an item's end made one of no item at all."""

    def walk(value: Any) -> Any:
        if isinstance(value, Claim):
            cited = tuple(one if _has(one, lines) else f"no line {one}" for one in value.evidence)
            return value.model_copy(update={"evidence": cited})
        if isinstance(value, BaseModel):
            fields = type(value).model_fields
            return value.model_copy(update={name: walk(getattr(value, name)) for name in fields})
        return tuple(walk(one) for one in value) if isinstance(value, tuple) else value

    walked: Report = walk(report)
    return walked


def _has(citation: str, lines: Mapping[str, int]) -> bool:
    eid, _, line = citation.partition(":")
    if not line:
        return True
    numbers = [int(part) for part in re.findall(r"\d+", line)]
    return bool(numbers) and all(0 < number <= lines.get(eid, 0) for number in numbers)
