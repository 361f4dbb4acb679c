"""The autopilot acts like a careful engineer, and in drills only."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.drills.autopilot import DrillOnly, decide, require_drill
from orchestrator.model.records import Approval, Task
from orchestrator.model.state import State

SHA = "ab" * 32
GOOD = "1111111"
CARD: dict[str, Any] = {
    "action": "rollback",
    "kind": "rollback",
    "argv": ["bin/deploy", "orders", GOOD, "--rollback"],
    "params": {"version": GOOD},
    "target": "orders",
    "dry_run": {"exit": 0, "output": "would replace 2222222 by 1111111"},
    "sha256": SHA,
    "confirm": "",
}


def _approval(**changed: Any) -> Approval:
    offered = Approval(
        approval="rollback@1",
        action="rollback",
        title="roll orders back to 1111111",
        risk="medium",
        sha256=SHA,
        expires=1000.0,
        card=CARD,
        evidence=("E1",),
        requested_at=100.0,
    )
    return replace(offered, **changed)


def _state(approval: Approval | None = None, **changed: Any) -> State:
    """An acknowledged drill on orders, with a note in its timeline."""
    state = State(
        incident="INC-1",
        service="orders",
        status="INVESTIGATING",
        drill=True,
        detected_at=10.0,
        acknowledged_at=13.0,
        notes=1,
    )
    if approval is not None:
        state.approvals[approval.approval] = approval
    for name, value in changed.items():
        setattr(state, name, value)
    return state


def test_it_decides_nothing_outside_of_a_drill() -> None:
    with pytest.raises(DrillOnly, match="INC-1 is no drill"):
        decide(_state(_approval(), drill=False), 200.0)


def test_it_acknowledges_within_seconds_but_not_at_once() -> None:
    state = _state(acknowledged_at=0.0)
    assert decide(state, 11.0) == []
    assert decide(state, 12.0) == [{"cmd": "ack"}]


def test_it_does_nothing_else_before_it_has_acknowledged() -> None:
    assert decide(_state(_approval(), acknowledged_at=0.0), 200.0) == [{"cmd": "ack"}]


def test_it_notes_once_what_it_sees() -> None:
    judged = {"verdict": "LIKELY", "culprit": "c0ffee1234567"}
    state = _state(notes=0, regression=judged)
    (note,) = decide(state, 50.0)
    assert note == {
        "cmd": "note",
        "text": "Looking at orders: regression triage says LIKELY, suspect c0ffee1.",
    }
    state.notes = 1
    assert decide(state, 51.0) == []


def test_it_reads_a_card_before_it_decides() -> None:
    assert decide(_state(_approval()), 100.9) == []


def test_it_approves_a_rollback_with_the_hash_it_saw() -> None:
    assert decide(_state(_approval()), 101.0) == [
        {"cmd": "approve", "approval": "rollback@1", "sha256": SHA}
    ]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sha256": "cd" * 32}, "hash"),
        ({"sha256": "", "card": {**CARD, "sha256": ""}}, "hash"),
        (
            {"action": "scale-up", "card": {**CARD, "kind": "scaling"}},
            "scale-up is for somebody else",
        ),
        ({"card": {**CARD, "kind": "maintenance"}}, "for somebody else"),
        ({"card": {}, "sha256": SHA}, "hash"),
        ({"card": {"sha256": SHA}}, "no kind"),
        ({"risk": "destructive"}, "needs a person"),
        ({"card": {**CARD, "confirm": "orders"}}, "needs a person"),
        ({"card": {**CARD, "target": "billing"}}, "billing is not the service"),
        ({"card": {**CARD, "argv": ["bin/deploy", "orders"]}}, "which version"),
        ({"card": {**CARD, "params": {}}}, "which version"),
        ({"card": {**CARD, "dry_run": {"exit": 1, "output": "no"}}}, "dry run failed"),
        ({"card": {**CARD, "kind": "restart", "dry_run": {}}}, "no dry run"),
        ({"card": {**CARD, "kind": "workaround", "argv": ["bin/volume"]}}, "what would run"),
        ({"card": {**CARD, "rests": {"single_tainted": True}}}, "a person has to override"),
    ],
)
def test_it_denies_any_other_card_and_says_why(changed: dict[str, Any], why: str) -> None:
    (command,) = decide(_state(_approval(**changed)), 200.0)
    assert (command["cmd"], command["approval"]) == ("deny", "rollback@1")
    assert why in command["why"]


@pytest.mark.parametrize(
    "changed", [{"decision": "granted"}, {"decision": "voided"}, {"expires": 150.0}]
)
def test_it_leaves_cards_alone_that_wait_no_longer(changed: dict[str, Any]) -> None:
    assert decide(_state(_approval(**changed)), 200.0) == []


@pytest.mark.parametrize(
    "kind",
    ["configuration", "restart", "database-repair", "workaround", "block-address", "silence"],
)
def test_it_approves_other_changes_where_their_dry_run_passed(kind: str) -> None:
    (command,) = decide(_state(_approval(card={**CARD, "kind": kind})), 200.0)
    assert command["cmd"] == "approve"


def test_it_approves_a_change_of_what_the_service_needs() -> None:
    near = "not orders itself: orders depends on it"
    card = {**CARD, "kind": "restart", "target": "rates", "beside": near, "params": {}}
    (command,) = decide(_state(_approval(card=card)), 200.0)
    assert command["cmd"] == "approve"


def test_it_assesses_a_stopped_line_by_what_the_state_shows_and_approves_nothing() -> None:
    state = _state(_approval(), stopped="the rollback failed")
    state.checks = ({"name": "error rate", "state": "fail"},)
    (command,) = decide(state, 200.0)
    assert command["cmd"] == "assess"
    assert (
        "The line was stopped: the rollback failed. Checks that fail: error rate."
        in (command["text"])
    )


def test_once_going_back_has_failed_it_goes_back_no_second_time() -> None:
    (command,) = decide(_state(_approval(), assessment="seen"), 200.0)
    assert (command["cmd"], command["why"]) == (
        "deny",
        "going back has failed once; a second time would be blind",
    )


def test_it_is_done_when_the_incident_is() -> None:
    assert decide(_state(status="RESOLVED", acknowledged_at=0.0), 200.0) == []


def _project(root: Path, *, drill: bool = True, marked: bool = True) -> Path:
    project = root / "project"
    (project / ".aiwg").mkdir(parents=True)
    (project / "warroom.toml").write_text(f"[project]\ndrill = {str(drill).lower()}\n", "utf-8")
    if marked:
        mark = {"drill": "leak", "seed": 1, "home": str(root)}
        (project / ".aiwg" / "drill.json").write_text(json.dumps(mark), "utf-8")
    return project


def test_a_project_with_both_marks_is_a_drill(tmp_path: Path) -> None:
    require_drill(_project(tmp_path))


def test_a_project_without_one_of_the_marks_is_refused(tmp_path: Path) -> None:
    for number, marks in enumerate(({"drill": False}, {"marked": False})):
        with pytest.raises(DrillOnly, match="is not the project of a drill"):
            require_drill(_project(tmp_path / str(number), **marks))
    with pytest.raises(DrillOnly):
        require_drill(tmp_path / "nowhere")


def test_a_mark_copied_from_another_drill_is_refused(tmp_path: Path) -> None:
    project = _project(tmp_path / "one")
    mark = {"drill": "leak", "seed": 1, "home": str(tmp_path / "other")}
    (project / ".aiwg" / "drill.json").write_text(json.dumps(mark), "utf-8")
    with pytest.raises(DrillOnly):
        require_drill(project)


def test_forensics_sign_off_once_the_intruder_is_out_and_evidence_was_kept() -> None:
    card = {**CARD, "kind": "block-address", "title": "block 198.51.100.7"}
    blocked = _task("security/isolate@1", "action", {"exit": 0}, {"card": card})
    kept = _task("security/preserve", "preserve", {"files": []}, {})
    asked = {"forensic sign-off": "By whom?"}
    for tasks in ({}, {blocked.key: blocked}, {kept.key: kept}):
        assert decide(_state(questions=asked, tasks=tasks), 200.0) == []
    both = {blocked.key: blocked, kept.key: kept}
    said = decide(_state(questions=asked, tasks=both), 200.0)
    assert [one["field"] for one in said] == ["forensic sign-off"]
    assert decide(_state(questions=asked, tasks=both, answers=asked), 200.0) == []


def _task(key: str, kind: str, report: dict[str, Any], inputs: dict[str, Any]) -> Task:
    step = key.partition("/")[0]
    return Task(key, 1, kind, "security-gatekeeper", key, step, inputs, 1.0, "done", 2.0, report)
