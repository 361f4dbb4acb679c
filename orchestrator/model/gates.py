"""The quality gates of an incident, each computed from its state: PASS, FAIL or N-A with why.

No gate passes by default. While the incident is open, what has not happened yet is N-A; once it is
over it is a FAIL. What a person skipped or held back, with a reason, is N-A and says that reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.model.action_item import OPEN
from orchestrator.model.deadlines import promises
from orchestrator.model.durations import Durations, durations, words
from orchestrator.model.follow_up import items
from orchestrator.model.messages import EXECUTIVE, MANAGEMENT, NOTICE, STATUS_PAGE, first_of
from orchestrator.model.policy import in_hours, in_time
from orchestrator.model.records import Deadline, Tier
from orchestrator.model.sending import words_to
from orchestrator.model.state import State

PASS, FAIL, NOT_APPLICABLE = "PASS", "FAIL", "N-A"

REGISTER = ".aiwg/regression/register/"
"""Where the project keeps its regressions; the only documents outside the incident's folder."""


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
    computed = ((compute(state, took), step) for compute, step in _GATES)
    return tuple(_unless_skipped(state, gate, step) for gate, step in computed)


def _unless_skipped(state: State, gate: Gate, step: str) -> Gate:
    """A step left out on purpose is neither kept nor broken."""
    if step not in state.skipped:
        return gate
    return Gate(gate.name, NOT_APPLICABLE, "", f"skipped by a person: {state.skipped[step]}")


def _timed(state: State, name: str, took: float | None, target: float, missing: str) -> Gate:
    limit = f"target under {words(target)}"
    if took is None:
        return _absent(state, name, missing)
    return Gate(name, PASS if took <= target else FAIL, words(took), limit)


def _promised(state: State, name: str, begun: float, took: float, limit: float) -> Gate:
    """What people promised, in the hours in which they do."""
    ok = in_time(state.policy, state.severity, begun, took, limit)
    why = f"target under {words(limit)}"
    if in_hours(state.policy, state.severity):
        why += " in business hours"
    return Gate(name, PASS if ok else FAIL, words(took), why)


def _absent(state: State, name: str, why: str) -> Gate:
    """Something that is not there: not yet while the incident is open, a failure after it."""
    if state.open:
        return Gate(name, NOT_APPLICABLE, "", f"not yet: {why}")
    return Gate(name, FAIL, "", why)


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
    limits = promises(state.policy, state)
    if 1 not in state.tiers:
        return _absent(state, name, "tier 1 did not begin")
    if limits.tier2 is None:
        return Gate(name, NOT_APPLICABLE, "", f"no escalation times at {_level(state)}")
    second = _tier(state, name, 2, limits.tier2)
    if second.result != PASS or 2 not in state.tiers or limits.tier3 is None:
        return second
    third = _tier(state, name, 3, limits.tier3)
    return third if third.result == FAIL or 3 in state.tiers else second


def _tier(state: State, name: str, tier: int, limit: float) -> Gate:
    """One rung: engaged by its time, or not needed because the incident was resolved before."""
    planned = state.deadlines.get(f"tier{tier}")
    due = max(planned.due, planned.planned_at) if planned else state.detected_at + limit
    engaged = state.tiers.get(tier)
    if engaged is not None:
        after = engaged.since - state.detected_at
        in_time = _called_off(planned, engaged) or engaged.since <= due + state.policy.grace
        why = f"tier {tier} engaged, at the latest after {words(limit)}"
        return Gate(name, PASS if in_time else FAIL, words(after), why)
    below = f"tier {tier - 1}"
    if state.resolved_at and state.resolved_at <= due:
        return Gate(name, PASS, below, f"resolved within the {below} time of {words(limit)}")
    if held := state.held.get(f"tier{tier}"):
        return Gate(name, NOT_APPLICABLE, below, f"tier {tier} held back by a person: {held}")
    return _absent(state, name, f"tier {tier} was not engaged within {words(limit)}")


def _called_off(clock: Deadline | None, engaged: Tier) -> bool:
    """Nothing called for the tier by then: there was no clock, or it had been dropped before."""
    return clock is None or (clock.outcome == "dropped" and clock.ended_at < engaged.since)


def _hierarchical(state: State, took: Durations) -> Gate:
    """Management and executives: each told, within one update interval of falling due."""
    name = "Hierarchical escalation"
    told: list[str] = []
    for label, first in (("management", MANAGEMENT), ("executive", EXECUTIVE)):
        for path in words_to(state, first):
            due, sent = _due_at(state, label, path), _sent_at(state, path)
            if sent:
                told.append(f"{label} after {words(sent - state.detected_at)}")
            if due and not sent:
                again = "" if path == first else " again"
                return _absent(state, name, f"{label} was due and not told{again}")
            if due and not _waited(state, due, sent):
                late = f"{label} told {words(sent - due)} after it fell due"
                return Gate(name, FAIL, ", ".join(told), late)
    if told:
        allowed = words(_patience(state))
        return Gate(name, PASS, ", ".join(told), f"each within {allowed} of falling due")
    if held := state.held.get("management") or state.held.get("executive"):
        return Gate(name, NOT_APPLICABLE, "", f"held back by a person: {held}")
    why = "not due yet" if state.open else "resolved before a notification fell due"
    return Gate(name, NOT_APPLICABLE, "", why)


def _due_at(state: State, audience: str, path: str) -> float:
    """When a text had to go out: a person, a path of exception or the clock said so; 0 if never."""
    message = state.messages.get(path)
    if message is not None and message.due_at:
        return message.due_at
    clock = state.deadlines.get(audience) if path == first_of(path) else None
    return clock.due if clock is not None and clock.outcome in ("fired", "missed") else 0.0


