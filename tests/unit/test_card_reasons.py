"""What a card rests on: evidence of a regression for the way back from it, else its own reason."""

import asyncio
import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions.card import build
from orchestrator.model.state import State
from orchestrator.settings import Settings
from tests.unit.fake_bench import task

WAY = {"kind": "feature-flag", "action": "switch", "params": {"value": "off"}}


def settings() -> Settings:
    """orders, with two flags that can be turned."""
    flag: dict[str, Any] = {
        "kind": "feature-flag",
        "argv": [sys.executable, "-c", "pass", "{value}"],
    }
    flag |= {"title": "set it to {value}", "params": {"value": {"pattern": "on|off"}}}
    actions = [flag | {"id": "switch"}, flag | {"id": "other"}]
    return Settings.model_validate({"services": [{"name": "orders"}], "actions": actions})


def done(key: str, report: dict[str, Any]) -> Any:
    return dataclasses.replace(task(key), outcome="done", report=report)


def judged() -> State:
    """A regression by the turn of a flag, and a strategy with a reason of its own."""
    state = State(incident="INC-1", service="orders")
    holds = {"holds": "yes", "why": {"text": "it came with the turn", "evidence": ["E1"]}}
    reason = {"rationale": {"text": "the other one is in the way", "evidence": ["E2"]}}
    state.tasks = {
        "regression/verdict": done("regression/verdict", {"indicators": [holds]}),
        "mitigation/strategy": done("mitigation/strategy", reason),
    }
    state.regression = {"way": {**WAY, "option": "feature-flag"}}
    return state


@pytest.mark.parametrize(
    ("action", "value", "why"),
    [
        ("switch", "off", "it came with the turn"),
        ("switch", "on", "the other one is in the way"),
        ("other", "off", "the other one is in the way"),
    ],
)
def test_only_the_way_that_was_assessed_rests_on_the_regression(
    tmp_path: Path, action: str, value: str, why: str
) -> None:
    wanted = {**WAY, "action": action, "params": {"value": value}}
    made = asyncio.run(build(settings(), tmp_path, judged(), wanted))
    assert [said["text"] for said in made["why"]] == [why]
