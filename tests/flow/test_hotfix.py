"""A hotfix step by step: each recorded by a person, looked at by code, in its order."""

from typing import Any

import pytest

from orchestrator.model import events as ev
from orchestrator.model.hotfix import branch_of
from orchestrator.model.hotfix_state import standing
from tests.flow.simulate import CARD, SHA, War

pytestmark = pytest.mark.usefixtures("both_computations_of_the_gates_agree")

PEOPLE = (
    {"name": "a.kim", "roles": ["on-call", "commander", "deployment-manager"]},
    {"name": "j.ortiz", "roles": ["tier2", "technical-lead"]},
)


def war_of(**more: Any) -> War:
    war = War(approves=False, **{"people": PEOPLE, **more})
    war.answers["mitigation/prepare"] = lambda task, state: {
        "possible": True,
        "card": {
            **CARD,
            "kind": "redeploy",
            "action": task.inputs.get("action") or "rollback",
            "params": dict(task.inputs["params"]),
        },
    }
    war.open()
    war.run(until=60)
    return war


def said(war: War, what: str, text: str) -> str:
    told = [e.data for e in war.give(war.human("hotfix", what=what, text=text))]
    war.run(until=war.now - 1_763_906_400.0 + 30)
    return next((one.why for one in told if isinstance(one, ev.CommandRefused)), "")


def states(war: War) -> dict[str, str]:
    return {row.step: row.state for row in standing(war.state)}


def ready(*steps: str) -> War:
    war = war_of()
    texts = {"start": "pool leak", "patch": "f1xed00", "tests": "E1", "approve": "small and tested"}
    for step in steps:
        assert not said(war, step, texts[step]), step
    return war


def test_the_branch_is_named_after_the_incident_and_what_it_fixes() -> None:
    assert branch_of("INC-42", "Pool leak, again!") == "hotfix/INC-42-pool-leak-again"
    assert ready("start").state.hotfix.branch == "hotfix/INC-1-pool-leak"  # type: ignore[union-attr]


def test_each_step_is_asked_for_once_the_one_before_is_done() -> None:
    war = ready("start")
    asked = [text for field, text in war.state.questions.items() if field.startswith("hotfix ")]
    assert asked == [
        "The hotfix goes on hotfix/INC-1-pool-leak. Which commit is ready? (hotfix patch COMMIT)"
    ]
    said(war, "patch", "f1xed00")
    asked = [text for field, text in war.state.questions.items() if field.startswith("hotfix ")]
    assert len(asked) == 1
    assert "staging tests" in asked[0]


@pytest.mark.parametrize(
    ("before", "step", "text", "why"),
    [
        ((), "patch", "abc", "there is no hotfix"),
        (("start",), "tests", "E1", "patch comes first"),
        (("start", "patch"), "approve", "fine", "tests comes first"),
        (("start", "patch"), "tests", "E99", "name the evidence"),
        (("start", "patch", "tests"), "deploy", "redeploy", "approve comes first"),
        ((), "start", " ", "say in a few words"),
        ((), "jump", "x", "say start, patch, tests, approve or deploy"),
    ],
)
def test_a_step_out_of_order_is_refused(
    before: tuple[str, ...], step: str, text: str, why: str
) -> None:
    assert why in said(ready(*before), step, text)


def test_a_commit_that_is_not_there_does_not_count() -> None:
    war = war_of()
    war.answers["hotfix/patch"] = {"good": False, "fact": "there is no branch hotfix/INC-1-x"}
    said(war, "start", "x")
    said(war, "patch", "abcdef1")
    assert states(war)["patch"] == "failed"
    assert "there is no branch" in said(war, "tests", "E1")


def test_tests_that_failed_can_be_run_again() -> None:
    war = war_of()
    war.answers["hotfix/tests"] = lambda task, state: {
        "good": task.inputs["named"] == "E2",
        "fact": "looked at",
    }
    said(war, "start", "x")
    said(war, "patch", "abcdef1")
    said(war, "tests", "E1")
    assert states(war)["tests"] == "failed"
    said(war, "tests", "E2")
    assert states(war)["tests"] == "done"


def test_a_new_patch_needs_its_own_tests_and_approval() -> None:
    war = ready("start", "patch", "tests", "approve")
    assert states(war)["approve"] == "done"
    said(war, "patch", "0therfix")
    assert states(war) | {"start": "done"} == {
        "start": "done",
        "patch": "done",
        "tests": "open",
        "approve": "open",
        "deploy": "open",
        "watch": "open",
    }


