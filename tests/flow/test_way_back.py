"""What is offered for a regression: the way back as it was assessed, whatever its kind."""

from typing import Any

from orchestrator.flow.regression import way_back
from tests.flow.simulate import War, claim

SAFE = {"name": "rollback", "feasibility": "SAFE", "why": claim("no schema", "E1")}
FLAG = {"name": "feature-flag", "feasibility": "SAFE", "why": claim("it was off", "E1")}
RISKY = {**SAFE, "feasibility": "RISKY"}
SWITCH = {
    "option": "feature-flag",
    "kind": "feature-flag",
    "action": "switch",
    "params": {"flag": "fast", "value": "off"},
}
TURN = {
    "kind": "feature-flag",
    "what": "fast",
    "before": "off",
    "after": "on",
    "nearest": True,
    "said": claim("turned", "E1"),
}


def opened(feasibility: dict[str, Any], until: float = 60, **verdict: Any) -> War:
    war = War(approves=False, bisects=("orders",))
    war.answers["regression/feasibility"] = feasibility
    war.answers["regression/verdict"] = {
        **war.answers["regression/verdict"],  # type: ignore[dict-item]
        **verdict,
    }
    war.open()
    war.run(until=until)
    return war


def prepared(war: War) -> dict[str, Any]:
    return dict(war.state.tasks["mitigation/prepare@1"].inputs)


def test_a_flag_is_set_back_although_a_rollback_would_be_risky() -> None:
    war = opened(
        {"options": [RISKY, FLAG], "way": SWITCH},
        suspects=[],
        changes=[TURN],
        good_version="UNKNOWN",
    )
    assert war.state.regression["rollback"] == "SAFE"
    assert war.state.regression["action"] == "ROLLBACK"
    assert war.state.regression["change"] == "feature-flag fast: off to on"
    wanted = {name: SWITCH[name] for name in ("kind", "action", "params")}
    assert prepared(war) == wanted


def test_no_commit_is_searched_for_where_a_flag_is_judged() -> None:
    war = opened({"options": [RISKY, FLAG], "way": SWITCH}, suspects=[], changes=[TURN])
    assert "regression/bisect" not in war.state.tasks
    assert war.state.regression["culprit"] == ""


def test_a_configuration_goes_back_by_its_own_action() -> None:
    way = {"option": "rollback", "kind": "configuration", "action": "configure",
           "params": {"version": "1111111"}}  # fmt: skip
    war = opened({"options": [SAFE], "way": way})
    assert prepared(war)["kind"] == "configuration"
    assert prepared(war)["action"] == "configure"


def test_a_report_of_an_earlier_release_still_offers_a_rollback() -> None:
    war = opened({"options": [SAFE]})
    assert prepared(war) == {"kind": "rollback", "params": {"version": "1111111"}}


def test_a_way_that_is_not_safe_is_not_offered_at_once() -> None:
    war = opened({"options": [RISKY], "way": {**SWITCH, "option": "rollback"}})
    assert "mitigation/prepare@1" not in war.state.tasks


def test_without_a_way_and_a_version_there_is_nothing_to_offer() -> None:
    assert way_back({"good_version": "UNKNOWN"}) is None
    assert way_back({}) is None
