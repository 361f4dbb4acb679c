"""A P0 from alert to closed review under a clock that jumps, with no engine at all."""

import time

import pytest

from orchestrator.model import events as ev
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.state import State
from tests.flow.simulate import CARD, FAILED, PASSED, SHA, War, indicators

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")


def closed(war: War) -> War:
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    write_review(war)
    war.run()
    return war


def write_review(war: War) -> None:
    from orchestrator.model.commands import Command

    args = {"path": "post-incident-review.md", "sha256": SHA, "bytes": 10}
    war.run(stop=lambda state: state.report("review/knowledge") is not None)
    war.give(Command("document/pir/1", "document", war.now, ev.RUNNER, args))


def test_a_clear_regression_is_rolled_back_reviewed_and_closed() -> None:
    war = closed(War())
    assert [s.status for s in war.of(ev.StatusChanged)] == [
        "TRIAGED",
        "INVESTIGATING",
        "MITIGATING",
        "RESOLVED",
        "REVIEWED",
        "CLOSED",
    ]
    assert war.state.resolution == "RESOLVED"
    assert war.state.severity == "P0"
    assert war.state.regression["culprit"] == "c0ffee1"
    assert war.state.cause["verdict"] == "CONFIRMED"


def test_the_rollback_is_offered_while_tier_1_still_works() -> None:
    war = War(durations={"tier1/data": 600.0}, approves=False)
    war.open()
    war.run(until=120)
    assert war.state.tasks["tier1/data"].running
    assert war.state.approvals["rollback@1"].open


def test_it_takes_less_than_50_ms_without_an_engine() -> None:
    closed(War())
    best = min(_timed() for _ in range(5))
    assert best < 0.050, f"{best * 1000:.1f} ms"


def _timed() -> float:
    start = time.process_time()  # a real duration is what is asserted
    closed(War())
    return time.process_time() - start


def test_nothing_is_offered_when_no_change_is_to_blame() -> None:
    war = War(acknowledges_after=5.0)
    war.answers["regression/verdict"] = {
        **war.answers["regression/verdict"],  # type: ignore[dict-item]
        "indicators": indicators(
            worked_before="yes",
            after_deployment="yes",
            correlates_with_change="no",
            metrics_inflect="no",
        ),
    }
    war.answers["rca/5whys"] = {"verdict": "INCONCLUSIVE", "root_cause": {}}
    war.answers["mitigation/strategy"] = {"selected": "none", "params": {}}
    war.answers["mitigation/watch"] = PASSED
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert not war.state.approvals
    assert war.state.resolution_action == ""
    assert war.state.cause["verdict"] == "INCONCLUSIVE"


def test_a_failed_rollback_stops_the_line_until_an_assessment_is_recorded() -> None:
    war = War()
    war.answers["mitigation/execute"] = {"exit": 1, "why": "health check failed"}
    war.open()
    war.run(until=600)
    assert war.state.status == "STOPPED"
    assert war.state.severity == "P0"
    first = war.state.approvals["rollback@1"]
    again = war.human("approve", approval=first.approval, sha256=first.sha256)
    refused = war.give(again)[0].data
    assert isinstance(refused, ev.CommandRefused)
    assert "already approved by" in refused.why
    war.answers["mitigation/execute"] = {"exit": 0}
    war.give(war.human("assess", text="the host was full; cleaned up"))
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert war.state.status == "RESOLVED"
    assert war.state.approvals["rollback@2"].decision == "granted"


def test_a_rollback_that_heals_nothing_stops_the_line() -> None:
    war = War()
    war.answers["mitigation/validate"] = FAILED
    war.open()
    war.run(until=600)
    assert war.state.status == "STOPPED"
    assert war.state.resolution == "NOT_RESOLVED"


def test_a_denied_rollback_is_not_offered_again_and_the_service_is_watched() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    war.give(war.human("deny", approval="rollback@1", why="a migration ran at noon"))
    war.run(until=7200)
    assert list(war.state.approvals) == ["rollback@1"]
    assert "mitigation/watch@1" in war.state.tasks
    assert war.state.status == "INVESTIGATING"


def test_an_approval_that_ran_out_is_prepared_and_offered_anew() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=1000)
    assert war.state.approvals["rollback@1"].decision == "expired"
    assert war.state.approvals["rollback@2"].open


def test_drift_of_the_target_voids_the_approval() -> None:
    war = War()
    seen: list[str] = []

    def execute(task: object, state: State) -> dict[str, object]:
        seen.append("run")
        return {"drifted": True, "why": "now at 333"} if len(seen) == 1 else {"exit": 0}

    war.answers["mitigation/execute"] = execute
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert war.state.approvals["rollback@1"].decision == "voided"
    assert war.state.approvals["rollback@2"].decision == "granted"


def test_a_humans_severity_outlives_the_matrix() -> None:
    war = War(severity="P2")
    war.open()
    war.give(war.human("severity", severity="P1", why="only one region"))
    war.run(stop=lambda state: bool(state.triaged_at))
    assert war.of(ev.PriorityComputed)[0].severity == "P0"
    assert war.state.severity == "P1"


