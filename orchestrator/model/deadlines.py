"""Which promises an incident is under, and when each falls due: pure, from state and policy.

A deadline is a fact in the state; a timer is only a wake-up. The due time is computed afresh from
the present state at every look, so a new severity plans everything again by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.model.messages import NOTICE, STATUS_PAGE, TEXT_OF
from orchestrator.model.policy import Policy, Promises
from orchestrator.model.state import Deadline, State

REGULATORY = 72 * 3600.0
"""GDPR Art. 33: 72 hours from becoming aware; a policy file of another regime comes with F."""

PUBLISHED = 48 * 3600.0
"""The resolution notice promises a review within 48 hours."""

WATCH_AGAIN = 60.0
"""Seconds until a watch that could not be done is tried again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One deadline as it should stand now."""

    name: str
    kind: str
    """promise: late is a breach | trigger: something is done when it comes"""
    start: float
    due: float
    why: str
    met_at: float = 0.0
    """when the promise was kept; 0 while it was not"""
    moot: str = ""
    """why it no longer applies"""


OFTEN, HOURLY = 900.0, 3600.0

CHOSEN = {"updates-15-min": OFTEN, "updates-hourly": HOURLY}
"""Themes in which a person names the time between two updates: it stands above the policy's."""

CALLED_FOR = {
    "new-team": OFTEN,
    "tight-sla": OFTEN,
    "revenue": HOURLY,
    "security": HOURLY,
    "data-loss": HOURLY,
    "compliance": HOURLY,
}
"""Themes that call for updates at least that often: a promise is shortened, never lengthened."""


def promises(policy: Policy, state: State) -> Promises:
    """The row in force. While nobody knows the severity the clocks run as for P0."""
    return policy.table[state.severity or "P0"]


def update_interval(policy: Policy, severity: str, themes: Iterable[str]) -> float | None:
    """Seconds between two updates; None where none are promised.

    What a person chose in words governs, the shorter where both were said. Otherwise the policy's
    own interval does, unless a theme calls for a shorter one.
    """
    named = set(themes)
    chosen = [CHOSEN[name] for name in named & set(CHOSEN)]
    if chosen:
        return min(chosen)
    own = policy.table[severity or "P0"].update
    if own is None:
        return None
    return min([own, *(CALLED_FOR[name] for name in named & set(CALLED_FOR))])


def due(policy: Policy, state: State) -> tuple[Plan, ...]:
    """Every deadline this incident is or was under, in the order of the strip."""
    row = promises(policy, state)
    over = "" if state.open else "resolved"
    cited = state.severity or "severity not known yet, as P0"
    plans: list[Plan] = []

    def plan(
        name: str,
        kind: str,
        seconds: float | None,
        *,
        begun: float = state.detected_at,
        met: float = 0.0,
        moot: str = "",
    ) -> None:
        if name in state.held:
            moot = moot or f"held back: {state.held[name]}"
        if seconds is not None:
            plans.append(Plan(name, kind, begun, begun + seconds, cited, met, moot))

    plan("acknowledge", "promise", row.acknowledge, met=state.acknowledged_at, moot=over)
    plan("engage", "promise", row.engage, met=state.engaged_at, moot=over)
    often = update_interval(policy, state.severity, state.themes)
    plan("update", "promise", often, begun=_last_update(state), moot=over)
    higher = "" if state.tier < 2 else "tier 2 is engaged"
    plan("tier2", "trigger", row.tier2, moot=over or higher)
    plan(
        "tier3", "trigger", row.tier3, moot=over or ("tier 3 is engaged" if state.tier > 2 else "")
    )
    plan("management", "trigger", row.management, moot=over or _told(state, "management"))
    plan("executive", "trigger", row.executive, moot=over or _told(state, "executive"))
    page = state.messages.get(STATUS_PAGE)
    told = page.at if page is not None and page.state == "sent" else 0.0
    plan("status-page", "promise", row.status_page, met=told, moot=over)
    if "security" in state.exceptions or "compliance" in state.themes:
        plan("regulatory", "promise", REGULATORY, met=_answered(state), moot="")
    if state.regression.get("action") == "ROLLBACK_AFTER_VALIDATION":
        plan("validate", "trigger", policy.likely_validation, begun=state.regression_at, moot=over)
    failed = [
        task.finished_at
        for task in state.tasks.values()
        if task.key.startswith("mitigation/watch@") and task.outcome == "failed"
    ]
    if failed:
        plan("watch", "trigger", WATCH_AGAIN, begun=max(failed), moot=over)
    plan("resolve", "promise", row.resolve, met=state.resolved_at, moot="")
    if state.resolved_at:
        plan("review", "promise", row.review, begun=state.resolved_at, met=state.reviewed_at)
        notice = state.messages.get(NOTICE)
        if notice is not None and notice.state == "sent":
            plan("published review", "promise", PUBLISHED, begun=notice.at, met=state.reviewed_at)
    listed = {item.name for item in plans}
    for known in state.deadlines.values():
        if known.counting and known.name not in listed:
            gone = f"no longer applies at {cited}"
            plans.append(Plan(known.name, known.kind, known.start, known.due, cited, moot=gone))
    return tuple(plans)


def _told(state: State, audience: str) -> str:
    """Why a notification need not fall due any more."""
    text = state.messages.get(TEXT_OF[audience])
    return "sent already" if text is not None and text.state == "sent" else ""


def _answered(state: State) -> float:
    """When the regulator's question was answered: as long as nobody says so, it is not."""
    return state.last_at if "regulatory report" in state.answers else 0.0


def _last_update(state: State) -> float:
    """Periodic promises count from the last firing: a long stop must not release a storm."""
    update = state.deadlines.get("update")
    sent = max((m.at for m in state.messages.values() if m.state == "sent"), default=0.0)
    if update is None:
        return max(state.detected_at, sent)
    begun = update.ended_at if update.outcome in ("fired", "missed") else update.start
    return max(begun, sent)


def standing(deadline: Deadline, now: float) -> str:
    """`met`, `late`, `dropped`, or how much of it is used: `calm` <50 %, `half` <80 %, `near`."""
    if deadline.outcome == "met" or deadline.outcome == "dropped":
        return deadline.outcome
    if deadline.outcome or now >= deadline.due:
        return "late"
    used = (now - deadline.start) / max(deadline.due - deadline.start, 0.001)
    return "calm" if used < 0.5 else "half" if used < 0.8 else "near"


def next_due(state: State) -> float | None:
    """The next moment at which time alone changes something."""
    times = [d.due for d in state.deadlines.values() if d.counting]
    times += [a.expires for a in state.approvals.values() if a.open]
    return min(times, default=None)
