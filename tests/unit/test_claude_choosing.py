"""A model's choice of a way out: only what the catalogue has, as the catalogue wants it."""

import dataclasses
import json
from typing import Any

import pytest

from orchestrator.agents.claude.choosing import chosen
from orchestrator.agents.claude.handing_in import Handed, joined
from orchestrator.settings import Action, Parameter, Settings
from tests.model_server import Reply, faults
from tests.unit.model_work import Found, Work, found_in

KEY = "mitigation/strategy"
OTHER = "0123456789abcdef0123456789abcdef01234567"
REASON = {"text": "the model's reason", "evidence": ["E1:1"], "assumption": False}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def catalogue(found: Found) -> Settings:
    """The shop's way back, more instances of it, and somebody else's switch."""
    more = Action(
        id="more",
        kind="scaling",
        title="more of {service}",
        argv=("bin/more", "{count}"),
        params={"count": Parameter(pattern="[1-9]")},
    )
    theirs = Action(
        id="theirs", kind="workaround", service="till", title="a switch", argv=("bin/switch",)
    )
    actions = (*found.shop.settings.actions, more, theirs)
    return found.shop.settings.model_copy(update={"actions": actions})


def wanted(selected: str, action: str, **params: str) -> dict[str, Any]:
    what = {"selected": selected, "action": action, "params": params}
    said = {"rationale": REASON, "summary": REASON, "plan": ["the model's plan"]}
    return {**what, **said, "rollback_plan": ["its way back"]}


def report(found: Found, choice: dict[str, Any]) -> dict[str, Any]:
    return joined(KEY, found.reports[KEY], Handed(choice, None, ()))


def choose(
    found: Found, catalogue: Settings, choice: dict[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    handed = Handed(choice, None, ())
    return chosen(found.reports[KEY], handed, report(found, choice), catalogue, found.state)


def test_a_choice_of_the_catalogue_stands(found: Found, catalogue: Settings) -> None:
    for choice in (
        wanted("scaling", "more", count="3"),
        wanted("rollback", "back", version=found.shop.good),
    ):
        assert choose(found, catalogue, choice) == (report(found, choice), ())


def test_no_choice_leaves_the_rules_choice(found: Found, catalogue: Settings) -> None:
    made, dropped = choose(found, catalogue, wanted("none", "more", count="3"))
    assert made == found.reports[KEY]
    assert dropped == ()


def without(choice: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in choice.items() if name not in names}


def test_another_action_without_a_reason_of_its_own_leaves_the_whole_rules_choice(
    found: Found, catalogue: Settings
) -> None:
    choice = without(wanted("scaling", "more", count="3"), "rationale")
    made, dropped = choose(found, catalogue, choice)
    assert made == found.reports[KEY]
    assert dropped == ("scaling by more: it gives no reason that holds",)


def test_another_action_never_has_the_plan_or_words_of_the_rules_action(
    found: Found, catalogue: Settings
) -> None:
    bare = without(wanted("scaling", "more", count="3"), "plan", "rollback_plan", "summary")
    made, dropped = choose(found, catalogue, bare)
    assert dropped == ()
    assert made["plan"][0] == "approve: more of shop"
    assert made["rollback_plan"] == ["the catalogue has no undo for it"]
    assert made["rationale"] == made["summary"] == REASON


def test_another_action_never_has_the_parameters_of_the_rules_action(
    found: Found, catalogue: Settings
) -> None:
    made, (told,) = choose(found, catalogue, without(wanted("rollback", "back"), "params"))
    assert made == found.reports[KEY]
    assert told == "rollback by back: its parameters are version"


def test_the_rules_own_action_keeps_their_words_where_the_model_has_none(
    found: Found, catalogue: Settings
) -> None:
    same = wanted("rollback", "back", version=found.shop.good)
    made, dropped = choose(found, catalogue, without(same, "plan", "rationale", "summary"))
    assert made == {**found.reports[KEY], "rollback_plan": ["its way back"]}
    assert dropped == ()


def test_a_reason_whose_evidence_is_not_there_takes_the_choice_with_it(found: Found) -> None:
    more = Action(id="more", kind="scaling", title="more of {service}", argv=("bin/more",))
    work = Work(found, KEY)
    actions = (*work.bench.settings.actions, more)
    work.bench.settings = work.bench.settings.model_copy(update={"actions": actions})
    reason = {"text": "it is the load", "evidence": ["E999"], "assumption": False}
    body = work.report(selected="scaling", action="more", params=[], rationale=reason)
    answer = work.answered(faults.always(Reply.says(json.dumps(body))))
    assert answer.report == work.rules
    assert answer.dropped == ("it is the load", "scaling by more: it gives no reason that holds")
    assert "dropped: scaling by more: it gives no reason that holds" in work.warned()


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        (wanted("scaling", "format"), "the catalogue has no such action"),
        (wanted("scaling", ""), "scaling by no action: the catalogue has no such action"),
        (wanted("workaround", "theirs"), "that action is for till"),
        (wanted("hotfix", "more", count="3"), "that action is a scaling"),
        (wanted("scaling", "more"), "its parameters are count"),
        (wanted("scaling", "more", count="3", force="yes"), "its parameters are count"),
        (wanted("scaling", "more", count="300"), "count does not fit [1-9]"),
        (wanted("scaling", "more", count="3\n"), "count holds a control character"),
        (wanted("scaling", "more", count="3; rm"), "count does not fit [1-9]"),
        (wanted("rollback", "back", version=OTHER), "its version is not the one that worked"),
        (wanted("rollback", "back", version="--force"), "version does not fit [0-9A-Za-z]"),
    ],
)
def test_what_the_catalogue_has_not_is_dropped_with_why(
    found: Found, catalogue: Settings, choice: dict[str, Any], why: str
) -> None:
    made, (told,) = choose(found, catalogue, choice)
    assert made == found.reports[KEY]
    assert told.startswith(f"{choice['selected']} by {choice['action'] or 'no action'}: ")
    assert why in told


