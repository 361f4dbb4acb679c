"""Nothing denied, expired, voided or unapproved ever runs, and nothing approved runs twice.

A part of the 10,000 generated histories of `benchmarks/prove_approvals.py`; and that they notice
when one of the guards is taken away.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from orchestrator.actions import executor, launch
from orchestrator.actions.executor import Execution
from orchestrator.flow import commands, refuse
from orchestrator.model import fold
from orchestrator.model.state import State
from tests.flow.approval_histories import histories

MANY = 500
"""Histories within which a missing guard has to show."""


@pytest.mark.parametrize("part", range(4))
def test_of_400_histories_none_runs_what_it_must_not_and_all_kinds_of_bad_luck_occur(
    part: int,
) -> None:
    told = histories(range(part * 100, part * 100 + 100))
    assert told["histories"] == 100
    for what in (
        *("ran", "ran by two persons", "drifted", "unclear", "adopted", "runner died"),
        *("approval.denied", "approval.expired", "approval.voided", "approval.endorsed"),
    ):
        assert told[what], f"no history had: {what}"


def _covers_anything(run: Execution, settings: Any, state: State, now: float) -> str:
    return ""


def _anybody(*_: Any) -> str:
    return ""


def _claims_again(folder: Path, body: dict[str, object]) -> bool:
    (folder / "claim.json").write_text(json.dumps(body))
    return True


async def _as_it_was(settings: Any, root: Path, card: Any) -> str:
    return str(card["pre_state"])


@pytest.mark.parametrize(
    ("place", "name", "without", "seen"),
    [
        (executor, "_not_covered", _covers_anything, "stopped|frozen|run out|edited"),
        (executor, "look", _as_it_was, "as approved"),
        (launch, "claim", _claims_again, "after it was given up|ran twice"),
        (executor, "_claim", lambda run: None, "ran twice|was stopped|had run out|as approved"),
        (refuse, "second", _anybody, "persons were needed"),
    ],
)
def test_a_guard_that_is_taken_away_is_noticed(
    place: Any, name: str, without: Any, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, without)
    if name == "_claim":
        monkeypatch.setattr(launch, "claim", _claims_again)
    with pytest.raises(AssertionError, match=seen):
        histories(range(MANY))


def test_an_approval_that_is_not_closed_in_time_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the executor's own look at the clock, and with decisions that are never refused."""
    for name in ("approve", "deny"):
        rule = commands.PEOPLE[name]
        monkeypatch.setitem(commands.PEOPLE, name, commands.Rule(_anybody, rule.record))
    with pytest.raises(AssertionError, match="seed"):
        histories(range(MANY))


def test_a_stop_without_a_word_stops_all_the_same() -> None:
    from tests.flow.simulate import War

    war = War(approves=True)
    war.answers["mitigation/execute"] = {"exit": 1, "why": ""}
    war.open()
    war.run(until=300)
    assert war.state.stopped == "the rollback failed: it ended with 1"
    assert fold.fold_all(State(), war.journal).stopped
