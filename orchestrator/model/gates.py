"""The quality gates of an incident, each computed from its state: PASS, FAIL or N-A with why.

A gate whose step is not part of this release says so; it never passes by default. While the
incident is open, what has not happened yet is N-A; once it is over it is a FAIL.
"""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.model.deadlines import promises
from orchestrator.model.durations import Durations, durations, words
from orchestrator.model.state import State

PASS, FAIL, NOT_APPLICABLE = "PASS", "FAIL", "N-A"


@dataclass(frozen=True, slots=True)
class Gate:
    """One line of the completion report."""

    name: str
    result: str
    """PASS | FAIL | N-A"""
    figure: str
    """what was measured, or empty"""
    why: str


def gates(state: State) -> tuple[Gate, ...]:
    """Every gate of the flow, in its order."""
    took = durations(state)
    return tuple(compute(state, took) for compute in _GATES)


def _timed(state: State, name: str, took: float | None, target: float, missing: str) -> Gate:
    limit = f"target under {words(target)}"
    if took is None:
        return _absent(state, name, missing)
    return Gate(name, PASS if took <= target else FAIL, words(took), limit)


def _absent(state: State, name: str, why: str) -> Gate:
    """Something that is not there: not yet while the incident is open, a failure after it."""
    if state.open:
        return Gate(name, NOT_APPLICABLE, "", f"not yet: {why}")
    return Gate(name, FAIL, "", why)


def _later(name: str, why: str) -> Gate:
    return Gate(name, NOT_APPLICABLE, "", f"{why} in this release")


def _detected(state: State, took: Durations) -> Gate:
    name = "Detected and logged"
    if took.detection is None:
        return Gate(name, NOT_APPLICABLE, "", "the start of impact is not known")
    return _timed(state, name, took.detection, state.policy.detection_target, "")


def _regression(state: State, took: Durations) -> Gate:
    target = state.policy.regression_target
    return _timed(state, "Regression triage", took.regression, target, "no verdict on the changes")


def _triage(state: State, took: Durations) -> Gate:
    target = state.policy.triage_target
    return _timed(state, "Triage", took.triage, target, "no priority was set")


def _commander(state: State, took: Durations) -> Gate:
    name = "Commander assigned"
    if state.severity not in ("P0", "P1"):
        return Gate(name, NOT_APPLICABLE, "", f"required at P0 and P1, this is {_level(state)}")
    if "commander" not in state.roles:
        return _absent(state, name, "nobody holds the role")
    return Gate(name, PASS, state.roles["commander"], f"required at {state.severity}")


def _functional(state: State, took: Durations) -> Gate:
    name = "Functional escalation"
    limit = promises(state.policy, state).tier2
    if 1 not in state.tiers:
        return _absent(state, name, "tier 1 did not begin")
    if limit is None:
        return Gate(name, NOT_APPLICABLE, "", f"no escalation times at {_level(state)}")
    planned = state.deadlines.get("tier2")
    due = max(planned.due, planned.planned_at) if planned else state.detected_at + limit
    second = state.tiers.get(2)
    if second is not None:
        after = second.since - state.detected_at
        in_time = second.since <= due + state.policy.grace
        why = f"tier 2 engaged, at the latest after {words(limit)}"
        return Gate(name, PASS if in_time else FAIL, words(after), why)
    if state.resolved_at and state.resolved_at <= due:
        return Gate(name, PASS, "tier 1", f"resolved within the tier 1 time of {words(limit)}")
    return _absent(state, name, f"tier 2 was not engaged within {words(limit)}")


def _hierarchical(state: State, took: Durations) -> Gate:
    name = "Hierarchical escalation"
    due = [
        f"{label} after {words(deadline.due - deadline.start)}"
        for key, label in (("management", "management"), ("executive", "executive"))
        if (deadline := state.deadlines.get(key)) and deadline.outcome in ("fired", "missed")
    ]
    if due:
        return _later(name, f"due ({', '.join(due)}), but notifications are not sent")
    if state.open:
        return Gate(name, NOT_APPLICABLE, "", "not due yet")
    return Gate(name, NOT_APPLICABLE, "", "resolved before a notification fell due")


def _cause(state: State, took: Durations) -> Gate:
    name = "Root cause by 5 Whys and fishbone"
    lacking = [
        label
        for key, label in (("rca/5whys", "5 Whys"), ("rca/ishikawa", "fishbone"))
        if state.report(key) is None
    ]
    if lacking or not state.cause:
        return _absent(state, name, f"no {' and no '.join(lacking) or 'conclusion'}")
    return Gate(name, PASS, str(state.cause["verdict"]), str(state.cause["why"]))


def _mitigation(state: State, took: Durations) -> Gate:
    name = "Mitigation deployed and validated"
    if not state.resolution:
        return _absent(state, name, "nothing was validated")
    passed = sum(1 for check in state.checks if check.get("state") == "pass")
    figure = f"{passed} of {len(state.checks)} checks"
    if state.resolution != "RESOLVED":
        return Gate(name, FAIL, figure, state.resolution.replace("_", " ").lower())
    if not state.resolution_action:
        return Gate(name, NOT_APPLICABLE, figure, "the service recovered without a change")
    return Gate(name, PASS, figure, state.resolution_action)


def _informed(state: State, took: Durations) -> Gate:
    return _later("Users informed", "notices to users are not sent")


def _resolved(state: State, took: Durations) -> Gate:
    name = "Resolved within SLA"
    limit = promises(state.policy, state).resolve
    if limit is None:
        return Gate(name, NOT_APPLICABLE, "", f"no resolution time is promised at {_level(state)}")
    return _timed(state, name, took.resolution, limit, "not resolved")


def _review(state: State, took: Durations) -> Gate:
    name = "Post-incident review"
    limit = promises(state.policy, state).review
    if limit is None:
        return Gate(name, NOT_APPLICABLE, "", f"no review is required at {_level(state)}")
    if took.review is None:
        if state.open:
            return Gate(name, NOT_APPLICABLE, "", "not yet: the incident is open")
        why = f"not yet: due within {words(limit)} of the resolution"
        return Gate(name, FAIL if state.status == "CLOSED" else NOT_APPLICABLE, "", why)
    return _timed(state, name, took.review, limit, "")


def _preventive(state: State, took: Durations) -> Gate:
    return _later("Preventive actions tracked", "preventive actions are not tracked")


def _runbooks(state: State, took: Durations) -> Gate:
    return _later("Runbooks and knowledge base", "runbook updates and articles are not drafted")


def _registered(state: State, took: Durations) -> Gate:
    name = "Regression registered"
    verdict = str(state.regression.get("verdict", ""))
    if verdict not in ("CONFIRMED", "LIKELY"):
        return Gate(name, NOT_APPLICABLE, verdict, "required for CONFIRMED and LIKELY only")
    return Gate(name, NOT_APPLICABLE, verdict, "no regression register is kept in this release")


def _level(state: State) -> str:
    return state.severity or "an unknown severity"


_GATES: tuple[Callable[[State, Durations], Gate], ...] = (
    _detected,
    _regression,
    _triage,
    _commander,
    _functional,
    _hierarchical,
    _cause,
    _mitigation,
    _informed,
    _resolved,
    _review,
    _preventive,
    _runbooks,
    _registered,
)
