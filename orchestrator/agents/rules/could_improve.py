"""What could improve, each point computed from the journal: broken promises, tries in vain."""

from collections.abc import Iterator

from orchestrator.agents.rules.desk import claim
from orchestrator.agents.rules.moments import Moments
from orchestrator.agents.rules.words import lasting, opened, plural, quoted
from orchestrator.model.changes_made import changes_made
from orchestrator.model.reports.claims import Claim
from orchestrator.model.state import State
from orchestrator.model.wording import deadline_words


def could_improve(state: State, told: Moments) -> list[Claim]:
    """The gravest first: what was promised, what was tried in vain, then what took long."""
    found = [
        *_promises(state, told),
        *_changes(state, told),
        *_people(state, told),
        *_work(state, told),
        *_cause(state),
        *_lengths(state, told),
    ]
    return list({one.text: one for one in found}.values())


def _promises(state: State, told: Moments) -> Iterator[Claim]:
    """Each promise whose time came before it was kept, once however often it came."""
    for name, clock in state.deadlines.items():
        if clock.kind == "promise" and clock.outcome in ("fired", "missed"):
            allowed = lasting(clock.due - clock.start)
            text = f"{opened(deadline_words(name)[1])}: {allowed} were promised."
            yield claim(text, told.cite(f"late {name}"))


def _changes(state: State, told: Moments) -> Iterator[Claim]:
    made = changes_made(state)
    tried = [one for one in made if one.ran and not one.undoes]
    for one in made:
        if one.failed:
            text = f"Change {one.number} of {len(made)} ({quoted(one.title, 80)}): {one.ended}."
            yield claim(text, told.cite(f"change {one.number}"))
    if len(tried) > 1:
        yield claim(f"It took {len(tried)} changes, not one.", told.eid)
    if state.reopened:
        text = f"It came back after a resolution, {plural(state.reopened, 'time')}."
        yield claim(text, told.eid)
    for name in ("denied", "expired"):
        count = sum(1 for one in state.approvals.values() if one.decision == name)
        if count:
            was = "were" if count > 1 else "was"
            yield claim(f"{plural(count, 'proposed change')} {was} {name}.", told.eid)
    granted = [a for a in state.approvals.values() if a.decision == "granted"]
    if granted and granted[0].decided_at > granted[0].requested_at:
        waited = granted[0].decided_at - granted[0].requested_at
        text = f"The first approved change waited {lasting(waited)} for a decision."
        yield claim(text, told.cite("approved"))


def _people(state: State, told: Moments) -> Iterator[Claim]:
    if not state.acknowledged_at:
        yield claim("Nobody acknowledged the alert.", told.cite("detected"))
    if state.lapsed_at:
        yield claim("An acknowledgement lapsed: nothing followed it.", told.eid)
    vacant = [role for role in ("commander", "communications-lead") if role not in state.roles]
    if vacant and state.severity in ("P0", "P1"):
        yield claim(f"Nobody held the role of {' or '.join(vacant)}.", told.eid)


def _work(state: State, told: Moments) -> Iterator[Claim]:
    if state.told("tier1/data").get("runbook") == "UNKNOWN":
        yield claim("No runbook covers this service.", told.cite("runbook"))
    taken = sum(1 for task in state.tasks.values() if task.taken_over)
    if taken:
        text = f"Rules had to take over {plural(taken, 'task')} from a model."
        yield claim(text, told.eid)
    failed = sum(
        1
        for task in state.tasks.values()
        if task.kind != "action" and task.outcome in ("failed", "unknown")
    )
    if failed:
        yield claim(f"{plural(failed, 'task')} of the war room itself failed.", told.eid)
    if state.questions:
        text = f"{plural(len(state.questions), 'question')} stayed open when this was written."
        yield claim(text, told.eid)


def _cause(state: State) -> Iterator[Claim]:
    """The last of the whys: how it got past everybody."""
    for why in state.told("rca/5whys").get("whys", ())[4:5]:
        if why["answer"]["evidence"]:
            evidence = tuple(why["answer"]["evidence"])
            yield Claim(text=why["answer"]["text"], evidence=evidence)


def _lengths(state: State, told: Moments) -> Iterator[Claim]:
    if state.impact_started_at:
        delay = max(0.0, state.detected_at - state.impact_started_at)
        text = f"Users were hit {lasting(delay)} before anybody was told."
        yield claim(text, told.cite("detected"))
    restored = state.restored_at or state.resolved_at
    if restored > state.detected_at:
        end = "the last recovery" if state.reopened else "recovery"
        text = f"From detection to {end} it took {lasting(restored - state.detected_at)}."
        yield claim(text, told.place.get("restored", told.cite("resolved")))