@pytest.mark.parametrize("verdict", [None, {"good_version": "UNKNOWN"}])
def test_without_a_version_that_worked_there_is_no_way_back(
    found: Found, catalogue: Settings, verdict: dict[str, Any] | None
) -> None:
    state = found.state.copy()
    tasks = dict(state.tasks)
    triaged = tasks.pop("regression/verdict")
    if verdict is not None:
        known = {**triaged.report, **verdict}
        tasks["regression/verdict"] = dataclasses.replace(triaged, report=known)
    state.tasks = tasks
    for version in ("UNKNOWN", found.shop.good):
        handed = Handed(wanted("rollback", "back", version=version), None, ())
        known_choice = report(found, handed.fields)
        made, dropped = chosen(found.reports[KEY], handed, known_choice, catalogue, state)
        assert made == found.reports[KEY]
        assert dropped == ("rollback by back: no version is known to have worked",)


def test_what_fell_is_told_in_the_pane_and_in_the_answer(found: Found) -> None:
    work = Work(found, KEY)
    body = work.report(selected="workaround", action="format", params=[])
    answer = work.answered(faults.always(Reply.says(json.dumps(body))))
    assert answer.report == work.rules
    assert work.bench.engaged[-1][0] == "claude"
    told = "workaround by format: the catalogue has no such action"
    assert answer.dropped == (told,)
    assert f"dropped: {told}" in work.warned()


def test_parameters_come_as_pairs_and_stand_as_the_catalogue_has_them(found: Found) -> None:
    work = Work(found, KEY)
    pairs = [{"name": "version", "value": found.shop.good}]
    body = work.report(selected="rollback", action="back", params=pairs, plan=["go back"])
    answer = work.answered(faults.always(Reply.says(json.dumps(body))))
    work.joined(answer)
    assert answer.report["params"] == {"version": found.shop.good}
    assert answer.report["plan"] == ["go back"]
