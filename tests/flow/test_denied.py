"""A denial's reason reaches whoever proposed, once; what was denied is not offered again."""

from typing import Any

from orchestrator.model.records import Task
from orchestrator.model.state import State
from tests.flow.simulate import CARD, War

OTHER = {**CARD, "action": "pool", "kind": "configuration", "title": "raise", "sha256": "e" * 64}
ASKED_ANEW = "mitigation/strategy@2"


def denying(second: dict[str, Any], other: dict[str, Any] = OTHER) -> War:
    """The rollback is denied; asked anew, the proposer comes with something else."""
    war = War(approves=False)
    first = dict(BACK)

    def strategy(task: Task, state: State) -> dict[str, Any]:
        return second if "denied" in task.inputs else first

    def card(task: Task, state: State) -> dict[str, Any]:
        back = task.inputs["kind"] == "rollback"
        of = {**CARD, "kind": "rollback", "params": {"version": "1111111"}} if back else other
        return {"possible": True, "card": of}

    war.answers |= {"mitigation/strategy": strategy, "mitigation/prepare": card}
    war.open()
    war.run(until=60)
    war.give(war.human("deny", approval="rollback@1", why="payday, no restart today"))
    war.run(until=600)
    return war


POOL = {"selected": "configuration", "action": "pool", "params": {}}
BACK = {"selected": "rollback", "action": "rollback", "params": {"version": "1111111"}}


def test_the_proposer_hears_what_was_denied_and_why_and_is_asked_once() -> None:
    war = denying(POOL)
    asked = war.state.tasks[ASKED_ANEW]
    assert asked.inputs["denied"] == [
        {
            "action": "rollback",
            "kind": "rollback",
            "title": CARD["title"],
            "params": {"version": "1111111"},
            "why": "payday, no restart today",
            "by": "a.kim",
        }
    ]
    assert "mitigation/strategy@3" not in war.state.tasks


def test_something_else_is_offered_on_a_card_of_its_own() -> None:
    war = denying(POOL)
    assert war.state.approvals["rollback@2"].open
    assert war.state.approvals["rollback@2"].action == "pool"


def test_the_same_again_is_not_offered_unless_a_person_chooses_it() -> None:
    war = denying(BACK)
    assert list(war.state.approvals) == ["rollback@1"]
    args = {"action": "rollback", "params": {"version": "1111111"}, "why": "payday is over"}
    war.answers["mitigation/prepare"] = {
        "possible": True,
        "card": {**CARD, "kind": "rollback", "params": {"version": "1111111"}},
    }
    war.give(war.human("choose", **args))
    war.run(until=700)
    assert war.state.approvals["rollback@2"].open


def test_a_card_with_the_hash_of_a_denied_one_is_not_offered_whatever_it_is_called() -> None:
    war = denying(POOL, {**OTHER, "sha256": CARD["sha256"]})
    assert list(war.state.approvals) == ["rollback@1"]


def test_a_second_denial_is_told_with_the_first() -> None:
    war = denying(POOL)
    war.give(war.human("deny", approval="rollback@2", why="it would only hide it"))
    war.run(until=900)
    told = war.state.tasks["mitigation/strategy@3"].inputs["denied"]
    assert [one["why"] for one in told] == ["payday, no restart today", "it would only hide it"]
    assert "rollback@3" not in war.state.approvals


def test_a_denial_after_a_reopening_is_told_as_well() -> None:
    war = denying(POOL)
    war.give(war.human("resolve", why="it went away"))
    war.run(until=700)
    war.give(war.human("reopen", why="it is back"))
    war.run(until=800)
    (card,) = [one for one in war.state.approvals.values() if one.open]
    war.give(war.human("deny", approval=card.approval, why="the schema has moved"))
    war.run(until=900)
    asked = war.state.tasks["mitigation/strategy@3"]
    assert [one["why"] for one in asked.inputs["denied"]] == ["the schema has moved"]
