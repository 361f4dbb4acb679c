"""What went well, each point computed from the journal: promises kept, guards that held.

Nothing is listed because it would be nice; where fewer than three things went well, fewer are said,
and the document asks people for the rest.
"""

from collections.abc import Iterator

from orchestrator.agents.rules.desk import claim
from orchestrator.agents.rules.moments import Moments
from orchestrator.agents.rules.words import lasting, plural
from orchestrator.model.changes_made import changes_made
from orchestrator.model.deadlines import promises
from orchestrator.model.messages import STATUS_PAGE
from orchestrator.model.policy import in_time
from orchestrator.model.reports.claims import Claim
from orchestrator.model.state import State


def went_well(state: State, told: Moments) -> list[Claim]:
    """In the order of the incident."""
    return [*_in_time(state, told), *_changes(state, told), *_guards(state, told)]


def _in_time(state: State, told: Moments) -> Iterator[Claim]:
    policy, row, begun = state.policy, promises(state.policy, state), state.detected_at
    if state.impact_started_at:
        delay = max(0.0, begun - state.impact_started_at)
        if delay <= policy.detection_target:
            text = f"It was detected {lasting(delay)} after impact began."
            yield claim(text, told.cite("detected"))
    seen = state.acknowledged_at - begun
    if "acknowledged" in told.place and row.acknowledge and _kept(state, seen, row.acknowledge):
        text = f"It was acknowledged {lasting(seen)} after detection."
        yield claim(text, told.cite("acknowledged"))
    works = state.engaged_at - begun
    if "engaged" in told.place and row.engage and _kept(state, works, row.engage):
        text = f"Somebody worked on it {lasting(works)} after detection."
        yield claim(text, told.cite("engaged"))
    judged = state.regression_at - begun
    if "judged" in told.place and judged <= policy.regression_target:
        verdict = state.regression.get("verdict", "UNKNOWN")
        text = f"Whether a change brought it ({verdict}) was known in {lasting(judged)}."
        yield claim(text, told.cite("judged"))
    triaged = state.triaged_at - begun
    if "triaged" in told.place and triaged <= policy.triage_target:
        text = f"It was triaged as {state.severity} in {lasting(triaged)}."
        yield claim(text, told.cite("triaged"))
    page, told_in = state.messages.get(STATUS_PAGE), row.status_page
    if page and page.state == "sent" and told_in and _kept(state, page.at - begun, told_in):
        text = f"The status page was told {lasting(page.at - begun)} after detection."
        yield claim(text, told.eid)
    took = state.resolved_at - begun
    if "resolved" in told.place and row.resolve and _kept(state, took, row.resolve):
        yield claim(f"It was resolved in {lasting(took)}, as promised.", told.cite("resolved"))


def _kept(state: State, took: float, limit: float) -> bool:
    return in_time(state.policy, state.severity, state.detected_at, took, limit)


def _changes(state: State, told: Moments) -> Iterator[Claim]:
    made = [one for one in changes_made(state) if one.ran and not one.undoes]
    if len(made) == 1 and made[0].helped and state.resolution_action:
        yield claim("The first change that was made restored the signals.", told.cite("restored"))
    for one in changes_made(state):
        if one.undoes and one.ended == "carried out" and one.took is not None:
            text = f"An undo was carried out in {lasting(one.took)}."
            yield claim(text, told.cite(f"change {one.number}"))


def _guards(state: State, told: Moments) -> Iterator[Claim]:
    void = [one for one in state.approvals.values() if one.decision == "voided"]
    if void:
        text = f"{plural(len(void), 'approval')} no longer fit the target and let nothing run."
        yield claim(text, told.eid)
    dropped = sum(len(task.dropped) for task in state.tasks.values())
    if dropped:
        text = f"{plural(dropped, 'statement')} without evidence that exists did not count."
        yield claim(text, told.eid)
    if state.evidence:
        text = f"{plural(len(state.evidence), 'piece')} of evidence were kept while it lasted."
        yield claim(text.replace("1 piece of evidence were", "1 piece of evidence was"), told.eid)
