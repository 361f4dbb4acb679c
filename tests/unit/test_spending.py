"""What models used is counted from the journal; a price that nobody knows is never nothing."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.cli import status
from orchestrator.cli.status import summary
from orchestrator.model import events as ev
from orchestrator.model.differences import differences
from orchestrator.model.events import FLOW, Event
from orchestrator.model.fold import advance, fold_all
from orchestrator.model.records import Spent
from orchestrator.model.spending import (
    HEADS,
    as_json,
    backends,
    by_role,
    by_task,
    models_asked,
    of_task,
    price,
    short_price,
    table,
    tokens,
    usage,
)
from orchestrator.model.state import State
from orchestrator.model.timeline import row
from orchestrator.project import Project
from tests.unit.incident_models import GUESS, RANKED, models_story, write_models_incident
from tests.unit.incident_story import story


@pytest.fixture(scope="module")
def told() -> State:
    return fold_all(State(), models_story())


def after(state: State, data: ev.Payload) -> State:
    twin = state.copy()
    advance(twin, Event(twin.seq + 1, f"later/{twin.seq}", twin.last_at + 1, FLOW, data))
    return twin


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0"), (999, "999"), (1_000, "1.0k"), (9_949, "9.9k"), (9_950, "10k"), (12_345, "12k"),
     (999_499, "999k"), (999_500, "1.0M"), (2_345_678, "2.3M")],
)  # fmt: skip
def test_tokens_are_short_and_never_round_to_a_thousand_k(count: int, said: str) -> None:
    assert tokens(count) == said


@pytest.mark.parametrize(
    ("spent", "words", "little"),
    [
        (Spent(turns=2, usd=0.42), "$0.42", "$0.42"),
        (Spent(turns=2, usd=0.0012), "$0.0012", "$0.0012"),
        (Spent(turns=2, usd=0.00001), "under $0.0001", "under $0.0001"),
        (Spent(turns=1, unpriced=1), "price not known for 1 turn", "$?"),
        (Spent(turns=3, unpriced=2, usd=0.42), "$0.42, price not known for 2 turns", "$0.42+?"),
    ],
)
def test_a_price_is_what_is_known_of_it(spent: Spent, words: str, little: str) -> None:
    assert (price(spent), short_price(spent)) == (words, little)


def test_tasks_and_roles_add_up_to_the_incident(told: State) -> None:
    assert [bill.name for bill in by_task(told)] == ["tier 1 data", "tier 2 analysis"]
    for bills in (by_task(told), by_role(told)):
        total = sum((bill.spent for bill in bills), Spent())
        assert replace(total, usd=round(total.usd, 9)) == replace(
            told.bill(), usd=round(told.bill().usd, 9)
        )
    cells = list(table(told))
    assert {len(line) for line in cells} == {len(HEADS)}
    assert cells[-1][0] == "the incident"


def test_a_task_is_billed_for_all_its_attempts(told: State) -> None:
    task = told.tasks["tier2/analysis"]
    again = ev.TaskRequested(task.key, 2, "agent", task.role, task.title, task.step, {})
    more = ev.TurnSpent(task.key, 2, 1, "claude-opus-5-5", 10, 0, 0, 5, 0.01, 1.0)
    state = after(after(told, again), more)
    assert of_task(state, state.tasks[task.key]).turns == of_task(told, task).turns + 1


def test_the_rules_alone_cost_nothing_and_nothing_is_said() -> None:
    state = fold_all(State(), story())
    assert not models_asked(state)
    assert as_json(state) is None
    assert summary(state, 0.0)["models"] is None
    assert backends(state) == sorted(backends(state))


def test_status_gives_what_was_used_and_where_the_price_is_missing(told: State) -> None:
    given = summary(told, 0.0)["models"]
    assert given["backends"] == ["rules", "claude"]
    assert (given["turns"], given["turns_without_price"], given["usd"]) == (3, 1, 0.042)
    assert given["cache_share"] == round(told.bill().cache_share, 3)
    assert usage(told.bill()).endswith("$0.04, price not known for 1 turn")


def test_without_any_price_there_is_no_sum() -> None:
    state = State(spent={})
    task = fold_all(State(), models_story()).tasks["tier1/data"]
    state.tasks[task.key] = task
    state.spent[task.id] = Spent(turns=2, fresh=10, unpriced=2)
    given = as_json(state)
    assert given is not None
    assert given["usd"] is None


def test_both_sides_of_a_difference_are_kept_with_what_they_rest_on(told: State) -> None:
    (found,) = differences(told)
    assert (found.stands.says, found.stands.evidence) == (RANKED, ("E5:9", "E15:4"))
    assert (found.other.who, found.other.evidence) == ("the model", ("E2:2",))
    assert found.words == f"methods differ: {RANKED}; the model says: {GUESS}"
    on_timeline = [
        line.text for event in models_story()
        if isinstance(event.data, ev.MethodsDiffered) and (line := row(event)) is not None
    ]  # fmt: skip
    assert on_timeline == [found.words]


def test_the_cause_that_stands_goes_first_whosever_it_is(told: State) -> None:
    state = told.copy()
    state.differing = {k: replace(d, stands="model") for k, d in state.differing.items()}
    assert differences(state)[0].words == f"methods differ: {GUESS}; the ranking says: {RANKED}"


def test_a_model_that_was_taken_over_afterwards_does_not_stand(told: State) -> None:
    state = told.copy()
    state.differing = {k: replace(d, stands="model") for k, d in state.differing.items()}
    task = state.tasks["tier2/analysis"]
    state.tasks[task.key] = replace(task, taken_over="a person stopped it")
    assert differences(state)[0].stands.says == RANKED


def test_a_new_attempt_begins_without_the_old_disagreement(told: State) -> None:
    task = told.tasks["tier2/analysis"]
    again = ev.TaskRequested(task.key, 2, "agent", task.role, task.title, task.step, {})
    assert differences(after(told, again)) == []
    assert differences(told)


def test_status_says_in_a_line_who_answers_and_what_it_cost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_models_incident(Project(tmp_path).incidents)
    asked = argparse.Namespace(project=str(tmp_path), incident="", json=False)
    status.run(asked)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == (
        "    rules+claude: 3 turns, 14k tokens read (40% from the cache), 880 written, "
        "$0.04, price not known for 1 turn"
    )
    asked.json = True
    status.run(asked)
    assert json.loads(capsys.readouterr().out)["incidents"][0]["models"]["turns"] == 3
