"""The model's cause beside the ranking's: what stands, how sure it may be, what is journalled."""

import dataclasses
from typing import Any

import pytest

from orchestrator.agents.claude.handing_in import Handed, Opinion
from orchestrator.agents.claude.weighing import Weighed, same_commit, weighed
from orchestrator.flow.decide import Incident
from orchestrator.flow.mitigation import _validated
from orchestrator.model.records import Deadline
from orchestrator.model.reports import SCHEMAS
from orchestrator.model.reports.claims import Claim
from tests.unit.fake_bench import task
from tests.unit.model_work import Found, found_in

OTHER = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    return found_in(tmp_path_factory.mktemp("shop"))


def of_kind(found: Found, kind: str) -> str:
    return next(eid for eid, item in found.state.evidence.items() if item.kind == kind)


def weigh(found: Found, key: str, rules: Any = None, **fields: Any) -> Weighed:
    """What becomes of a task's report with these fields of a model."""
    opinion = fields.pop("opinion", None)
    ours = rules or found.reports[key]
    result = weighed(task(key), ours, Handed(fields, opinion, ()), found.state)
    SCHEMAS[key].model_validate(result.report)
    return result


def opinion(culprit: str, text: str = "the depot is not given back") -> Opinion:
    return Opinion(culprit=culprit, cause=Claim(text=text, evidence=("E1",)))


def cause(text: str, *evidence: str) -> dict[str, Any]:
    return {"text": text, "evidence": list(evidence), "assumption": False}


def hypothesis(culprit: str, confidence: float, status: str = "supported", **given: Any) -> Any:
    return {
        "id": "H1",
        "statement": f"the change {culprit[:8]}",
        "supporting": [cause("it says so", "E1:1")],
        "refuting": [],
        "missing": [],
        "test": "look",
        "status": status,
        "culprit": culprit,
        "confidence": confidence,
        "by": "",
        **given,
    }


def inconclusive(found: Found) -> dict[str, Any]:
    """The rules' five whys where they know no cause."""
    unknown = {"text": "UNKNOWN", "evidence": [], "assumption": True}
    known = {"root_cause": unknown, "culprit": "", "verdict": "INCONCLUSIVE"}
    return {**found.reports["rca/5whys"], **known}


@pytest.mark.parametrize("length", [7, 12, 40])
def test_the_same_commit_at_any_length_is_no_disagreement(found: Found, length: int) -> None:
    said = opinion(found.shop.culprit[:length])
    result = weigh(found, "regression/verdict", opinion=said)
    assert result.differed is None
    assert result.report == found.reports["regression/verdict"]


@pytest.mark.parametrize("culprit", [OTHER, ""])
def test_another_commit_or_none_is_a_warning_and_the_ranking_stands(
    found: Found, culprit: str
) -> None:
    result = weigh(found, "regression/verdict", opinion=opinion(culprit))
    assert result.differed is not None
    assert result.differed.stands == "rules"
    assert found.shop.culprit[:8] in result.differed.rules
    assert result.differed.rules_evidence
    assert result.differed.model == "the depot is not given back"
    assert result.differed.model_evidence == ("E1",)
    assert result.report["summary"] == found.reports["regression/verdict"]["summary"]
    assert result.report["suspects"] == found.reports["regression/verdict"]["suspects"]


def test_a_name_too_short_for_a_commit_is_not_the_same_commit() -> None:
    assert same_commit("0123456", OTHER)
    assert not same_commit("012345", OTHER)
    assert not same_commit("", OTHER)
    assert not same_commit("", "")


def test_without_an_opinion_there_is_nothing_to_weigh(found: Found) -> None:
    assert weigh(found, "regression/verdict").differed is None


def test_a_model_that_agrees_on_the_root_cause_may_say_it_in_its_words(found: Found) -> None:
    rules = found.reports["rca/5whys"]
    said = cause("Baskets that are empty never give their link back.", "E1:1")
    result = weigh(
        found,
        "rca/5whys",
        root_cause=said,
        culprit=found.shop.culprit[:10],
        verdict="LIKELY" if rules["verdict"] == "CONFIRMED" else "CONFIRMED",
    )
    assert result.differed is None
    assert result.report["root_cause"]["text"] == said["text"]
    assert result.report["root_cause"]["evidence"] == [*rules["root_cause"]["evidence"], "E1:1"]
    for name in ("culprit", "verdict", "evidence_kinds"):
        assert result.report[name] == rules[name]


def test_a_model_that_names_another_cause_makes_a_confirmed_one_likely(found: Found) -> None:
    rules = {**found.reports["rca/5whys"], "verdict": "CONFIRMED"}
    said = cause("The other change.", "E1:1")
    result = weigh(found, "rca/5whys", rules, root_cause=said, culprit=OTHER, verdict="CONFIRMED")
    assert result.differed is not None
    assert result.differed.stands == "rules"
    assert result.report["verdict"] == "LIKELY"
    for name in ("root_cause", "culprit", "whys", "test", "summary"):
        assert result.report[name] == rules[name]


def test_a_model_that_knows_no_cause_does_not_take_the_rules_away(found: Found) -> None:
    unknown = {"text": "UNKNOWN", "evidence": [], "assumption": True}
    result = weigh(found, "rca/5whys", root_cause=unknown, culprit="", verdict="INCONCLUSIVE")
    assert result.report == found.reports["rca/5whys"]
    assert result.differed is None


