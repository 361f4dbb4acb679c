"""The incident's own times and turns, from its journal, as evidence that reports can cite."""

from dataclasses import dataclass

from orchestrator.agents.contract import Observation
from orchestrator.agents.rules.desk import Desk
from orchestrator.agents.rules.words import plural, quoted
from orchestrator.model.changes_made import changes_made
from orchestrator.model.records import Approval
from orchestrator.model.state import State
from orchestrator.model.wording import deadline_words, on_its_day


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the incident's own timeline."""

    name: str
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Moments:
    """The lines as they were filed."""

    eid: str
    place: dict[str, str]
    """`E9:3` by a moment's name"""
    lines: tuple[str, ...]

    def cite(self, name: str) -> str:
        """The line of a moment; the whole of it where there is no such line."""
        return self.place.get(name, self.eid)


async def moments(desk: Desk) -> Moments:
    """File the incident's times, computed from its journal, and say where each of them stands."""
    known = timeline(desk.state)
    lines = tuple(f"{on_its_day(m.at, desk.state.detected_at)} {m.text}" for m in known)
    eid = await desk.bench.observe(
        Observation(
            kind="analysis",
            source="journal",
            command="times of the incident, computed from its journal",
            summary=f"{len(known)} moments of the incident",
            content="\n".join(lines) + "\n",
            taint="ours",
        )
    )
    return Moments(eid, {m.name: f"{eid}:{n}" for n, m in enumerate(known, start=1)}, lines)


def timeline(state: State) -> list[Moment]:
    """The moments that are known, in the order of time."""
    granted = [a for a in state.approvals.values() if a.decision == "granted"]
    found = [
        Moment("impact", state.impact_started_at, "impact began"),
        Moment("detected", state.detected_at, f"detected ({state.method or 'UNKNOWN'})"),
        Moment("judged", state.regression_at, f"regression {state.regression.get('verdict', '')}"),
        Moment("triaged", state.triaged_at, f"triaged as {state.severity}"),
        Moment("acknowledged", state.acknowledged_at, f"acknowledged by {state.acknowledged_by}"),
        Moment("engaged", state.engaged_at, f"engaged: {state.engaged_by}"),
        *(Moment("offered", a.requested_at, f"offered: {a.title}") for a in granted[:1]),
        *(Moment("approved", a.decided_at, _approved(a)) for a in granted[:1]),
        Moment("restored", state.restored_at, "signals back at their usual"),
        Moment("resolved", state.resolved_at, f"resolved: {state.resolution}"),
        *_tiers(state),
        *_late(state),
        *_exceptions(state),
        *_changes(state),
        Moment("lapsed", state.lapsed_at, "an acknowledgement lapsed"),
        Moment("reopened", state.reopened_at, f"taken up again, {plural(state.reopened, 'time')}"),
    ]
    return sorted((m for m in found if m.at > 0), key=lambda m: m.at)


def _approved(granted: Approval) -> str:
    override = f" (override: {quoted(granted.override)})" if granted.override else ""
    return f"approved by {granted.by}{override}: {granted.title}"


def _tiers(state: State) -> list[Moment]:
    found = [
        Moment(f"tier{tier.tier}", tier.since, f"tier {tier.tier} engaged: {tier.who}")
        for tier in state.tiers.values()
    ]
    task = state.tasks.get("tier1/data")
    if task is not None and task.outcome == "done":
        runbook = state.told("tier1/data").get("runbook", "UNKNOWN")
        text = "no runbook" if runbook == "UNKNOWN" else f"the runbook {quoted(str(runbook))}"
        found.append(Moment("runbook", task.finished_at, f"tier 1 found {text}"))
    return found


def _late(state: State) -> list[Moment]:
    """Promises whose time came before they were kept."""
    return [
        Moment(f"late {name}", clock.ended_at, deadline_words(name)[1])
        for name, clock in state.deadlines.items()
        if clock.outcome in ("fired", "missed") and clock.kind == "promise"
    ]


def _changes(state: State) -> list[Moment]:
    """Every change that ended, also one that did not help."""
    return [
        Moment(
            f"change {one.number}",
            one.began + one.took,
            f"change {one.number}: {quoted(one.title)}: {quoted(one.ended, 200)}",
        )
        for one in changes_made(state)
        if one.took is not None
    ]


def _exceptions(state: State) -> list[Moment]:
    return [
        Moment(f"exception {name}", float(said.get("at", 0.0)), f"{name}: {quoted(said['why'])}")
        for name, said in state.exceptions.items()
    ]
