"""Which promises an incident is under, and when each falls due: pure, from state and policy.

A deadline is a fact in the state; a timer is only a wake-up. The due time is computed afresh from
the present state at every look, so a new severity plans everything again by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.model.crew_clocks import crew_clocks
from orchestrator.model.messages import NOTICE, STATUS_PAGE, TEXT_OF
from orchestrator.model.policy import GDPR, Policy, Promises, Regulation, promise_ends
from orchestrator.model.records import Deadline
from orchestrator.model.sending import by_itself, update_begins
from orchestrator.model.state import State
from orchestrator.model.vendor import ANSWER, asked_at

PUBLISHED = 48 * 3600.0
"""The resolution notice promises a review within 48 hours."""

WATCH_AGAIN, WATCH_SELDOM = 60.0, 1800.0
"""Seconds until the next watch for a recovery, doubled after each that saw none, and at most."""


PEOPLES = frozenset(
    {
        *("acknowledge", "engage", "update", "resolve", "status-page", "review"),
        *("tier2", "tier3", "management", "executive"),
    }
)
"""What waits for people, and so for their hours of work; probes and sendings never rest."""


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
            ends = begun + seconds
            if name in PEOPLES:
                ends = promise_ends(policy, state.severity, begun, seconds)
            plans.append(Plan(name, kind, begun, ends, cited, met, moot))

    seen = state.acknowledged_at
    again = state.lapsed_at or state.detected_at
    plan("acknowledge", "promise", row.acknowledge, begun=again, met=seen, moot=over)
    if seen or "confirm" in state.deadlines:
        works = "engaged" if state.engaged_at else "" if seen else "not acknowledged"
        plan("confirm", "trigger", row.confirm, begun=seen or again, moot=over or works)
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
    for law in policy.regulatory:
        if _applies(law, state):
            name = law_name(law)
            begun = state.detected_at
            met = _answered(state, law)
            plans.append(Plan(name, "promise", begun, begun + law.within, law.name, met))
    if state.regression.get("action") == "ROLLBACK_AFTER_VALIDATION":
        since = state.verdict_at or state.regression_at
        plan("validate", "trigger", policy.likely_validation, begun=since, moot=over)
    watched = [
        task.finished_at
        for task in state.tasks.values()
        if task.key.startswith("mitigation/watch@") and not task.running
    ]
    if watched:
        pause = min(WATCH_SELDOM, WATCH_AGAIN * 2.0 ** min(len(watched) - 1, 10))
        plan("watch", "trigger", pause, begun=max(watched), moot=over)
    plan("resolve", "promise", row.resolve, met=state.resolved_at, moot="")
    if row.resolve is not None:
        promised = plans[-1].due - state.detected_at
        latest = round(promised - policy.validation.window - policy.at_risk, 3)
        safe = "a recovery is being proven" if _proving(state) else ""
        broken = "reopened after the promise" if state.reopened_at >= plans[-1].due else ""
        if latest > 0:
            plan("resolve at risk", "trigger", latest, moot=over or broken or safe)
    if state.resolved_at:
        plan("review", "promise", row.review, begun=state.resolved_at, met=state.reviewed_at)
        notice = state.messages.get(NOTICE)
        if notice is not None and notice.state == "sent":
            kept = state.reviewed_at or _published(state, notice.at)
            plan("published review", "promise", PUBLISHED, begun=notice.at, met=kept)
    if asked_at(state):
        said = f"{ANSWER}: {state.answers[ANSWER]}" if ANSWER in state.answers else ""
        plan(ANSWER, "trigger", policy.vendor_answer, begun=asked_at(state), moot=over or said)
    for one in crew_clocks(state):
        ends = one.begun + one.seconds  # people are woken around the clock
        plans.append(Plan(one.name, one.kind, one.begun, ends, cited, one.met, one.moot))
    for name, text in by_itself(state).items():
        plan(name, "trigger", policy.auto_send_after, begun=text.at)
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


def _published(state: State, since: float) -> float:
    """When a review kept what the notice said: reopened later, it was kept all the same."""
    known = state.deadlines.get("published review")
    kept = known is not None and known.outcome == "met" and known.start == since
    return known.ended_at if known is not None and kept else 0.0


def law_name(law: Regulation) -> str:
    """Its deadline; the first regime a team has needs no name beside it."""
    return "regulatory" if law.name == GDPR.name else f"regulatory {law.name}"


def _applies(law: Regulation, state: State) -> bool:
    """Whether what happened is what that law asks a report for."""
    breach = "security" in state.exceptions and {"security", "data-loss"} & set(law.themes)
    return bool(breach) or bool(set(law.themes) & set(state.themes))


def _answered(state: State, law: Regulation) -> float:
    """When the regulator's question was answered: as long as nobody says so, it is not."""
    return state.last_at if f"{law_name(law)} report" in state.answers else 0.0


def _proving(state: State) -> bool:
    """Whether a change was made and its probes are watched."""
    return any(
        task.kind == "probe" and task.running and task.key.startswith("mitigation/validate")
        for task in state.tasks.values()
    )


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
    drafts = update_begins(state)
    if drafts is not None:
        times.append(drafts)
    return min(times, default=None)
