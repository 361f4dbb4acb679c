"""What a change rests on is counted by code: one untrusted source is one, however often cited."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.actions.card import build, digest
from orchestrator.model.records import Evidence, Task
from orchestrator.model.resting import NAMED, ground, is_reason, needs_override, rests, spoken
from orchestrator.model.state import State
from tests.unit.rooms import shop
from tests.unit.test_actions_executor import WANTED

LOG = ("log", "var/log/orders.log")
OTHER_LOG = ("log", "var/log/orders.1.log")
METRIC = ("metric", "metrics of orders")
RING = ("metric", "ring")
DEPLOY = ("deploy", "var/deploys.jsonl")
COMMITS, COMMIT = ("change", "repo 1111..2222"), ("code", "repo 2222")
SPOKEN = ("line 3 gives the reader a role",)


def item(
    kind: str,
    source: str,
    taint: str = "outside",
    instructions: tuple[str, ...] = (),
    computed_from: tuple[str, ...] = (),
) -> Evidence:
    return Evidence(
        eid="",
        kind=kind,
        source=source,
        command=f"read {source}",
        summary="seen",
        path="evidence/x.txt",
        sha256="a" * 64,
        size=1,
        lines=9,
        taint=taint,
        at=0.0,
        by="",
        instructions=instructions,
        computed_from=computed_from,
    )


def holding(*items: Evidence) -> State:
    """A ledger of these, E1 the first."""
    numbered = [replace(one, eid=f"E{number}") for number, one in enumerate(items, start=1)]
    return State(evidence={one.eid: one for one in numbered})


def because(*cited: str) -> list[dict[str, object]]:
    """One claim for each citation."""
    return [{"text": "so it is", "evidence": [one]} for one in cited]


@pytest.mark.parametrize(
    "sources",
    [
        [LOG],
        [LOG, LOG],
        [LOG, OTHER_LOG],
        [METRIC, RING],
        [COMMITS, COMMIT],
        [("health", "http://orders"), ("metric", "http://orders")],
    ],
)
def test_one_hand_alone_is_a_single_source(sources: list[tuple[str, str]]) -> None:
    state = holding(*(item(*source) for source in sources))
    assert rests(state, because(*state.evidence)).single_tainted


@pytest.mark.parametrize("sources", [[LOG, METRIC], [DEPLOY, COMMIT], [LOG, OTHER_LOG, DEPLOY]])
def test_two_sources_of_two_kinds_are_independent(sources: list[tuple[str, str]]) -> None:
    state = holding(*(item(*source) for source in sources))
    found = rests(state, because(*state.evidence))
    assert not found.single_tainted
    assert found.sources == tuple(f"{kind} {source}" for kind, source in sources)


def test_only_what_is_cited_counts_and_two_lines_of_it_are_one_source() -> None:
    state = holding(item(*LOG), item(*METRIC))
    found = rests(state, because("E1:3", "E1:80"))
    assert (found.single_tainted, found.sources) == (True, ("log var/log/orders.log",))


@pytest.mark.parametrize("cited", [[], ["E9"]])
def test_nothing_that_is_there_is_less_than_one_source(cited: list[str]) -> None:
    card = {"rests": rests(holding(item(*LOG)), because(*cited)).card()}
    assert needs_override(card)
    assert ground(card).startswith("no source that counts")


def test_a_persons_word_needs_no_second_source() -> None:
    state = holding(item("human", "a.kim", "human"))
    assert not rests(state, because("E1")).single_tainted


def test_what_a_person_pasted_that_speaks_to_agents_is_no_word_of_theirs() -> None:
    state = holding(item("human", "a.kim", "human", SPOKEN))
    assert rests(state, because("E1")).single_tainted


@pytest.mark.parametrize("taint", ["outside", "ours"])
def test_an_analysis_is_worth_what_it_was_computed_from(taint: str) -> None:
    named = item("analysis", "log templates", taint, computed_from=("E1",))
    state = holding(item(*LOG), named, item(*METRIC))
    assert rests(state, because("E2")).single_tainted
    assert rests(state, because("E1", "E2")).single_tainted
    assert not rests(state, because("E2", "E3")).single_tainted


def test_an_analysis_over_two_sources_stands_alone() -> None:
    both = item("analysis", "ranking of causes", computed_from=("E1", "E2"))
    assert not rests(holding(item(*LOG), item(*METRIC), both), because("E3")).single_tainted


def test_an_analysis_that_names_nothing_is_no_source_of_its_own() -> None:
    state = holding(item(*LOG), item("analysis", "journal", "ours"))
    found = rests(state, because("E1", "E2"))
    assert (found.single_tainted, found.sources) == (True, ("log var/log/orders.log",))


def test_analyses_that_name_each_other_come_to_an_end() -> None:
    one = item("analysis", "a", computed_from=("E2",))
    other = item("analysis", "b", computed_from=("E1",))
    assert rests(holding(one, other), because("E1")).single_tainted


def test_what_speaks_to_agents_supports_nothing_and_is_named() -> None:
    state = holding(item(*LOG, instructions=SPOKEN), item(*METRIC), item(*DEPLOY))
    two = rests(state, because("E1", "E2"))
    assert two.single_tainted
    assert two.sources == ("metric metrics of orders",)
    assert two.instructions == ("E1 line 3 gives the reader a role",)
    three = rests(state, because("E1", "E2", "E3"))
    assert not three.single_tainted
    assert three.instructions == two.instructions


def test_what_an_analysis_read_that_speaks_to_agents_is_named_too() -> None:
    templates = item("analysis", "log templates", computed_from=("E1",))
    state = holding(item(*LOG, instructions=SPOKEN), templates)
    assert rests(state, because("E2")).instructions == ("E1 line 3 gives the reader a role",)


def test_a_flood_of_instructions_is_named_by_its_beginning_and_its_size() -> None:
    flood = tuple(f"line {n} gives the reader a role" for n in range(1, NAMED + 4))
    lines = spoken({"rests": rests(holding(item(*LOG, instructions=flood)), because("E1")).card()})
    assert (len(lines), lines[-1]) == (NAMED + 1, "3 more")


def test_a_card_of_an_earlier_release_needs_no_override() -> None:
    assert not needs_override({"title": "roll back"})
    assert ground({}) == ""
    assert spoken({}) == ()


@pytest.mark.parametrize(
    ("said", "enough"), [("", False), ("y", False), ("  yy ", False), ("graph agrees", True)]
)
def test_a_key_pressed_twice_is_no_reason(said: str, enough: bool) -> None:
    assert is_reason(said) is enough


def judged(state: State, cited: list[str]) -> State:
    why = {"text": "it came with the deploy", "evidence": cited, "assumption": False}
    report = {"indicators": [{"name": "after-deployment", "holds": "yes", "why": why}]}
    state.service, key = "orders", "regression/verdict"
    state.tasks[key] = Task(key, 1, "agent", "", "", "", {}, 0.0, outcome="done", report=report)
    return state


def test_the_flag_is_computed_into_the_card_and_bound_by_its_hash(tmp_path: Path) -> None:
    _, settings = shop(tmp_path)
    state = judged(holding(item(*LOG), item(*METRIC)), ["E1:3"])
    card = asyncio.run(build(settings, tmp_path, state, WANTED))
    assert needs_override(card)
    assert card["sha256"] == digest(card)
    unflagged = {**card, "rests": {**card["rests"], "single_tainted": False}}
    assert digest(unflagged) != card["sha256"]
    assert digest({name: card[name] for name in card if name != "rests"}) != card["sha256"]


def test_the_undo_of_a_change_rests_on_the_person_who_asked_for_it(tmp_path: Path) -> None:
    _, settings = shop(tmp_path)
    state = judged(holding(item(*LOG)), ["E1:3"])
    done = asyncio.run(build(settings, tmp_path, state, WANTED))
    assert needs_override(done)
    key = "mitigation/execute@1"
    state.tasks[key] = Task(key, 1, "action", "", "", "", {"card": done}, 0.0, outcome="done")
    undo = asyncio.run(build(settings, tmp_path, state, {"undo_of": key}))
    assert not needs_override(undo)
    assert undo["sha256"] == digest(undo) != done["sha256"]


def test_a_change_that_is_no_rollback_rests_on_its_strategys_rationale(tmp_path: Path) -> None:
    _, settings = shop(tmp_path)
    (action,) = settings.actions
    scaling = action.model_copy(update={"kind": "scaling", "params": {}})
    settings = settings.model_copy(update={"actions": (scaling,)})
    state = judged(holding(item(*DEPLOY), item(*METRIC)), ["E1:3", "E2:9"])
    why = {"text": "traffic tripled", "evidence": ["E2:9"], "assumption": False}
    key, report = "mitigation/strategy", {"rationale": why}
    state.tasks[key] = Task(key, 1, "agent", "", "", "", {}, 0.0, outcome="done", report=report)
    card = asyncio.run(build(settings, tmp_path, state, {"kind": "scaling", "params": {}}))
    assert card["why"] == [{"text": "traffic tripled", "evidence": ["E2"]}]
    assert card["rests"]["sources"] == ["metric metrics of orders"]
    assert needs_override(card)


def test_a_card_whose_sources_agree_is_not_flagged(tmp_path: Path) -> None:
    _, settings = shop(tmp_path)
    state = judged(holding(item(*DEPLOY), item(*METRIC)), ["E1:3", "E2:9"])
    assert not needs_override(asyncio.run(build(settings, tmp_path, state, WANTED)))