def test_where_neither_names_a_commit_the_rules_cause_stands_and_the_models_is_beside_it(
    found: Found,
) -> None:
    own = {"culprit": "", "verdict": "CONFIRMED", "summary": cause("The certificate ran out.")}
    rules = {**found.reports["rca/5whys"], **own}
    said = cause("Traffic was too much.", "E1:1")
    whys = [{**pair, "question": "And why?"} for pair in rules["whys"]]
    more = {"culprit": "", "verdict": "LIKELY", "whys": whys, "summary": said}
    result = weigh(found, "rca/5whys", rules, root_cause=said, **more)
    assert result.differed is None
    for name in ("root_cause", "whys", "verdict", "culprit", "test", "summary", "by"):
        assert result.report[name] == rules[name]
    (told,) = result.report["claims"]
    assert told["text"].startswith("The model says, in its own words")
    assert told["text"].endswith(said["text"])
    assert told["evidence"] == ["E1:1"]


def test_a_cause_that_only_the_model_knows_says_so(found: Found) -> None:
    said = cause("The other change.", f"{of_kind(found, 'log')}:1")
    alone = weigh(found, "rca/5whys", inconclusive(found), root_cause=said, verdict="LIKELY")
    assert alone.report["by"] == "model"
    both = weigh(found, "rca/5whys", root_cause=said, culprit=found.shop.culprit)
    assert both.report["by"] == ""


@pytest.mark.parametrize(
    ("kinds", "claimed", "verdict"),
    [
        (("log", "code"), "CONFIRMED", "LIKELY"),
        (("log", "code"), "LIKELY", "LIKELY"),
        (("log", "code"), "INCONCLUSIVE", "INCONCLUSIVE"),
        (("log",), "CONFIRMED", "INCONCLUSIVE"),
        ((), "CONFIRMED", "INCONCLUSIVE"),
    ],
)
def test_where_the_rules_know_none_a_models_cause_is_at_most_likely_on_two_kinds(
    found: Found, kinds: tuple[str, ...], claimed: str, verdict: str
) -> None:
    cited = [f"{of_kind(found, kind)}:1" for kind in kinds]
    result = weigh(
        found,
        "rca/5whys",
        inconclusive(found),
        root_cause=cause("The other change.", *cited),
        culprit=OTHER,
        verdict=claimed,
    )
    assert result.report["verdict"] == verdict
    assert result.differed is None


def test_two_citations_of_one_item_are_one_kind(found: Found) -> None:
    log = of_kind(found, "log")
    said = cause("The other change.", f"{log}:1", f"{log}:2", log)
    result = weigh(
        found, "rca/5whys", inconclusive(found), root_cause=said, culprit=OTHER, verdict="LIKELY"
    )
    assert result.report["verdict"] == "INCONCLUSIVE"
    assert result.report["evidence_kinds"] == ["log"]


def test_a_models_board_stands_below_with_its_own_numbers_and_mark(found: Found) -> None:
    rules = found.reports["tier2/analysis"]
    own = [
        hypothesis(found.shop.culprit, 0.8),
        hypothesis(OTHER, 7.0, status="confirmed", id="H9", by=""),
        hypothesis("", float("-inf"), status="supported", supporting=[cause("no evidence")]),
    ]
    result = weigh(found, "tier2/analysis", hypotheses=own)
    board = result.report["hypotheses"]
    assert board[: len(rules["hypotheses"])] == rules["hypotheses"]
    added = board[len(rules["hypotheses"]) :]
    assert [(one["id"], one["by"], one["status"], one["confidence"]) for one in added] == [
        ("M1", "model", "supported", 0.8),
        ("M2", "model", "supported", 1.0),
        ("M3", "model", "untested", 0.0),
    ]
    assert result.differed is not None
    assert result.differed.model == f"the change {OTHER[:8]}"
    assert result.differed.stands == "rules"


def test_a_board_without_a_model_is_the_rules_own(found: Found) -> None:
    result = weigh(found, "tier2/analysis")
    assert result.report == found.reports["tier2/analysis"]
    assert result.differed is None


def test_what_a_model_refutes_is_not_its_cause_and_stops_no_rollback(found: Found) -> None:
    """Its doubt is shown; the same doubt of the deterministic board does stop one."""
    refuted = hypothesis(found.shop.culprit, 1.0, status="refuted")
    result = weigh(found, "tier2/analysis", hypotheses=[refuted])
    assert result.differed is None
    assert proceeds(found, result.report)
    mine = [{**one, "status": "refuted"} for one in found.reports["tier2/analysis"]["hypotheses"]]
    assert not proceeds(found, {**result.report, "hypotheses": mine})


def proceeds(found: Found, report: dict[str, Any]) -> bool:
    """Whether a likely regression is rolled back on this analysis of Tier 2."""
    state = found.state.copy()
    ended = Deadline("validate", "trigger", 0.0, 1.0, 1, 0.0, outcome="fired")
    state.regression = {"culprit": found.shop.culprit}
    state.deadlines = {**state.deadlines, "validate": ended}
    done = dataclasses.replace(task("tier2/analysis"), outcome="done", report=report)
    state.tasks = {**state.tasks, "tier2/analysis": done}
    return _validated(Incident(state, found.state.detected_at))
