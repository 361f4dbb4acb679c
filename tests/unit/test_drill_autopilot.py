"""The autopilot acts like a careful engineer, and in drills only."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.drills.autopilot import DrillOnly, decide, require_drill
from orchestrator.model.state import Approval, State

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
        ({"action": "scale-up", "card": {**CARD, "kind": "scaling"}}, "scale-up is not a rollback"),
        ({"card": {}, "sha256": SHA}, "hash"),
        ({"card": {"sha256": SHA}}, "is not a rollback"),
        ({"risk": "destructive"}, "needs a person"),
        ({"card": {**CARD, "confirm": "orders"}}, "needs a person"),
        ({"card": {**CARD, "target": "billing"}}, "billing is not the service"),
        ({"card": {**CARD, "argv": ["bin/deploy", "orders"]}}, "which version"),
        ({"card": {**CARD, "params": {}}}, "which version"),
        ({"card": {**CARD, "dry_run": {"exit": 1, "output": "no"}}}, "dry run failed"),
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


def test_it_approves_nothing_while_the_line_is_stopped() -> None:
    assert decide(_state(_approval(), stopped="the rollback failed"), 200.0) == []


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