def test_an_approval_with_another_sha_is_refused() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    refused = war.give(war.human("approve", approval="rollback@1", sha256="b" * 64))[0].data
    assert isinstance(refused, ev.CommandRefused)
    assert war.state.approvals["rollback@1"].open


def test_a_late_report_of_an_earlier_attempt_is_refused() -> None:
    war = War()
    war.open()
    war.run(until=30)
    from orchestrator.model.codec import encode
    from orchestrator.model.commands import Command

    late = ev.TaskFinished("detect/record", 7, "done", {})
    war.give(
        Command("detect/record#7/finished", "report", war.now, war.journal[0].actor, encode(late))
    )
    assert war.of(ev.ReportRefused)[0].attempt == 7


def test_a_failed_agent_is_asked_once_more_and_then_goes_on_without() -> None:
    war = War()
    war.answers["triage/impact"] = {"__outcome__": "failed"}
    war.open()
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert war.state.tasks["triage/impact"].attempt == 2
    assert war.of(ev.PriorityComputed)[0].impact == "HIGH"


def test_the_journal_alone_gives_the_same_state() -> None:
    war = closed(War())
    again = fold_all(State(), war.journal)
    assert state_hash(again) == state_hash(war.state)


def test_a_likely_regression_is_looked_at_some_minutes_before_its_rollback_is_offered() -> None:
    war = War(approves=False)
    war.answers["regression/verdict"] = {
        **war.answers["regression/verdict"],  # type: ignore[dict-item]
        "indicators": indicators(
            worked_before="yes", after_deployment="yes", correlates_with_change="yes"
        ),
    }
    war.open()
    war.run(until=200)
    assert war.state.regression["verdict"] == "LIKELY"
    assert not war.state.approvals
    war.run(until=400)
    assert war.state.approvals["rollback@1"].open


def test_a_flow_that_raises_keeps_the_input_and_goes_on_taking_commands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    war = War()
    war.open()

    def broken(i: object) -> None:
        raise ZeroDivisionError("of the flow")

    monkeypatch.setattr("orchestrator.flow.handle.flow", broken)
    war.give(war.human("note", text="still here"))
    assert "flow.failed" in war.types()
    assert war.state.notes == 1


def test_an_expired_approval_is_refused_even_when_no_clock_has_ticked() -> None:
    war = War(approves=False)
    war.open()
    war.run(until=60)
    card = war.state.approvals["rollback@1"]
    war.now = card.expires + 1
    late = war.human("approve", approval=card.approval, sha256=card.sha256)
    types = [event.type for event in war.give(late)]
    assert "approval.granted" not in types
    assert "command.refused" in types


def test_a_destructive_change_is_approved_only_with_the_targets_name() -> None:
    war = War(approves=False)
    war.answers["mitigation/prepare"] = {"possible": True, "card": {**CARD, "confirm": "orders"}}
    war.open()
    war.run(until=60)
    card = war.state.approvals["rollback@1"]
    said = {"approval": card.approval, "sha256": card.sha256}
    war.give(war.human("approve", **said))
    assert war.state.approvals["rollback@1"].open
    war.give(war.human("approve", **said, text="orders"))
    assert war.state.approvals["rollback@1"].decision == "granted"


def test_a_change_in_production_cannot_be_stopped_as_if_it_were_an_agent() -> None:
    war = War(durations={"mitigation/execute": 500.0})
    war.open()
    war.run(until=60)
    refused = war.give(war.human("stop", key="mitigation/execute@1"))[0].data
    assert isinstance(refused, ev.CommandRefused)


def test_what_still_runs_at_the_resolution_is_told_to_stop() -> None:
    war = War(durations={"mitigation/strategy": 5000.0})
    war.open()
    war.run(until=400)
    assert [stop.key for stop in war.of(ev.StopRequested)] == ["mitigation/strategy"]


def test_a_card_that_could_not_be_made_is_tried_again_after_a_watch_without_recovery() -> None:
    war = War(approves=False)
    impossible = {"possible": False, "why": "the state cannot be read"}

    def prepare(task: object, state: State) -> dict[str, object]:
        return (
            impossible
            if "mitigation/watch@1" not in state.tasks
            else {"possible": True, "card": CARD}
        )

    war.answers["mitigation/prepare"] = prepare
    war.open()
    war.run(until=2200)
    assert war.state.approvals["rollback@1"].open


def test_a_watch_that_cannot_be_done_is_not_tried_again_at_once() -> None:
    war = War(approves=False)
    war.answers["mitigation/prepare"] = {"possible": False, "why": "no"}
    war.answers["mitigation/watch"] = {"__outcome__": "failed"}
    war.durations = {"mitigation/watch": 0.01}
    war.open()
    war.run(until=620)
    watches = [key for key in war.state.tasks if key.startswith("mitigation/watch@")]
    assert len(watches) <= 12


def test_a_person_whose_name_is_a_word_of_ours_still_outranks_the_matrix() -> None:
    from orchestrator.model.commands import Command
    from orchestrator.model.events import Actor

    war = War(durations={"triage/impact": 30.0})
    war.open()
    args = {"severity": "P2", "why": "one region"}
    war.give(Command("cmd/x", "severity", war.now, Actor("human", "matrix"), args))
    war.run(until=120)
    assert war.state.severity == "P2"
