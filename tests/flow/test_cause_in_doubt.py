"""How sure the flow may be of a cause that a model disputes, or that only a model names."""

from typing import Any

import pytest

from orchestrator.flow.root_cause import cap
from orchestrator.model import events as ev
from orchestrator.model.codec import encode
from orchestrator.model.commands import Command
from orchestrator.model.events import Actor, Json
from tests.flow.simulate import War

KEY = "rca/5whys"


def concluded(differs_in: str = "", **said: Any) -> Json:
    """What the flow concludes once the rollback restored the service."""
    war = War()
    war.answers[KEY] = {**war.answers[KEY], **said}  # type: ignore[dict-item]
    war.open()
    war.run(stop=lambda state: KEY in state.tasks)
    if differs_in:
        fact = ev.MethodsDiffered(differs_in, 1, "a leak", ("E1",), "a query", ("E2",), "rules")
        actor = Actor("agent", "claude")
        war.give(Command(f"{KEY}#1/differed", "differed", war.now, actor, encode(fact)))
    war.run(stop=lambda state: state.status == "RESOLVED")
    assert war.of(ev.CauseConcluded)[-1].verdict == war.state.cause["verdict"]
    return war.state.cause


@pytest.mark.parametrize("claimed", ["LIKELY", "CONFIRMED"])
def test_a_disputed_cause_is_not_confirmed_by_the_recovery(claimed: str) -> None:
    cause = concluded(differs_in=KEY, verdict=claimed)
    assert cause["verdict"] == "LIKELY"
    said = "2 kinds of evidence, but the ranking and the model name different causes"
    assert cause["why"] == said


def test_a_cause_that_only_the_model_names_is_not_confirmed_by_the_recovery() -> None:
    cause = concluded(by="model")
    assert cause["verdict"] == "LIKELY"
    assert cause["why"] == "2 kinds of evidence, but only the model names this cause"


@pytest.mark.parametrize("said", [{}, {"by": ""}])
def test_the_rules_own_undisputed_cause_is_confirmed_by_it(said: dict[str, str]) -> None:
    assert concluded(**said)["verdict"] == "CONFIRMED"


def test_a_dispute_about_other_work_leaves_it_confirmed() -> None:
    assert concluded(differs_in="tier2/analysis")["verdict"] == "CONFIRMED"


def test_a_doubt_holds_against_a_bisect_too_and_raises_nothing() -> None:
    assert cap("CONFIRMED", 2, False, True, "it is disputed")[0] == "LIKELY"
    assert cap("INCONCLUSIVE", 2, True, True, "it is disputed")[0] == "INCONCLUSIVE"
    assert cap("LIKELY", 0, True, True, "it is disputed")[0] == "INCONCLUSIVE"