def _sent_at(state: State, path: str) -> float:
    message = state.messages.get(path)
    return message.at if message is not None and message.state == "sent" else 0.0


def _waited(state: State, due: float, sent: float) -> bool:
    """Whether what fell due was sent in the time that a person may take for it."""
    took = max(0.0, sent - due)
    return in_time(state.policy, state.severity, due, took, _patience(state))


def _patience(state: State) -> float:
    """How long a person may take to send what fell due: one interval of updates."""
    return promises(state.policy, state).update or 3600.0


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
    if not state.checks:
        return _absent(state, name, "resolved by hand, nothing was validated")
    passed = sum(1 for check in state.checks if check.get("state") == "pass")
    figure = f"{passed} of {len(state.checks)} checks"
    if state.resolution != "RESOLVED":
        return Gate(name, FAIL, figure, state.resolution.replace("_", " ").lower())
    if not state.resolution_action:
        return Gate(name, NOT_APPLICABLE, figure, "the service recovered without a change")
    return Gate(name, PASS, figure, state.resolution_action)


def _informed(state: State, took: Durations) -> Gate:
    """The status page in its time, and the notice that it is over."""
    name = "Users informed"
    promised = promises(state.policy, state).status_page is not None
    page, notice = _sent_at(state, STATUS_PAGE), _sent_at(state, NOTICE)
    clock = state.deadlines.get("status-page") if promised else None
    fell_due = clock is not None and clock.outcome in ("fired", "missed")
    if not promised and not (page or notice):
        return Gate(name, NOT_APPLICABLE, "", f"no public word is promised at {_level(state)}")
    if fell_due and not page:
        return _absent(state, name, "the status page was not updated")
    told = [f"status page after {words(page - state.detected_at)}"] if page else []
    if clock is not None and page > max(clock.due, clock.planned_at) + state.policy.grace:
        late = words(page - clock.due)
        return Gate(name, FAIL, told[0], f"the status page was updated {late} too late")
    if not notice:
        return _absent(state, name, "no word that it is over was sent")
    told.append(f"its end {words(max(0.0, notice - state.resolved_at))} after the resolution")
    return Gate(name, PASS, ", ".join(told), "what was promised to users was sent")


def _resolved(state: State, took: Durations) -> Gate:
    name = "Resolved within SLA"
    limit = promises(state.policy, state).resolve
    if limit is None:
        return Gate(name, NOT_APPLICABLE, "", f"no resolution time is promised at {_level(state)}")
    if took.resolution is None:
        return _absent(state, name, "not resolved")
    return _promised(state, name, state.detected_at, took.resolution, limit)


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
    return _promised(state, name, state.resolved_at, took.review, limit)


def _preventive(state: State, took: Durations) -> Gate:
    """Every action is tracked with an owner and a date; whether it is done in time is reported."""
    name = "Preventive actions tracked"
    if gate := _after_review(state, name):
        return gate
    if state.report("review/actions") is None and not state.follow_up:
        return _without(state, name, "no preventive actions were proposed")
    actions = items(state)
    if not actions:
        return _absent(state, name, "the list of preventive actions is empty")
    figure = f"{len(actions)} action{'s' * (len(actions) > 1)}"
    ownerless = sum(1 for action in actions if not action.owned)
    if ownerless:
        return Gate(name, FAIL, figure, f"{ownerless} without an owner")
    ended = sum(1 for action in actions if action.status != OPEN)
    why = f"each with an owner and a due date, {ended} of {len(actions)} ended"
    return Gate(name, PASS, figure, why)


def _runbooks(state: State, took: Durations) -> Gate:
    name = "Runbooks and knowledge base"
    if gate := _after_review(state, name):
        return gate
    lacking = [
        label
        for key, label in (("review/runbook", "runbook update"), ("review/knowledge", "article"))
        if state.report(key) is None
    ]
    if lacking:
        return _without(state, name, f"no {' and no '.join(lacking)}")
    return Gate(name, PASS, "runbook update, article", "both drafted for a person to publish")


def _after_review(state: State, name: str) -> Gate | None:
    """What comes out of a review is asked for only where a review is."""
    if promises(state.policy, state).review is None:
        return Gate(name, NOT_APPLICABLE, "", f"no review is required at {_level(state)}")
    return None


def _without(state: State, name: str, why: str) -> Gate:
    """A work of the review that is not there: not yet while the review is not written."""
    if not state.reviewed_at and state.status != "CLOSED":
        return Gate(name, NOT_APPLICABLE, "", f"not yet: {why}")
    return _absent(state, name, why)


def _registered(state: State, took: Durations) -> Gate:
    name = "Regression registered"
    verdict = str(state.regression.get("verdict", "")).replace("_", " ")
    if verdict not in ("CONFIRMED", "LIKELY"):
        return Gate(name, NOT_APPLICABLE, verdict, "required for CONFIRMED and LIKELY only")
    if not any(path.startswith(f"{REGISTER}REG-") for path in state.documents):
        return _absent(state, name, "it is not in the regression register")
    return Gate(name, PASS, verdict, "in the regression register")


def _level(state: State) -> str:
    return state.severity or "an unknown severity"


_GATES: tuple[tuple[Callable[[State, Durations], Gate], str], ...] = (
    (_detected, "detection"),
    (_regression, "regression"),
    (_triage, "triage"),
    (_commander, ""),
    (_functional, "tiers"),
    (_hierarchical, "notify"),
    (_cause, "root-cause"),
    (_mitigation, "mitigation"),
    (_informed, "notify"),
    (_resolved, ""),
    (_review, "review"),
    (_preventive, "review"),
    (_runbooks, "review"),
    (_registered, "regression"),
)
"""How each is computed, and the step whose skipping makes it moot."""
