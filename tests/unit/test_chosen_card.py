"""The card of what a person chose: exactly that action, resting on their own word."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions.card import Impossible, build, digest
from orchestrator.actions.options import options
from orchestrator.model.attempt import Attempt
from orchestrator.model.resting import needs_override
from orchestrator.model.state import State
from tests.unit.rooms import BAD, GOOD, shop

CHOSEN = {"kind": "", "action": "rollback", "params": {"version": GOOD}, "choice": 1}


def card(root: Path, **more: Any) -> dict[str, Any]:
    _, settings = shop(root)
    return asyncio.run(build(settings, root, State(service="orders"), CHOSEN | more))


def test_any_kind_may_be_chosen_by_the_actions_name(tmp_path: Path) -> None:
    made = card(tmp_path)
    assert (made["action"], made["kind"]) == ("rollback", "rollback")
    assert made["undo"][-1] == BAD


def test_it_rests_on_a_persons_word_and_asks_for_no_override(tmp_path: Path) -> None:
    made = card(tmp_path)
    assert made["why"] == []
    assert "rests" not in made
    assert not needs_override(made)


def test_a_second_attempt_is_told_as_one_and_its_hash_is_of_what_runs(tmp_path: Path) -> None:
    made = card(tmp_path, attempt=2)
    assert made["title"].startswith("attempt 2: roll orders back to ")
    assert made["sha256"] == digest(made) == card(tmp_path)["sha256"]


def test_a_hotfix_is_deployed_only_by_an_action_that_deploys(tmp_path: Path) -> None:
    with pytest.raises(Impossible, match="rollback is a rollback, not a hotfix or redeploy"):
        card(tmp_path, kinds=["hotfix", "redeploy"])


def test_an_action_nobody_wrote_down_cannot_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(Impossible, match="has no action 'drop'"):
        card(tmp_path, action="drop")


def test_the_options_are_what_the_catalogue_and_the_deploy_log_have(tmp_path: Path) -> None:
    _, settings = shop(tmp_path)
    log = tmp_path / "deploys.jsonl"
    for number, version in enumerate(("3" * 40, GOOD, BAD)):
        with log.open("a") as file:
            at = f"2025-11-23T1{number}:00:00Z"
            file.write(f'{{"at": "{at}", "service": "orders", "version": "{version}"}}\n')
    known = settings.services[0].model_copy(update={"deploy_log": "deploys.jsonl"})
    settings = settings.model_copy(update={"services": (known,)})
    state = State(service="orders", regression={"bad_version": BAD})
    params = {"version": GOOD}
    tried = Attempt(1, "rollback@1", "rollback", "rollback", "x", params, "none", "", "", 1.0)
    state.attempts["rollback@1"] = tried
    found = {one["name"]: one for one in asyncio.run(options(settings, tmp_path, state))}
    assert found["earlier version"]["actions"] == ["rollback"]
    assert found["earlier version"]["versions"] == ["3" * 40]
    assert found["maintenance mode"]["available"] is False
    assert "no action for it" in found["maintenance mode"]["why"]


def test_without_a_deploy_log_that_is_said(tmp_path: Path) -> None:
    _, settings = shop(tmp_path)
    found = asyncio.run(options(settings, tmp_path, State(service="orders")))
    assert found[0]["why"] == "the catalogue has rollback; no deploy log is known"
