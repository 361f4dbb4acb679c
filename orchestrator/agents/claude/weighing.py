"""The model's cause beside the deterministic one: both are shown, and code says which stands.

The ranking reads the same evidence by a method whose rate of success is measured; a model's is not,
and the best ones are right about half the time on hard causes. So the ranking's cause stands where
it has evidence; a model's stands where the ranking knows none, and then it is never more than
LIKELY, needs evidence of two kinds, and says that it is the model's alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.agents.claude.handing_in import Handed, Opinion, joined
from orchestrator.model.events import Json, MethodsDiffered
from orchestrator.model.records import Task
from orchestrator.model.reports.claims import UNKNOWN, Claim
from orchestrator.model.state import State

ENOUGH_KINDS = 2
"""Kinds of evidence a model's own cause needs before it is called LIKELY."""

SHORTEST = 7
"""Characters by which two names of a commit can be held against each other."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The report that stands, and the disagreement, if there is one."""

    report: dict[str, Any]
    differed: MethodsDiffered | None = None


def weighed(task: Task, rules: Mapping[str, Any], handed: Handed, state: State) -> Weighed:
    """The rules' report joined with the model's, its cause settled."""
    key = task.key.partition("@")[0]
    report = joined(key, rules, handed)
    settle = _SETTLE.get(key)
    if settle is None:
        return Weighed(report)
    ours, theirs = settle(rules, handed, report, state)
    if ours is None or theirs is None or not _differ(ours, theirs):
        return Weighed(report)
    stands = "rules" if ours.cause.evidence else "model"
    if stands == "rules":
        report["summary"] = rules["summary"]  # it would tell of the cause that does not stand
    return Weighed(
        report,
        MethodsDiffered(
            key=task.key,
            attempt=task.attempt,
            rules=ours.cause.text,
            rules_evidence=ours.cause.evidence,
            model=theirs.cause.text,
            model_evidence=theirs.cause.evidence,
            stands=stands,
        ),
    )


def same_commit(one: str, other: str) -> bool:
    """True when both name one commit, at whatever length."""
    length = min(len(one), len(other))
    return length >= SHORTEST and one[:length] == other[:length]


def _differ(ours: Opinion, theirs: Opinion) -> bool:
    """Whether they name different commits, or one a commit and the other none.

    Where neither names one, code cannot tell whether they differ: that is no agreement either.
    """
    if not ours.culprit and not theirs.culprit:
        return False
    return not same_commit(ours.culprit, theirs.culprit)


Pair = tuple[Opinion | None, Opinion | None]


def _verdict(
    rules: Mapping[str, Any], handed: Handed, report: dict[str, Any], state: State
) -> Pair:
    return _suspected(rules), handed.opinion


def _suspected(rules: Mapping[str, Any]) -> Opinion | None:
    """The first suspect, where it is one that its own diff speaks against."""
    first = next(iter(rules.get("suspects", ())), None)
    if first is None or not first["why"]:
        return None
    text = f'{first["sha"][:8]} "{first["subject"]}": {first["why"][0]["text"]}'
    evidence = tuple(first["why"][0]["evidence"])
    return Opinion(culprit=str(first["sha"]), cause=Claim(text=text[:2000], evidence=evidence))


def _analysis(
    rules: Mapping[str, Any], handed: Handed, report: dict[str, Any], state: State
) -> Pair:
    """Both boards, the deterministic one first: its order is the one that was measured."""
    own = [_of_model(number, one) for number, one in enumerate(_board(handed), 1)]
    report["hypotheses"] = [*rules["hypotheses"], *own]
    return _best(rules["hypotheses"]), _best(own)


def _board(handed: Handed) -> list[Json]:
    return list(handed.fields.get("hypotheses", ()))


def _of_model(number: int, one: Json) -> Json:
    """Its own number and mark; confirming is not a model's to do."""
    status = "supported" if one["status"] == "confirmed" else one["status"]
    if status == "supported" and not any(said["evidence"] for said in one["supporting"]):
        status = "untested"
    confidence = min(1.0, max(0.0, float(one["confidence"])))
    return {**one, "id": f"M{number}", "status": status, "confidence": confidence, "by": "model"}


def _best(board: list[Json]) -> Opinion | None:
    live = [one for one in board if one["status"] != "refuted"]
    if not live:
        return None
    first = max(live, key=lambda one: float(one["confidence"]))
    evidence = tuple(dict.fromkeys(e for said in first["supporting"] for e in said["evidence"]))
    cause = Claim(text=str(first["statement"])[:2000] or UNKNOWN, evidence=evidence)
    return Opinion(culprit=str(first["culprit"]), cause=cause)


def _whys(rules: Mapping[str, Any], handed: Handed, report: dict[str, Any], state: State) -> Pair:
    own = handed.fields
    ours = _concluded(rules)
    theirs = _concluded({**rules, "root_cause": {"text": UNKNOWN}, "culprit": "", **own})
    if ours is not None and (theirs is None or not same_commit(ours.culprit, theirs.culprit)):
        for name in ("whys", "root_cause", "culprit", "verdict", "test", "summary"):
            report[name] = rules[name]
        if theirs is not None and not _differ(ours, theirs):
            report["claims"] = [_beside(theirs.cause), *report["claims"]]
        elif theirs is not None and rules["verdict"] == "CONFIRMED":
            report["verdict"] = "LIKELY"
    elif ours is not None:
        report["culprit"], report["verdict"] = rules["culprit"], rules["verdict"]
        told = [*rules["root_cause"]["evidence"], *report["root_cause"]["evidence"]]
        report["root_cause"] = {**report["root_cause"], "evidence": list(dict.fromkeys(told))}
    elif theirs is not None:
        kinds = _kinds(theirs.cause.evidence, state)
        enough = len(kinds) >= ENOUGH_KINDS and own.get("verdict") != "INCONCLUSIVE"
        report["verdict"] = "LIKELY" if enough else "INCONCLUSIVE"
        report["evidence_kinds"] = sorted(kinds)
        report["by"] = "model"
    else:
        report["verdict"] = "INCONCLUSIVE"
    return ours, theirs


def _beside(cause: Claim) -> Json:
    """A model's cause where no commit says whether it is the one that stands."""
    text = f"The model says, in its own words and by its own evidence: {cause.text}"
    return Claim(text=text[:2000], evidence=cause.evidence).model_dump(mode="json")


def _concluded(report: Mapping[str, Any]) -> Opinion | None:
    """The root cause of a report; None where it has none that rests on evidence."""
    cause = report["root_cause"]
    if cause["text"] == UNKNOWN or not cause.get("evidence"):
        return None
    if report.get("verdict") == "INCONCLUSIVE":
        return None
    said = Claim(text=str(cause["text"]), evidence=tuple(cause["evidence"]))
    return Opinion(culprit=str(report.get("culprit", "")), cause=said)


def _kinds(evidence: tuple[str, ...], state: State) -> set[str]:
    cited = {item.split(":")[0] for item in evidence}
    return {state.evidence[eid].kind for eid in cited if eid in state.evidence}


_SETTLE = {"regression/verdict": _verdict, "tier2/analysis": _analysis, "rca/5whys": _whys}
