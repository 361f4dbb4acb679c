"""A change that one untrusted source speaks for is approved with a person's override, or not."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor
from orchestrator.model.fold import fold_all, state_hash
from orchestrator.model.state import State
from orchestrator.model.timeline import row
from orchestrator.model.wording import decided
from tests.flow.simulate import CARD, SHA, War

ALONE = {"sources": ["log var/log/orders.log"], "single_tainted": True, "instructions": []}
AGREED = {"sources": ["log x", "metric y"], "single_tainted": False, "instructions": []}
WHY = "graphs show the same"


def waiting(rests: dict[str, Any], **card: Any) -> War:
    """A rollback waits whose card carries this."""
    war = War(approves=False)
    war.answers["mitigation/prepare"] = {
        "possible": True,
        "card": {**CARD, "rests": rests, **card},
    }
    war.open()
    war.run(until=60)
    assert war.state.approvals["rollback@1"].open
    return war


def approve(war: War, **said: str) -> Any:
    """What became of it: the first event."""
    return war.give(war.human("approve", approval="rollback@1", sha256=SHA, **said))[0].data


@pytest.mark.parametrize("said", [{}, {"override": ""}, {"override": "  "}, {"override": "y"}])
def test_without_a_reason_it_is_refused(said: dict[str, str]) -> None:
    war = waiting(ALONE)
    refused = approve(war, **said)
    assert isinstance(refused, ev.CommandRefused)
    assert "rests on one source (log var/log/orders.log)" in refused.why
    assert war.state.approvals["rollback@1"].open


def test_with_a_reason_it_is_granted_and_the_reason_is_journalled() -> None:
    war = waiting(ALONE)
    granted = approve(war, override=f" {WHY} ")
    assert isinstance(granted, ev.ApprovalGranted)
    assert granted.override == WHY
    assert war.state.approvals["rollback@1"].decision == "granted"
    assert decided(war.state.approvals["rollback@1"]).endswith(f", override: {WHY}")
    again = fold_all(State(), war.journal)
    assert again.approvals["rollback@1"].override == WHY
    assert state_hash(again) == state_hash(war.state)


def test_the_timeline_tells_the_override() -> None:
    war = waiting(ALONE)
    approve(war, override=WHY)
    event = next(event for event in war.journal if isinstance(event.data, ev.ApprovalGranted))
    told = row(event)
    assert told is not None
    assert (told.mark, told.who) == ("warn", "a.kim")
    assert told.text == f"change approved on one source, override: {WHY}"


def test_the_autopilot_overrides_nothing() -> None:
    war = waiting(ALONE)
    args = {"approval": "rollback@1", "sha256": SHA, "override": WHY}
    pilot = Actor("drill-autopilot", "autopilot")
    refused = war.give(Command("cmd/pilot", "approve", war.now, pilot, args))[0].data
    assert isinstance(refused, ev.CommandRefused)
    assert "only a person can override that" in refused.why


@pytest.mark.parametrize("card", [{"rests": AGREED}, {}])
def test_where_sources_agree_an_approval_is_what_it_was(card: dict[str, Any]) -> None:
    war = waiting(card.get("rests", AGREED))
    granted = approve(war)
    assert isinstance(granted, ev.ApprovalGranted)
    assert granted.override == ""
    assert decided(war.state.approvals["rollback@1"]).startswith("approved by a.kim at ")


def test_an_override_that_is_not_needed_is_refused() -> None:
    war = waiting(AGREED)
    refused = approve(war, override=WHY)
    assert isinstance(refused, ev.CommandRefused)
    assert "needs no override" in refused.why
    assert war.state.approvals["rollback@1"].open


def test_the_name_of_a_destructive_change_is_no_override() -> None:
    war = waiting(ALONE, confirm="orders")
    assert isinstance(approve(war, text="orders"), ev.CommandRefused)
    assert isinstance(approve(war, override=WHY), ev.CommandRefused)
    assert isinstance(approve(war, text="orders", override=WHY), ev.ApprovalGranted)


def test_denying_needs_no_override() -> None:
    war = waiting(ALONE)
    war.give(war.human("deny", approval="rollback@1", why="the log alone says so"))
    assert war.state.approvals["rollback@1"].decision == "denied"
