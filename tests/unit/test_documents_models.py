"""Documents of an incident on which a model worked: the disagreement, and what it cost."""

from dataclasses import replace

from orchestrator.documents.render import render
from orchestrator.model.fold import fold_all
from orchestrator.model.state import State
from tests.unit.incident_models import GUESS, RANKED, models_story
from tests.unit.incident_story import story
from tui.hypothesis_text import verdict

COST = "## What models used"


def test_the_root_cause_has_both_causes_each_with_its_evidence() -> None:
    state = fold_all(State(), models_story())
    state.cause = {"verdict": "LIKELY", "why": "", "claimed": "LIKELY", "statement": RANKED,
                   "culprit": "9c41d7e", "evidence": ("E5",)}  # fmt: skip
    text = render("root-cause-analysis.md", state, models_story())
    assert "## Methods differ" in text
    assert f"the ranking stands: {RANKED} [E5:9] [E15:4]; the model says: {GUESS} [E2:2]" in text


BESIDE = {"text": "The model says: the certificate", "evidence": ["E2:2"], "assumption": False}


def test_what_a_model_says_beside_the_root_cause_is_in_its_document_and_on_its_screen() -> None:
    state = fold_all(State(), story())
    assert "Said beside it" not in render("root-cause-analysis.md", state, story())
    assert "Said beside it" not in verdict(state)
    whys = state.tasks["rca/5whys"]
    told = replace(whys, report={**whys.report, "claims": [BESIDE]})
    state.tasks = {**state.tasks, "rca/5whys": told}
    for text in (render("root-cause-analysis.md", state, story()), verdict(state)):
        assert "## Said beside it\n\n- The model says: the certificate [E2:2]\n" in text


def test_the_timeline_has_the_disagreement() -> None:
    text = render("timeline.md", fold_all(State(), models_story()), models_story())
    assert f"methods differ: {RANKED}; the model says: {GUESS}" in text


def test_the_completion_report_has_the_account_by_task_role_and_incident() -> None:
    text = render("completion-report.md", fold_all(State(), models_story()), models_story())
    lines = text[text.index(COST) :].splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert table[0] == "| Who | Turns | Read | From the cache | Written | Seconds | Cost |"
    assert [line.split(" | ")[0].lstrip("| ") for line in table[2:7]] == [
        "tier 1 data (reliability-engineer)",
        "tier 2 analysis (component-owner)",
        "all of reliability-engineer",
        "all of component-owner",
        "the incident",
    ]
    assert table[2].endswith("price not known for 1 turn |")
    assert "$0.00" not in text


def test_without_a_model_neither_is_there() -> None:
    events = story()
    state = fold_all(State(), events)
    assert COST not in render("completion-report.md", state, events)
    assert "Methods differ" not in render("root-cause-analysis.md", state, events)