def test_only_the_deployment_manager_approves() -> None:
    other = (
        {"name": "a.kim", "roles": ["on-call"]},
        {"name": "d", "roles": ["deployment-manager"]},
    )
    war = war_of(people=other)
    for step, text in (("start", "x"), ("patch", "f1xed00"), ("tests", "E1")):
        assert not said(war, step, text)
    assert said(war, "approve", "fine") == "a hotfix is approved by the deployment manager: d"


def test_its_deploy_is_a_card_of_its_own_with_the_commit_as_version_and_is_watched() -> None:
    war = ready("start", "patch", "tests", "approve")
    assert not said(war, "deploy", "redeploy-orders")
    key = next(key for key, one in war.state.approvals.items() if one.open)
    card = war.state.approvals[key].card
    assert (card["action"], card["params"]) == ("redeploy-orders", {"version": "f1xed00"})
    prepared = war.state.tasks[f"mitigation/prepare@{key.partition('@')[2]}.choice1"]
    assert prepared.inputs["kinds"] == ["hotfix", "redeploy"]
    assert states(war)["watch"] == "open"
    war.give(war.human("approve", approval=key, sha256=SHA))
    war.run(until=7200, stop=lambda state: state.status == "RESOLVED")
    rows = {row.step: row for row in standing(war.state)}
    assert (rows["watch"].state, rows["watch"].fact) == ("done", "brought the service back")
    assert rows["patch"].who == "a.kim"


ALL = ("start", "patch", "tests", "approve")


@pytest.mark.parametrize("again", ["start", "patch", "tests"])
def test_what_is_said_anew_takes_the_card_of_the_deploy_away(again: str) -> None:
    war = ready(*ALL)
    assert not said(war, "deploy", "redeploy")
    card = war.state.approvals["rollback@2"]
    assert (card.action, card.open) == ("redeploy", True)
    war.answers["hotfix/tests"] = {"good": False, "fact": "E2: exit 1"}
    assert not said(war, again, "E2")
    approve = war.human("approve", approval="rollback@2", sha256=card.sha256)
    assert isinstance(war.give(approve)[0].data, ev.CommandRefused)
    assert "redeploy" not in [a.action for a in war.state.approvals.values() if a.open]


@pytest.mark.parametrize("kept", range(4))
def test_a_batch_torn_at_the_deploy_is_completed_when_the_word_comes_again(kept: int) -> None:
    war = ready(*ALL)
    before = len(war.journal)
    word = war.human("hotfix", what="deploy", text="redeploy")
    war.give(word)
    war.crash(1.0, torn=len(war.journal) - before - kept)
    war.give(word)
    war.run(until=war.now - 1_763_906_400.0 + 30)
    assert states(war)["deploy"] == "done"
    assert [a.action for a in war.state.approvals.values() if a.open] == ["redeploy"]
    assert len(war.of(ev.ChangeChosen)) == 1


def by_hand(war: War, version: str) -> str:
    """Choose and approve the action that deploys one; why it was refused, else empty."""
    war.answers["mitigation/prepare"] = lambda task, state: {
        "possible": True,
        "card": {**CARD, "kind": "hotfix", "action": "ship", "params": dict(task.inputs["params"])},
    }
    war.give(war.human("choose", action="ship", params={"version": version}, why="quick"))
    assert war.of(ev.ChangeChosen)
    war.run(until=war.now - 1_763_906_400.0 + 30)
    key = next(key for key, one in war.state.approvals.items() if one.open)
    told = war.give(war.human("approve", approval=key, sha256=SHA))[0].data
    return told.why if isinstance(told, ev.CommandRefused) else ""


@pytest.mark.parametrize(
    ("steps", "version", "why"),
    [
        ((), "f1xed00", "begin with `hotfix start`"),
        (("start",), "f1xed00", "first: patch ready"),
        (("start", "patch"), "f1xed00", "first: staging tests"),
        (("start", "patch", "tests"), "f1xed00", "first: deployment manager approves"),
        (ALL, "badc0de", "not the hotfix that was tested: f1xed00"),
        (ALL, "f1xed00", ""),
    ],
)
def test_a_hotfix_chosen_by_hand_goes_around_none_of_its_steps(
    steps: tuple[str, ...], version: str, why: str
) -> None:
    told = by_hand(ready(*steps), version)
    assert why in told
    assert bool(told) == bool(why)
