"""What must hold after a drill with a model: each check finds what breaks it, and only that."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.live_model.invariants import (
    actions_known,
    approvals_pressed,
    claims_stand,
    keys_absent,
    reports_fit,
    takeovers_marked,
)
from orchestrator.model import events as ev
from orchestrator.model.events import RUNNER, Actor, Event, Payload
from tests.unit.incident_claims import c
from tests.unit.incident_story import story, write_incident

CATALOGUE = {"rollback"}
MODEL = "claude"


def told() -> list[Event]:
    """The told incident, all of its evidence filed first: its strategy cites what comes later."""
    return sorted(story(), key=lambda event: not isinstance(event.data, ev.EvidenceAdded))


def changed(
    kind: type[Payload], change: Callable[[Any], Payload], when: Callable[[Any], bool] = bool
) -> list[Event]:
    """The told incident with the first event of a kind changed."""
    events = told()
    for place, event in enumerate(events):
        if isinstance(event.data, kind) and when(event.data):
            events[place] = replace(event, data=change(event.data))
            return events
    raise LookupError(kind)


def reported(key: str, **fields: Any) -> list[Event]:
    """The told incident with other fields in one report."""
    return changed(
        ev.TaskFinished,
        lambda said: replace(said, report={**said.report, **fields}),
        lambda said: said.key == key,
    )


def answered(events: Sequence[Event], *engaged: tuple[str, str]) -> list[Event]:
    """`events` with every agent's task answered by the model, and what more is said of Tier 1:
    backend and reason, in order; the last one brings its report."""
    out = list[Event]()
    last = engaged[-1][0] if engaged else MODEL
    for event in events:
        said = event.data
        if isinstance(said, ev.TaskFinished) and said.backend != "code":
            backend = last if said.key == "tier1/data" else MODEL
            event = replace(event, data=replace(said, backend=backend))
        out.append(event)
        if isinstance(said, ev.TaskRequested) and said.kind == "agent":
            more = engaged if said.key == "tier1/data" else ()
            for backend, why in ((MODEL, ""), *more):
                fact = ev.TaskEngaged(said.key, said.attempt, backend, "m", why)
                out.append(replace(event, actor=RUNNER, data=fact))
    return out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_incident(tmp_path).path


def test_the_told_incident_holds_in_everything(folder: Path) -> None:
    assert reports_fit(told()) == []
    assert claims_stand(told(), folder) == []
    assert actions_known(told(), CATALOGUE) == []
    assert approvals_pressed(told()) == []
    assert takeovers_marked(answered(told()), MODEL) == []


def test_a_report_with_a_field_too_many_or_too_few_does_not_fit() -> None:
    assert "tier1/data" in reports_fit(reported("tier1/data", mood="calm"))[0]
    assert "tier1/data" in reports_fit(reported("tier1/data", escalate="perhaps"))[0]


@pytest.mark.parametrize("cited", ["E999", "E1:100000", "E1:0", "the log", "e1"])
def test_a_claim_that_cites_what_is_not_there_is_found(folder: Path, cited: str) -> None:
    events = reported("tier1/data", summary=c("The pool is empty.", "E1", cited))
    (found,) = claims_stand(events, folder)
    assert "The pool is empty." in found
    assert cited in found
    assert "E1," not in found


def test_a_claim_may_cite_only_what_was_there_before_it(folder: Path) -> None:
    events = told()
    first = next(event for event in events if isinstance(event.data, ev.EvidenceAdded))
    assert claims_stand([*(e for e in events if e is not first), first], folder)


def test_a_claim_deep_in_a_report_that_cites_nothing_must_be_an_assumption(folder: Path) -> None:
    bare = {"text": "It was the release.", "evidence": [], "assumption": False}
    why = [{"question": "Why?", "answer": bare}]
    assert "cites nothing" in claims_stand(reported("rca/5whys", whys=why), folder)[0]
    why = [{"question": "Why?", "answer": {**bare, "assumption": True}}]
    assert claims_stand(reported("rca/5whys", whys=why), folder) == []


def test_evidence_that_was_lost_or_altered_is_found(folder: Path) -> None:
    items = [event.data for event in told() if isinstance(event.data, ev.EvidenceAdded)]
    (folder / items[0].path).unlink()
    (folder / items[1].path).write_text("altered")
    lost = [line for line in claims_stand(told(), folder) if "ledger" in line]
    assert [line.split()[2] for line in lost] == [items[0].eid, items[1].eid]


def test_an_action_outside_of_the_catalogue_is_found_wherever_it_shows() -> None:
    offered = changed(ev.ApprovalRequested, lambda said: replace(said, action="drop-database"))
    assert (
        "approval.requested names the action 'drop-database'"
        in actions_known(offered, CATALOGUE)[0]
    )
    run = changed(
        ev.TaskRequested,
        lambda said: replace(said, inputs={**said.inputs, "card": {"action": "rm"}}),
        lambda said: said.kind == "action",
    )
    assert "task.requested names the action 'rm'" in actions_known(run, CATALOGUE)[0]
    proposed = reported("mitigation/strategy", action="restart-everything")
    assert (
        "task.finished names the action 'restart-everything'"
        in actions_known(proposed, CATALOGUE)[0]
    )


def test_an_approval_by_an_agent_or_for_another_card_is_found() -> None:
    events = [
        replace(event, actor=Actor("agent", "devops-engineer"))
        if isinstance(event.data, ev.ApprovalGranted)
        else event
        for event in told()
    ]
    assert "approved by no person" in approvals_pressed(events)[0]
    other = changed(ev.ApprovalGranted, lambda said: replace(said, sha256="0" * 64))
    assert "not what had been shown" in approvals_pressed(other)[0]


def test_an_action_without_an_approval_is_found() -> None:
    events = [e for e in told() if not isinstance(e.data, ev.ApprovalGranted)]
    assert "without an approval" in approvals_pressed(events)[0]


def test_the_autopilots_key_is_a_persons_in_a_drill() -> None:
    events = [
        replace(event, actor=Actor("drill-autopilot", "autopilot"))
        if isinstance(event.data, ev.ApprovalGranted)
        else event
        for event in told()
    ]
    assert approvals_pressed(events) == []


def test_work_taken_over_with_a_reason_is_fine_and_without_one_is_found() -> None:
    said = answered(told(), ("rules", "the model did not answer within 120 s"))
    assert takeovers_marked(said, MODEL) == []
    (found,) = takeovers_marked(answered(told(), ("rules", "")), MODEL)
    assert "tier1/data was answered by rules, which does not say why" in found


def test_a_report_under_another_name_than_who_answered_is_found() -> None:
    events = [
        replace(event, data=replace(event.data, backend="rules"))
        if isinstance(event.data, ev.TaskFinished) and event.data.key == "tier1/data"
        else event
        for event in answered(told())
    ]
    (found,) = takeovers_marked(events, MODEL)
    assert "tier1/data was finished by rules, but claude answered it" in found


def test_a_model_that_failed_without_a_successor_is_found() -> None:
    events = [
        replace(event, data=replace(event.data, outcome="failed", why="overloaded"))
        if isinstance(event.data, ev.TaskFinished) and event.data.key == "tier1/data"
        else event
        for event in answered(told())
    ]
    (found,) = takeovers_marked(events, MODEL)
    assert "tier1/data failed under claude, and nobody took it over: overloaded" in found


def test_a_failed_attempt_that_another_one_made_good_is_fine() -> None:
    outcomes = {
        event.data.outcome
        for event in told()
        if isinstance(event.data, ev.TaskFinished) and event.data.key == "rca/ishikawa"
    }
    assert outcomes == {"failed", "done"}
    assert takeovers_marked(answered(told()), MODEL) == []


def test_work_that_nobody_began_is_found() -> None:
    assert "nobody had begun to answer it" in takeovers_marked(told(), MODEL)[0]


def test_a_key_in_any_file_is_found(folder: Path) -> None:
    assert keys_absent("sk-ant-live-1", [folder]) == []
    (folder / "transcripts" / "x.ndjson").write_text('{"text": "Bearer sk-ant-live-1"}')
    assert keys_absent("sk-ant-live-1", [folder]) == [
        f"{folder}/transcripts/x.ndjson holds the key"
    ]
